// SPDX-License-Identifier: MIT
#include "handler/base/text.hpp"
#include "handler/engine/firewall_rules.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

std::uint16_t PortOf(const EngineContext& context) {
  return context.target.endpoint ? context.target.endpoint->port : std::uint16_t{0};
}

// A firewall that cannot be asked is a warning; asking again would not help.
Result<bool> IsOpen(EngineContext& context) {
  context.firewall_warnings.clear();
  if (HasOtherRules(context.observed.ledger, PortOf(context))) return false;
  if (!context.target.endpoint) return true;
  const FirewallFindings findings = AskFirewalls(context.system, PortOf(context));
  context.firewall_warnings = findings.warnings;
  return !findings.needs_rule;
}

// Rules for another port are removed when the operation has ended: until then a failure may restore it.
Result<std::string> Open(EngineContext& context) {
  if (!context.target.endpoint) return std::string("no firewall needs a rule, since no port is open");
  const FirewallFindings findings = OpenInFirewalls(context.system, PortOf(context));
  context.firewall_warnings = findings.warnings;
  if (findings.opened.empty()) return std::string("no rule was set");
  return "TCP port " + std::to_string(PortOf(context)) + " is open in " + Join(findings.opened, ", ");
}

}  // namespace

Step OpenFirewall(EngineContext& context) {
  return {.name = "firewall",
          .done = [&context] { return IsOpen(context); },
          .apply = [&context] { return Open(context); }};
}

}  // namespace dockerext
