// SPDX-License-Identifier: MIT
// The endpoint's port in the firewalls of this machine. The extension removes only rules that it set: each is
// in the ledger before it is set. Nothing here fails an operation: an endpoint that a firewall shields is
// closed to its clients, not open to others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "handler/ports/system.hpp"
#include "handler/state/ledger.hpp"

namespace dockerext {

struct FirewallFindings {
  bool needs_rule = false;  // an active firewall rejects the port, and no owner's rule asks for that
  std::vector<std::string> warnings;
  std::vector<std::string> opened;  // the names of the firewalls
};

// Asks the active firewalls, with one command each.
FirewallFindings AskFirewalls(System& system, std::uint16_t port);

// Sets the rules that are missing, in each place where the firewall has rules. What cannot be set is a
// warning with the commands to run.
FirewallFindings OpenInFirewalls(System& system, std::uint16_t port);

// Whether the ledger has a rule for another port than this one (0: for any) in a firewall that this version
// knows.
bool HasOtherRules(const Ledger& ledger, std::uint16_t port);

// Removes the rules of ports that neither the drop-in on disk, nor the running engine, nor the last known
// good configuration opens. What fails is logged and stays in the ledger.
void CloseUnreferencedPorts(System& system);
void CloseAllPorts(System& system);

}  // namespace dockerext
