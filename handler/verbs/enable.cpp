// SPDX-License-Identifier: MIT
#include "handler/steps/check_conflicts.hpp"
#include "handler/verbs/cached_plan.hpp"
#include "handler/verbs/enable_steps.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/plan.hpp"
#include "handler/verbs/platform.hpp"
#include "handler/verbs/status_text.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

struct EnableRequest {
  std::uint64_t sequence = 0;
  std::string desired;  // the plan's hash; empty while the VM's certificate is missing
};

// What a machine that cannot be asked says is the worker's to find out.
bool IsConverged(System& system, const Plan& plan, DockerUnit& unit) {
  if (plan.refusal) return false;
  EngineContext context{system, plan.target, unit, [] { return Status(); }};
  const auto converged = AllDone(EnableSteps(context));
  if (converged.ok()) return *converged;
  system.log.Warn("the machine's state is not clear: " + converged.error().message);
  return false;
}

// What is in the way is an error at once: nothing was begun yet.
Status CheckPreconditions(System& system, const Plan& plan, DockerUnit& unit) {
  if (plan.refusal) return {};
  EngineContext context{system, plan.target, unit, [] { return Status(); }};
  TRY(CheckEngineUsable(context));
  return FindConflicts(context);
}

// Leaves a success that says the same alone: CRP would see a finished operation start again.
Status ReportConverged(VerbContext& context, std::uint64_t sequence, const Plan& plan, DockerUnit& unit) {
  System& system = context.system;
  const StatusReport report = SuccessReport(system, plan, unit);
  const auto existing = ReadStatus(system.files, context.environment->status_folder, sequence);
  system.log.Info("the machine is as desired: " + report.message);
  if (existing && ClaimsTheSame(*existing, report)) return {};
  return WriteStatus(system.files, context.environment->status_folder, sequence, report,
                     system.clock.UtcNow());
}

// A worker that is at the same desired state ends this number's status too; otherwise a new generation is
// due.
Result<std::optional<std::uint64_t>> AttachOrSupersede(VerbContext& context, const EnableRequest& request) {
  System& system = context.system;
  std::optional<std::uint64_t> generation;
  TRY(OperationStore(system.files, system.locks).Update([&](OperationRecord& record) -> Status {
    TRY_LET(const bool alive, IsAlive(system, record));
    const bool same = alive && record.operation == "enable" && !request.desired.empty() &&
                      record.desired == request.desired;
    if (!same) {
      generation = NextGeneration(record, system.clock.SinceBoot());
      record = OperationRecord{
          .generation = *generation, .operation = "enable", .desired = request.desired, .finished = false};
    }
    record.sequence = request.sequence;
    record.status_folder = context.environment->status_folder;
    record.log_folder = context.environment->log_folder;
    if (!same) return {};
    return WriteStatus(system.files, record.status_folder, record.sequence,
                       {StatusLevel::kTransitioning, 0, "the same settings are being applied already", {}},
                       system.clock.UtcNow());
  }));
  return generation;
}

Status StartOperation(VerbContext& context, std::uint64_t generation) {
  System& system = context.system;
  Status launched = LaunchWorker(system, context.program, generation,
                                 {"worker", "enable", std::to_string(generation), context.invocation.folder});
  if (launched.ok()) return {};
  bool is_newest = true;
  const Status noted =
      OperationStore(system.files, system.locks).Update([&](OperationRecord& record) -> Status {
        is_newest = record.generation == generation;
        if (is_newest) record.finished = true;
        return {};
      });
  if (!noted.ok()) system.log.Warn(noted.error().message + ", continuing");
  if (is_newest) return std::move(launched).Context("starting the worker");
  // It stopped because of that, and the status is the newer one's now.
  system.log.Info("a newer command took over before the worker was ready");
  return {};
}

// The desired state is there and nobody is at another one: reports it. Otherwise says so by `false`.
Result<bool> ReportIfConverged(VerbContext& context, std::uint64_t sequence, const Plan& plan, bool busy) {
  DockerUnit unit(context.system);
  if (busy || !IsConverged(context.system, plan, unit)) return false;
  TRY(ReportConverged(context, sequence, plan, unit));
  return true;
}

Status StartOrAttach(VerbContext& context, const EnableRequest& request) {
  TRY_LET(const auto generation, AttachOrSupersede(context, request));
  if (generation) return StartOperation(context, *generation);
  context.system.log.Info("a worker is at the same desired state; it will report");
  return {};
}

Result<bool> IsBusy(System& system) {
  TRY_LET(const OperationRecord record, OperationStore(system.files, system.locks).Read());
  return IsAlive(system, record);
}

}  // namespace

Status Enable(VerbContext& context) {
  System& system = context.system;
  TRY_LET(const std::uint64_t sequence,
          ChooseSequence(system.files, context.environment->config_folder, context.invocation.sequence));
  TRY_LET(const Distro* distro, DetectPlatform(system.files));
  TRY_LET(const bool busy, IsBusy(system));
  const auto cached =
      LoadCachedPlan(system, *context.environment, sequence, context.invocation.version, *distro);
  if (cached) {
    TRY_LET(const bool converged, ReportIfConverged(context, sequence, *cached, busy));
    if (converged) return {};
  }
  auto plan = MakePlan(system, *context.environment, sequence, *distro);
  // The VM's certificate may still be on its way: the worker waits for it.
  if (!plan.ok() && plan.error().code == Code::kNotFound) return StartOrAttach(context, {sequence, ""});
  if (!plan.ok()) return std::move(plan).error();
  // An engine that hangs lets every question wait, so none is asked twice.
  if (!cached || cached->hash != plan->hash) {
    TRY_LET(const bool converged, ReportIfConverged(context, sequence, *plan, busy));
    if (converged) return {};
  }
  DockerUnit unit(system);
  TRY(CheckPreconditions(system, *plan, unit));
  return StartOrAttach(context, {sequence, plan->hash});
}

}  // namespace dockerext
