// SPDX-License-Identifier: MIT
// Runs a firewall manager, and changes the files of rules that it loads. An inactive one is never asked.
#pragma once

#include <string>
#include <vector>

#include "handler/base/result.hpp"
#include "handler/firewall/firewall_manager.hpp"
#include "handler/ports/commands.hpp"
#include "handler/ports/files.hpp"
#include "handler/ports/services.hpp"

namespace dockerext {

class FirewallActions {
 public:
  FirewallActions(Files& files, Services& services, Commands& commands)
      : files_(files), services_(services), commands_(commands) {}

  // Those that filter now. Reads files and asks systemd; runs no program.
  Result<std::vector<const FirewallManager*>> Active();

  // What the firewall does with the port, asked of its tool.
  Result<PortAnswer> Ask(const FirewallManager& manager, std::uint16_t port);

  // Of an active firewall: whether the rule stands in this place; sets it.
  Result<bool> HasRule(const RulePlace& place, const PortRule& rule);
  Status Open(const RulePlace& place, const PortRule& rule);
  // Of any firewall, active or not: whether the rule stood there, and is removed. An owner's rule that lets
  // the port in is another one.
  Result<bool> Close(const FirewallManager& manager, const RulePlace& place, const PortRule& rule);

 private:
  bool IsInstalled(const FirewallManager& manager);
  Result<bool> IsActive(const FirewallManager& manager);
  Result<CommandOutput> Run(std::vector<std::string> argv);
  Status RunOrFail(const std::vector<std::string>& argv);
  Result<bool> Stands(const RulePlace& place, RuleArgv ask, const PortRule& rule);
  Result<bool> Rewrite(const RulePlace& place, std::string (*change)(std::string_view, const PortRule&),
                       const PortRule& rule);

  Files& files_;
  Services& services_;
  Commands& commands_;
};

}  // namespace dockerext
