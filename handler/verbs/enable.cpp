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
  std::string plan_hash;  // empty while the VM's certificate is missing
};

// An error counts as not converged: the worker then meets and reports it.
bool IsConverged(System& system, const Plan& plan, DockerUnit& unit) {
  if (plan.rejection) return false;
  EngineContext context{system, plan.target, unit, [] { return Status(); }};
  const auto converged = AllDone(EnableSteps(context));
  if (converged.ok()) return *converged;
  system.log.Warn("cannot determine the machine's state: " + converged.error().message);
  return false;
}

// Reports conflicts as the command's own error, before a worker starts and anything changes.
Status CheckPreconditions(System& system, const Plan& plan, DockerUnit& unit) {
  if (plan.rejection) return {};
  EngineContext context{system, plan.target, unit, [] { return Status(); }};
  TRY(CheckEngineUsable(context));
  return FindConflicts(context);
}

// Does not rewrite an equal success status: to Azure a finished operation would seem to start again.
Status ReportConverged(VerbContext& context, std::uint64_t sequence, const Plan& plan, DockerUnit& unit) {
  System& system = context.system;
  const StatusReport report = SuccessReport(system, plan, unit);
  const auto existing = ReadStatus(system.files, context.environment->status_folder, sequence);
  system.log.Info("the machine is up to date: " + report.message);
  if (existing && HasSameResult(*existing, report)) return {};
  return WriteStatus(system.files, context.environment->status_folder, sequence, report,
                     system.clock.UtcNow());
}

// Attaches to a live worker with the same desired state, which then also completes this sequence number's
// status; returns nothing in that case. Otherwise records a new generation and returns it.
Result<std::optional<std::uint64_t>> AttachOrSupersede(VerbContext& context, const EnableRequest& request) {
  System& system = context.system;
  std::optional<std::uint64_t> generation;
  TRY(OperationStore(system.files, system.locks).Update([&](OperationRecord& record) -> Status {
    TRY_LET(const bool alive, IsAlive(system, record));
    const bool same = alive && record.operation == "enable" && !request.plan_hash.empty() &&
                      record.desired == request.plan_hash;
    if (!same) {
      generation = NextGeneration(record, system.clock.SinceBoot());
      record = OperationRecord{
          .generation = *generation, .operation = "enable", .desired = request.plan_hash, .finished = false};
    }
    record.sequence = request.sequence;
    record.status_folder = context.environment->status_folder;
    record.log_folder = context.environment->log_folder;
    if (!same) return {};
    return WriteStatus(system.files, record.status_folder, record.sequence,
                       {StatusLevel::kTransitioning, 0, "the same settings are already being applied", {}},
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
  const Status recorded =
      OperationStore(system.files, system.locks).Update([&](OperationRecord& record) -> Status {
        is_newest = record.generation == generation;
        if (is_newest) record.finished = true;
        return {};
      });
  if (!recorded.ok()) system.log.Warn(recorded.error().message + ", continuing");
  if (is_newest) return std::move(launched).Context("starting the worker");
  // The worker stopped because it was superseded; the newer operation writes the status.
  system.log.Info("superseded by a newer operation before the worker was ready");
  return {};
}

// Reports success and returns true when no worker is running and the machine is converged.
Result<bool> ReportIfConverged(VerbContext& context, std::uint64_t sequence, const Plan& plan, bool busy) {
  DockerUnit unit(context.system);
  if (busy || !IsConverged(context.system, plan, unit)) return false;
  TRY(ReportConverged(context, sequence, plan, unit));
  return true;
}

Status StartOrAttach(VerbContext& context, const EnableRequest& request) {
  TRY_LET(const auto generation, AttachOrSupersede(context, request));
  if (generation) return StartOperation(context, *generation);
  context.system.log.Info("a worker is applying the same settings; it will report");
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
  // The VM's certificate may arrive later than the settings; the worker waits for it.
  if (!plan.ok() && plan.error().code == Code::kNotFound) return StartOrAttach(context, {sequence, ""});
  if (!plan.ok()) return std::move(plan).error();
  // A hanging engine delays every query, so an equal plan is not checked twice.
  if (!cached || cached->hash != plan->hash) {
    TRY_LET(const bool converged, ReportIfConverged(context, sequence, *plan, busy));
    if (converged) return {};
  }
  DockerUnit unit(system);
  TRY(CheckPreconditions(system, *plan, unit));
  return StartOrAttach(context, {sequence, plan->hash});
}

}  // namespace dockerext
