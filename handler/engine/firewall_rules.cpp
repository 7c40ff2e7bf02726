// SPDX-License-Identifier: MIT
#include "handler/engine/firewall_rules.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include "handler/base/text.hpp"
#include "handler/engine/observation.hpp"
#include "handler/firewall/firewall_actions.hpp"

namespace dockerext {
namespace {

FirewallActions ActionsOn(System& system) { return {system.files, system.services, system.commands}; }

std::string Named(const FirewallManager& manager, std::uint16_t port) {
  return std::to_string(port) + " in the firewall " + std::string(manager.name);
}

// The commands that the machine's owner can run instead, or the file he can edit.
std::string Remedy(const FirewallManager& manager, const PortRule& rule) {
  std::vector<std::string> commands;
  for (const RulePlace& place : manager.places) {
    if (place.open != nullptr) commands.push_back("`" + Join(place.open(rule), " ") + "`");
  }
  return Join(commands, " and ");
}

Status OpenInPlace(System& system, const FirewallManager& manager, const RulePlace& place,
                   const PortRule& rule) {
  FirewallActions actions = ActionsOn(system);
  TRY_LET(const bool stands, actions.HasRule(place, rule));
  if (stands) return {};
  const FirewallRule record{std::string(manager.name), std::string(place.name), rule.zone, rule.port};
  TRY(AmendLedger(system.files, [&](Ledger& ledger) {
    if (std::ranges::find(ledger.firewall_rules, record) == ledger.firewall_rules.end())
      ledger.firewall_rules.push_back(record);
  }));
  return actions.Open(place, rule);
}

Status OpenIn(System& system, const FirewallManager& manager, const PortRule& rule) {
  for (const RulePlace& place : manager.places) TRY(OpenInPlace(system, manager, place, rule));
  return {};
}

void NoteDenied(const FirewallManager& manager, std::uint16_t port, FirewallFindings& findings) {
  findings.warnings.push_back("a rule that the extension did not set rejects TCP port " +
                              Named(manager, port) + "; remove that rule if clients are to reach the port");
}

// Asks each active firewall, and calls `when_closed` for those that reject the port for want of a rule.
FirewallFindings ForEachActive(
    System& system, std::uint16_t port,
    const std::function<void(const FirewallManager&, const PortRule&, FirewallFindings&)>& when_closed) {
  FirewallFindings findings;
  FirewallActions actions = ActionsOn(system);
  const auto active = actions.Active();
  if (!active.ok()) {
    findings.warnings.push_back("cannot tell which firewalls are active: " + active.error().what);
    return findings;
  }
  for (const FirewallManager* manager : *active) {
    const auto answer = actions.Ask(*manager, port);
    if (!answer.ok()) {
      findings.warnings.push_back("cannot tell whether TCP port " + Named(*manager, port) +
                                  " is open: " + answer.error().what);
    } else if (answer->state == PortState::kDenied) {
      NoteDenied(*manager, port, findings);
    } else if (answer->state == PortState::kClosed) {
      findings.needs_rule = true;
      when_closed(*manager, {port, answer->zone}, findings);
    }
  }
  return findings;
}

const RulePlace* PlaceOf(const FirewallManager& manager, const std::string& name) {
  const auto place = std::ranges::find(manager.places, name, &RulePlace::name);
  return place == manager.places.end() ? nullptr : &*place;
}

// A firewall or a place that a later version of the extension knows stays for that version.
Status CloseRule(System& system, const FirewallRule& rule) {
  const FirewallManager* manager = FindFirewall(rule.firewall);
  const RulePlace* place = manager == nullptr ? nullptr : PlaceOf(*manager, rule.place);
  if (place == nullptr) {
    return Error{Code::kInternal, "the rule for TCP port " + std::to_string(rule.port) + " in " +
                                      Quoted(rule.firewall) + ", which the ledger records, is unknown"};
  }
  TRY_LET(const bool was_closed, ActionsOn(system).Close(*manager, *place, {rule.port, rule.zone}));
  const std::string port = Named(*manager, rule.port) + " (" + rule.place + ")";
  system.log.Info(was_closed ? "closed TCP port " + port
                             : "the extension's rule for TCP port " + port + " does not stand any more");
  return AmendLedger(system.files, [&](Ledger& ledger) { std::erase(ledger.firewall_rules, rule); });
}

void ClosePortsExcept(System& system, const std::vector<FirewallRule>& rules,
                      const std::set<std::uint16_t>& ports) {
  for (const FirewallRule& rule : rules) {
    if (ports.contains(rule.port)) continue;
    const Status closed = CloseRule(system, rule);
    if (!closed.ok()) system.log.Warn(closed.error().what + ", continuing");
  }
}

std::vector<FirewallRule> RecordedRules(Files& files) {
  const auto ledger = LoadLedger(files);
  return ledger.ok() ? ledger->firewall_rules : std::vector<FirewallRule>();
}

}  // namespace

FirewallFindings AskFirewalls(System& system, std::uint16_t port) {
  return ForEachActive(system, port, [](const auto&, const auto&, FirewallFindings&) {});
}

FirewallFindings OpenInFirewalls(System& system, std::uint16_t port) {
  return ForEachActive(system, port,
                       [&](const FirewallManager& manager, const PortRule& rule, FirewallFindings& findings) {
                         const Status opened = OpenIn(system, manager, rule);
                         if (opened.ok()) {
                           findings.opened.emplace_back(manager.name);
                           return;
                         }
                         findings.warnings.push_back("cannot open TCP port " + Named(manager, port) + ": " +
                                                     opened.error().what + "; run " + Remedy(manager, rule));
                       });
}

bool HasOtherRules(const Ledger& ledger, std::uint16_t port) {
  return std::ranges::any_of(ledger.firewall_rules, [&](const FirewallRule& rule) {
    return rule.port != port && FindFirewall(rule.firewall) != nullptr;
  });
}

void CloseUnreferencedPorts(System& system) {
  const auto rules = RecordedRules(system.files);
  if (rules.empty()) return;
  const auto observed = Observe(system);
  if (!observed.ok()) {
    system.log.Warn(observed.error().what + ", continuing");
    return;
  }
  const auto& good = observed->ledger.last_known_good;
  std::set<std::uint16_t> referenced;
  for (const auto& endpoint : {EndpointOfDropIn(observed->drop_in), RunningEndpoint(*observed),
                               good ? EndpointOfDropIn(good->drop_in) : std::nullopt}) {
    if (endpoint) referenced.insert(endpoint->port);
  }
  ClosePortsExcept(system, rules, referenced);
}

void CloseAllPorts(System& system) { ClosePortsExcept(system, RecordedRules(system.files), {}); }

}  // namespace dockerext
