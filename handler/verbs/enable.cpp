// SPDX-License-Identifier: MIT
#include "handler/distro/platform.hpp"
#include "handler/engine/last_known_good.hpp"
#include "handler/steps/engine_steps.hpp"
#include "handler/verbs/launch_worker.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/plan.hpp"
#include "handler/verbs/removal_unit.hpp"
#include "handler/verbs/success_report.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

// What one call of enable knows.
struct Call {
  VerbContext& context;
  std::uint64_t sequence;
  const Platform& platform;
  const Observation& observed;
  bool is_busy;  // a worker runs
};

EngineContext StepsContext(const Call& call, const Plan& plan) {
  return {.system = call.context.system,
          .platform = call.platform,
          .target = plan.target,
          .material = plan.material,
          .observed = call.observed,
          .check_deadline = [] { return Status(); },
          .report_wait = [](const std::string&) { return Status(); }};
}

// Does not rewrite an equal success status: to Azure a finished operation would seem to start again.
Status ReportConverged(const Call& call, const Plan& plan, const EngineContext& steps) {
  System& system = call.context.system;
  const HandlerEnvironment& environment = *call.context.environment;
  const StatusReport report = SuccessReport(plan, steps);
  const auto existing = ReadStatus(system.files, environment.status_folder, call.sequence);
  system.log.Info("the machine is up to date: " + report.message);
  if (existing && HasSameResult(*existing, report)) return {};
  return WriteStatus(system.files, environment.status_folder, call.sequence, report, system.clock.UtcNow());
}

// Reports success and returns true when no worker is running and the machine is converged. An error counts as
// not converged: the worker then meets and reports it.
Result<bool> ReportIfConverged(const Call& call, const Plan& plan) {
  if (call.is_busy) return false;
  EngineContext steps = StepsContext(call, plan);
  const auto converged = AllDone(EnableSteps(steps));
  if (!converged.ok()) {
    call.context.system.log.Warn("cannot determine the machine's state: " + converged.error().Message());
    return false;
  }
  if (!*converged) return false;
  TRY(ReportConverged(call, plan, steps));
  return true;
}

// Attaches to a live worker with the same desired state, which then also completes this sequence number's
// status; returns nothing in that case. Otherwise begins a new operation. `desired` is empty while the
// desired state is not known.
Result<std::optional<Operation>> AttachOrBegin(const Call& call, const std::string& desired) {
  System& system = call.context.system;
  const HandlerEnvironment& environment = *call.context.environment;
  bool attached = false;
  TRY(OperationStore(system.files, system.locks).Update([&](OperationRecord& record) -> Status {
    TRY_LET(const bool alive, IsAlive(system, record));
    attached = alive && record.operation == "enable" && !record.failure && !desired.empty() &&
               record.desired == desired;
    if (!attached) return {};
    record.sequence = call.sequence;
    record.status_folder = environment.status_folder;
    record.log_folder = environment.log_folder;
    return WriteStatus(system.files, record.status_folder, record.sequence,
                       {StatusLevel::kTransitioning, 0, "the same settings are already being applied", {}},
                       system.clock.UtcNow());
  }));
  if (attached) return std::optional<Operation>();
  TRY_LET(Operation begun, Operation::Begin(system, {.operation = "enable",
                                                     .desired = desired,
                                                     .sequence = call.sequence,
                                                     .status_folder = environment.status_folder,
                                                     .log_folder = environment.log_folder,
                                                     .finished = false}));
  return std::optional(std::move(begun));
}

Status StartOrAttach(const Call& call, const std::string& desired) {
  System& system = call.context.system;
  TRY_LET(auto operation, AttachOrBegin(call, desired));
  if (!operation) {
    system.log.Info("a worker is applying the same settings; it will report");
    return {};
  }
  // The worker alone reports what it finds, so nothing is begun that could not be reported.
  Status launched = operation->Transitioning("applying the settings");
  if (launched.ok()) {
    launched = LaunchWorker(
        system, call.context.program, operation->generation(),
        {"worker", "enable", std::to_string(operation->generation()), call.context.invocation.folder});
  }
  if (launched.ok()) return {};
  const Status finished = operation->MarkFinished();
  if (finished.ok() || finished.error().code != Code::kSuperseded)
    return std::move(launched).Context("starting the worker");
  // The worker stopped because it was superseded; the newer operation writes the status.
  system.log.Info("superseded by a newer operation before the worker was ready");
  return {};
}

Result<Plan> JudgeSettings(const Call& call) {
  System& system = call.context.system;
  TRY_LET(SettingsReading reading, ReadSettings(system, *call.context.environment, call.sequence));
  return ResolvePlan(system, std::move(reading), call.observed);
}

// Reports conflicts as the command's own error, before a worker starts and anything changes.
Status CheckPreconditions(const Call& call, const Plan& plan) {
  TRY(CheckEngineUsable(call.context.system, call.platform, call.observed));
  EngineContext steps = StepsContext(call, plan);
  return FindConflicts(steps);
}

// The VM's certificate may arrive later than the settings. And what an interrupted operation left, or the
// endpoint of the VM that this one's image was made of, is put right before any error is reported.
bool IsForWorker(const Call& call, const Error& error) {
  return error.code == Code::kNotFound || (!call.is_busy && IsUnverified(call.observed));
}

Status Apply(const Call& call) {
  const auto cached = LoadCachedPlan(call.context.system, *call.context.environment, call.sequence,
                                     call.context.invocation.version, call.observed.ledger);
  if (cached) {
    TRY_LET(const bool converged, ReportIfConverged(call, *cached));
    if (converged) return {};
  }
  auto plan = JudgeSettings(call);
  if (!plan.ok() && IsForWorker(call, plan.error())) return StartOrAttach(call, "");
  if (!plan.ok()) return std::move(plan).error();
  // A hanging engine delays every query, so an equal plan is not checked twice.
  if (!cached || cached->target != plan->target) {
    TRY_LET(const bool converged, ReportIfConverged(call, *plan));
    if (converged) return {};
  }
  Status checked = CheckPreconditions(call, *plan);
  if (!checked.ok() && !IsForWorker(call, checked.error())) return checked;
  return StartOrAttach(call, call.context.system.crypto.Sha256(Serialize(plan->target)));
}

}  // namespace

Status Enable(VerbContext& context) {
  System& system = context.system;
  TRY_LET(const std::uint64_t sequence,
          ChooseSequence(system.files, context.environment->config_folder, context.invocation.sequence));
  TRY_LET(const Platform platform, DetectPlatform(system.files));
  TRY_LET(const OperationRecord record, OperationStore(system.files, system.locks).Read());
  TRY_LET(const bool busy, IsAlive(system, record));
  TRY_LET(const Observation observed, Observe(system));
  // A removal that goes on after a reboot is ended by the worker.
  return Apply({context, sequence, platform, observed, busy || HasRemovalUnit(system.files)});
}

}  // namespace dockerext
