// SPDX-License-Identifier: MIT
#include "handler/verbs/success_report.hpp"

#include "handler/base/text.hpp"
#include "handler/docker/tls_rules.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

std::string EngineName(const Observation& observed) {
  const std::string version = observed.version.value_or("");
  return version.empty() ? "Docker Engine" : "Docker Engine " + version;
}

// More than one is worth a look: each of them makes clients root.
std::string OfAuthorities(std::uint64_t count) {
  return count > 1 ? " of one of " + std::to_string(count) + " CAs" : "";
}

void AddWarnings(StatusReport& report, const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) {
    report.substatuses.push_back({"warning", StatusLevel::kWarning, warning, 0});
  }
}

std::vector<std::string> WarningsOfMachine(const EngineContext& context) {
  auto warnings = LiveRestoreWarnings(context.system, context.target, context.observed);
  if (warnings.ok()) return *std::move(warnings);
  context.system.log.Warn(warnings.error().what + ", continuing");
  return {};
}

}  // namespace

StatusReport SuccessReport(const Plan& plan, const EngineContext& context) {
  StatusReport report{StatusLevel::kSuccess, 0, {}, {}};
  if (plan.target.leave_engine_alone) {
    report.message = "Docker Engine is installed; its configuration was left as it is (installonly)";
  } else if (!plan.target.endpoint) {
    report.message =
        EngineName(context.observed) + " is installed and running; the extension opens no TCP port";
  } else {
    const std::string port = std::to_string(plan.target.endpoint->port);
    report.message = EngineName(context.observed) + " listens on tcp://0.0.0.0:" + port +
                     " and requires client certificates" + OfAuthorities(plan.target.client_authorities) +
                     "; the server certificate expires on " + DescribeDay(plan.target.certificate.not_after) +
                     "; the network security group must allow inbound TCP port " + port;
  }
  AddWarnings(report, plan.warnings);
  for (const std::string& warning : {context.repository_warning, context.installation_warning}) {
    if (!warning.empty()) AddWarnings(report, {warning});
  }
  AddWarnings(report, context.listener_warnings);
  AddWarnings(report, context.firewall_warnings);
  AddWarnings(report, WarningsOfMachine(context));
  return report;
}

}  // namespace dockerext
