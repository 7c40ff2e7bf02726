// SPDX-License-Identifier: MIT
#include "handler/agent/invocation.hpp"
#include "handler/base/retry.hpp"
#include "handler/base/text.hpp"
#include "handler/steps/close_endpoint.hpp"
#include "handler/steps/collect_garbage.hpp"
#include "handler/verbs/cached_plan.hpp"
#include "handler/verbs/enable_steps.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/plan.hpp"
#include "handler/verbs/platform.hpp"
#include "handler/verbs/status_reporter.hpp"
#include "handler/verbs/status_text.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

// After the commit there must be time for a restart, the verification and a rollback.
constexpr std::chrono::minutes kTimeAfterCommit{5};
constexpr std::chrono::seconds kCertificateBudget{60};

// Waits for the VM's certificate, which may arrive later than the settings; any other error is final.
Result<Plan> AwaitPlan(System& system, const HandlerEnvironment& environment, std::uint64_t sequence,
                       const Distro& distro) {
  auto plan =
      RetryWhileBusy(system.clock, kCertificateBudget, std::chrono::seconds(2), [&]() -> Result<Plan> {
        auto made = MakePlan(system, environment, sequence, distro);
        if (made.ok() || made.error().code != Code::kNotFound) return made;
        return Error{Code::kBusy, made.error().message};
      });
  if (plan.ok() || plan.error().code != Code::kBusy) return plan;
  return Error{Code::kInvalidSettings, plan.error().message};
}

Status ApplySteps(System& system, const Plan& plan, StatusReporter& reporter) {
  DockerUnit unit(system);
  EngineContext context{system, plan.target, unit, [&] { return reporter.CheckDeadline(kTimeAfterCommit); },
                        [&](const std::string& sentence) { return reporter.ReportWait(sentence); }};
  if (plan.rejection) {
    TRY(CloseEndpoint(system));
    return *plan.rejection;
  }
  return RunSteps(EnableSteps(context), reporter);
}

void CollectGarbage(System& system, const std::string& program) {
  for (const Status& collected :
       {CollectTlsSets(system), CollectUnfinished(system.files), system.files.RemoveUnfinished(program),
        CollectPrograms(system, ParentOf(program))}) {
    if (!collected.ok()) system.log.Warn(collected.error().message + ", continuing");
  }
}

// A failure is only logged: the cache saves time, and the settings folder may have been removed meanwhile.
void CachePlan(System& system, const HandlerEnvironment& environment, std::uint64_t sequence,
               const std::string& version, const Plan& plan) {
  const Status stored = StoreCachedPlan(system, environment, sequence, version, plan);
  if (!stored.ok()) system.log.Warn(stored.error().message + ", continuing");
}

// Completes the status of the record's current sequence number. `plan` is used on success only.
Status Finish(System& system, StatusReporter& reporter, const Plan* plan, const Status& outcome) {
  if (!outcome.ok() && outcome.error().code == Code::kSuperseded) return outcome;
  DockerUnit unit(system);
  const StatusReport report =
      outcome.ok() ? SuccessReport(system, *plan, unit) : ErrorReport(outcome.error());
  if (outcome.ok())
    system.log.Info("done: " + report.message);
  else
    system.log.Error("failed: " + report.message);
  TRY(reporter.Finish(report));
  return outcome;
}

}  // namespace

Status RunEnableWorker(System& system, std::uint64_t generation, const std::string& program,
                       const std::string& extension_folder) {
  StatusReporter reporter(system, generation, system.clock.SteadyNow() + kOperationDeadline);
  TRY_LET(const HandlerEnvironment environment,
          LoadEnvironment(system.files, system.clock, extension_folder));
  TRY(reporter.CheckDeadline(std::chrono::milliseconds(0)));
  TRY_LET(const OperationRecord record, OperationStore(system.files, system.locks).Read());
  TRY_LET(const Distro* distro, DetectPlatform(system.files));
  auto plan = MakePlan(system, environment, record.sequence, *distro);
  reporter.Transitioning("applying the settings");
  TRY(system.services.NotifyReady());

  if (!plan.ok() && plan.error().code == Code::kNotFound) {
    plan = AwaitPlan(system, environment, record.sequence, *distro);
  }
  if (!plan.ok()) return Finish(system, reporter, nullptr, plan.error());
  const auto lock = AcquireOperationLock(system, generation);
  if (!lock.ok()) return Finish(system, reporter, &*plan, lock.error());
  const Status outcome = ApplySteps(system, *plan, reporter);
  if (outcome.ok()) CachePlan(system, environment, record.sequence, VersionOf(extension_folder), *plan);
  CollectGarbage(system, program);
  return Finish(system, reporter, &*plan, outcome);
}

}  // namespace dockerext
