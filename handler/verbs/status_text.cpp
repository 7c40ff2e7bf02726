// SPDX-License-Identifier: MIT
#include "handler/verbs/status_text.hpp"

#include "handler/base/text.hpp"
#include "handler/steps/live_restore.hpp"

namespace dockerext {
namespace {

std::string EngineName(DockerUnit& unit) {
  const auto version = unit.Version();
  return version.ok() && !version->empty() ? "Docker Engine " + *version : "Docker Engine";
}

void AddWarnings(StatusReport& report, const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) {
    report.substatuses.push_back({"warning", StatusLevel::kWarning, warning, 0});
  }
}

std::vector<std::string> WarningsOfMachine(System& system, const Plan& plan, DockerUnit& unit) {
  EngineContext context{system, plan.target, unit, [] { return Status(); }};
  auto warnings = LiveRestoreWarnings(context);
  if (warnings.ok()) return *std::move(warnings);
  system.log.Warn(warnings.error().message + ", continuing");
  return {};
}

}  // namespace

int ExitCodeOf(Code code) {
  switch (code) {
    case Code::kUnsupportedPlatform:
      return 51;
    case Code::kMissingDependency:
      return 52;
    case Code::kInvalidSettings:
      return 53;
    case Code::kPackagesLocked:
      return 56;
    case Code::kBusy:
    case Code::kTimeout:
    case Code::kNotFound:
    case Code::kSuperseded:
    case Code::kInternal:
      break;
  }
  return 1;
}

StatusReport SuccessReport(System& system, const Plan& plan, DockerUnit& unit) {
  StatusReport report{StatusLevel::kSuccess, 0, {}, {}};
  if (plan.target.leave_engine_alone) {
    // No version: querying it would start an engine that is stopped on purpose.
    report.message = "Docker Engine is installed; its configuration was left as it is (installonly)";
  } else if (!plan.target.endpoint) {
    report.message = EngineName(unit) + " is installed and running; no TCP port is open";
  } else {
    const std::string port = std::to_string(plan.target.endpoint->port);
    report.message = EngineName(unit) + " listens on tcp://0.0.0.0:" + port +
                     " and requires client certificates; the server certificate expires on " +
                     FormatUtcDate(plan.target.certificate.not_after) +
                     "; the network security group must allow inbound TCP port " + port;
  }
  AddWarnings(report, plan.warnings);
  AddWarnings(report, WarningsOfMachine(system, plan, unit));
  return report;
}

StatusReport ErrorReport(const Error& error) {
  const int code = ExitCodeOf(error.code);
  // The convention of Azure's extensions: above 0 the customer can fix it, below 0 the extension's publisher.
  const bool is_internal = error.code == Code::kInternal;
  const Substatus clarification{
      "ErrorClarification", StatusLevel::kError,
      is_internal
          ? "internal error of the extension or of the machine; report it to the extension's publisher"
          : "fix the settings or the machine as the message says",
      is_internal ? -code : code};
  return {StatusLevel::kError, code, error.message, {clarification}};
}

}  // namespace dockerext
