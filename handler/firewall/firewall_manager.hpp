// SPDX-License-Identifier: MIT
// Firewall managers as data: how each is seen to be active, what it says about a port, and what opens and
// closes the port. Nothing here runs anything or changes a file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

struct PortRule {
  std::uint16_t port = 0;
  std::string zone;  // firewalld's; empty elsewhere
};

enum class PortState {
  kOpen,    // it lets the port in, has an owner's rule that does, or filters nothing
  kClosed,  // no rule is about the port, and what no rule is about is rejected
  kDenied,  // an owner's rule rejects this port
};

struct PortAnswer {
  PortState state = PortState::kOpen;
  std::string zone;  // where a rule for the port belongs
};

// What an answer depends on besides the status.
struct FirewallInput {
  std::string config;         // the text of the manager's `config`
  std::string default_route;  // the interface of the machine's default route; empty without one
  std::uint16_t port = 0;
};

using RuleArgv = std::vector<std::string> (*)(const PortRule&);

// Where a rule stands: what filters now, or what a reload or a boot loads. It is changed by commands, or is a
// file whose text is changed.
struct RulePlace {
  std::string_view name;   // in the ledger
  RuleArgv ask = nullptr;  // exits with 0 where the rule stands, or lists the rules
  bool (*lists)(std::string_view listed,
                const PortRule& rule) = nullptr;  // this very rule; none: the exit code says it
  RuleArgv open = nullptr;
  RuleArgv close = nullptr;
  // While the firewall is not active; none: then no rule stands here.
  RuleArgv ask_inactive = nullptr;
  RuleArgv close_inactive = nullptr;

  std::string_view file;
  bool (*has_rule)(std::string_view text, const PortRule& rule) = nullptr;
  std::string (*with_rule)(std::string_view text, const PortRule& rule) = nullptr;
  std::string (*without_rule)(std::string_view text, const PortRule& rule) = nullptr;
};

struct FirewallManager {
  std::string_view name;  // in the ledger and in messages
  std::string_view tool;  // not installed without it
  std::string_view unit;  // active as long as the firewall is; empty: `is_on` alone decides
  std::string_view config;
  bool (*is_on)(std::string_view config);    // none: the config only has to exist, if one is named
  std::span<const std::string_view> status;  // a whole command
  PortAnswer (*read)(std::string_view status, const FirewallInput& input);
  std::span<const RulePlace> places;
};

extern const FirewallManager kFirewalld;
extern const FirewallManager kUfw;
// Azure Linux's script for iptables.service, one for each version of IP.
extern const FirewallManager kIptables;
extern const FirewallManager kIp6tables;

std::span<const FirewallManager* const> KnownFirewalls();
// None for a name that no firewall has.
const FirewallManager* FindFirewall(std::string_view name);

// The interface of the default route with the lowest metric, from /proc/net/route; empty when there is none.
std::string DefaultRouteOf(std::string_view proc_net_route);

}  // namespace dockerext
