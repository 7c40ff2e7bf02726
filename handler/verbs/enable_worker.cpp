// SPDX-License-Identifier: MIT
#include "handler/agent/error_report.hpp"
#include "handler/agent/invocation.hpp"
#include "handler/base/retry.hpp"
#include "handler/base/text.hpp"
#include "handler/distro/platform.hpp"
#include "handler/engine/close_endpoint.hpp"
#include "handler/engine/collect_garbage.hpp"
#include "handler/engine/firewall_rules.hpp"
#include "handler/engine/last_known_good.hpp"
#include "handler/steps/engine_steps.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/plan.hpp"
#include "handler/verbs/removal_unit.hpp"
#include "handler/verbs/success_report.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

// After the commit there must be time for a restart, the verification and a rollback.
constexpr std::chrono::minutes kTimeAfterCommit{5};
// Added to the deadline, so that an engine that needs minutes to start is restored.
constexpr std::chrono::minutes kRestoreBudget{4};
constexpr std::chrono::seconds kCertificateBudget{60};

constexpr const char* kFromImage =
    "this VM was created from an image of a VM that the extension had configured: that one's port was "
    "closed, and its certificates are not used";

// What the worker was started for.
struct Request {
  HandlerEnvironment environment;
  std::uint64_t sequence = 0;
  std::string version;
  Platform platform;
};

// Waits for the VM's certificate, which may arrive later than the settings; any other error is final.
Result<SettingsReading> AwaitSettings(System& system, const Request& request, Result<SettingsReading> first) {
  if (first.ok() || first.error().code != Code::kNotFound) return first;
  auto reading = RetryWhileBusy(system.clock, kCertificateBudget, std::chrono::seconds(2),
                                [&]() -> Result<SettingsReading> {
                                  auto read = ReadSettings(system, request.environment, request.sequence);
                                  if (read.ok() || read.error().code != Code::kNotFound) return read;
                                  return read.error().As(Code::kBusy);
                                });
  if (reading.ok() || reading.error().code != Code::kBusy) return reading;
  return reading.error().As(Code::kInvalidSettings);
}

// A failure is only logged: the cache saves time, and the settings folder may have been removed meanwhile.
void CachePlan(System& system, const Request& request, const Plan& plan, const Observation& observed) {
  const Status stored = StoreCachedPlan(system, request.environment, request.sequence,
                                        {request.version, observed.version.value_or("")}, plan);
  if (!stored.ok()) system.log.Warn(stored.error().what + ", continuing");
}

// Returns the report of success.
Result<StatusReport> ApplySettings(System& system, Operation& operation, const Request& request,
                                   SettingsReading reading) {
  TRY_LET(Observation observed, Observe(system));
  TRY_LET(const Plan plan, ResolvePlan(system, std::move(reading), observed));
  EngineContext steps{.system = system,
                      .platform = request.platform,
                      .target = plan.target,
                      .material = plan.material,
                      .observed = std::move(observed),
                      .check_deadline = [&] { return operation.CheckDeadline(kTimeAfterCommit); },
                      .report_wait = operation.Wait()};
  TRY(RunSteps(
      EnableSteps(steps), [&] { return Look(steps); }, operation));
  CachePlan(system, request, plan, steps.observed);
  return SuccessReport(plan, steps);
}

Result<StatusReport> Work(System& system, Operation& operation, const Request& request,
                          Result<SettingsReading> first) {
  TRY(operation.AcquireLock());
  TRY(RemoveRemovalUnit(system));
  TRY_LET(const bool is_from_image, CloseEndpointOfOtherVm(system, operation.Wait()));
  TRY_LET(SettingsReading reading, AwaitSettings(system, request, std::move(first)));
  auto report = ApplySettings(system, operation, request, std::move(reading));
  if (!is_from_image) return report;
  if (!report.ok()) {
    Error error = std::move(report).error();
    error.what += std::string("; ") + kFromImage;
    return error;
  }
  report->substatuses.push_back({"warning", StatusLevel::kWarning, kFromImage, 0});
  return report;
}

void CollectGarbage(System& system, const std::string& program) {
  CloseUnreferencedPorts(system);
  for (const Status& collected : {CollectTlsSets(system), CollectUnfinished(system.files),
                                  system.files.RemoveUnfinished(program), CollectPrograms(system, program)}) {
    if (!collected.ok()) system.log.Warn(collected.error().what + ", continuing");
  }
}

std::string_view AsMessage(Rollback rollback) {
  switch (rollback) {
    case Rollback::kRestored:
      return "; rolled back to the previous configuration";
    case Rollback::kClosed:
      return "; closed the port, which answers clients without a certificate";
    case Rollback::kNothing:
      break;
  }
  return "";
}

// Only the holder of the lock may change the machine. A rollback that fails is taken up by the exit handler.
Status Fail(System& system, Operation& operation, const std::string& program, Error error) {
  if (error.code == Code::kSuperseded) return error;
  const auto restored = operation.HoldsLock()
                            ? RestoreLastKnownGood(system, operation.WaitUpTo(kRestoreBudget))
                            : Result<Rollback>(Rollback::kNothing);
  if (restored.ok()) error.what += AsMessage(*restored);
  system.log.Error("failed: " + error.Message());
  if (!restored.ok()) system.log.Error("rolling back failed, continuing: " + restored.error().Message());
  CollectGarbage(system, program);
  TRY(restored.ok() ? operation.Finish(ErrorReport(error)) : operation.LeaveToExitHandler(error));
  return error;
}

}  // namespace

Status RunEnableWorker(System& system, std::uint64_t generation, const std::string& program,
                       const std::string& extension_folder) {
  Operation operation(system, generation);
  Request request;
  TRY_LET(request.environment, LoadEnvironment(system.files, system.clock, extension_folder));
  request.version = VersionOf(extension_folder);
  TRY(operation.CheckDeadline());
  TRY_LET(const OperationRecord record, OperationStore(system.files, system.locks).Read());
  request.sequence = record.sequence;
  TRY_LET(request.platform, DetectPlatform(system.files));
  auto reading = ReadSettings(system, request.environment, request.sequence);
  TRY(operation.Transitioning("applying the settings"));
  TRY(system.services.NotifyReady());

  auto report = Work(system, operation, request, std::move(reading));
  if (!report.ok()) return Fail(system, operation, program, std::move(report).error());
  CollectGarbage(system, program);
  system.log.Info("done: " + report->message);
  return operation.Finish(*std::move(report));
}

}  // namespace dockerext
