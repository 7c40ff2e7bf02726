// SPDX-License-Identifier: MIT
#include "handler/steps/find_conflicts.hpp"
#include "handler/verbs/engine_work.hpp"
#include "handler/verbs/outcome.hpp"
#include "handler/verbs/plan.hpp"
#include "handler/verbs/platform.hpp"
#include "handler/verbs/settled_plan.hpp"
#include "handler/verbs/verb.hpp"
#include "handler/verbs/work.hpp"

namespace dockerext {
namespace {

struct Request {
  std::uint64_t sequence = 0;
  std::string desired;  // the plan's hash; empty while the VM's certificate is missing
};

// What a machine that cannot be asked says is the worker's to find out.
bool IsThere(Host& host, const Plan& plan, DockerUnit& unit) {
  if (plan.refusal) return false;
  EngineContext context{host, plan.target, unit, [] { return Status(); }};
  const auto there = AllDone(EnableSteps(context));
  if (there.ok()) return *there;
  host.log.Warn("the machine's state is not clear: " + there.error().message);
  return false;
}

// What is in the way is an error at once: nothing was begun yet.
Status LookForConflicts(Host& host, const Plan& plan, DockerUnit& unit) {
  if (plan.refusal) return {};
  EngineContext context{host, plan.target, unit, [] { return Status(); }};
  TRY(RefuseUnusableEngine(context));
  return FindConflicts(context);
}

// Leaves a success that says the same alone: CRP would see a finished operation start again.
Status ReportThere(VerbContext& context, std::uint64_t sequence, const Plan& plan, DockerUnit& unit) {
  Host& host = context.host;
  const StatusReport report = SuccessReport(host, plan, unit);
  const auto existing = ReadStatus(host.files, context.environment->status_folder, sequence);
  host.log.Info("the machine is as desired: " + report.message);
  if (existing && SaysTheSame(*existing, report)) return {};
  return WriteStatus(host.files, context.environment->status_folder, sequence, report, host.clock.UtcNow());
}

// A worker that is at the same desired state ends this number's status too; otherwise a new generation is
// due.
Result<std::optional<std::uint64_t>> JoinOrRaise(VerbContext& context, const Request& request) {
  Host& host = context.host;
  std::optional<std::uint64_t> generation;
  TRY(BootState(host.files, host.locks).Update([&](BootRecord& record) -> Status {
    TRY_LET(const bool alive, IsAlive(host, record));
    const bool same =
        alive && record.work == "enable" && !request.desired.empty() && record.desired == request.desired;
    if (!same) {
      generation = NextGeneration(record, host.clock.SinceBoot());
      record = BootRecord{
          .generation = *generation, .work = "enable", .desired = request.desired, .finished = false};
    }
    record.sequence = request.sequence;
    record.status_folder = context.environment->status_folder;
    record.log_folder = context.environment->log_folder;
    if (!same) return {};
    return WriteStatus(host.files, record.status_folder, record.sequence,
                       {StatusLevel::kTransitioning, 0, "the same settings are being applied already", {}},
                       host.clock.UtcNow());
  }));
  return generation;
}

Status StartWork(VerbContext& context, std::uint64_t generation) {
  Host& host = context.host;
  Status launched = LaunchWorker(host, context.program, generation,
                                 {"worker", "enable", std::to_string(generation), context.invocation.folder});
  if (launched.ok()) return {};
  bool is_newest = true;
  const Status noted = BootState(host.files, host.locks).Update([&](BootRecord& record) -> Status {
    is_newest = record.generation == generation;
    if (is_newest) record.finished = true;
    return {};
  });
  if (!noted.ok()) host.log.Warn(noted.error().message + ", continuing");
  if (is_newest) return std::move(launched).Context("starting the worker");
  // It stopped because of that, and the status is the newer one's now.
  host.log.Info("a newer command took over before the worker was ready");
  return {};
}

// The desired state is there and nobody is at another one: reports it. Otherwise says so by `false`.
Result<bool> ReportIfThere(VerbContext& context, std::uint64_t sequence, const Plan& plan, bool busy) {
  DockerUnit unit(context.host);
  if (busy || !IsThere(context.host, plan, unit)) return false;
  TRY(ReportThere(context, sequence, plan, unit));
  return true;
}

Status StartOrJoin(VerbContext& context, const Request& request) {
  TRY_LET(const auto generation, JoinOrRaise(context, request));
  if (generation) return StartWork(context, *generation);
  context.host.log.Info("a worker is at the same desired state; it will report");
  return {};
}

Result<bool> IsBusy(Host& host) {
  TRY_LET(const BootRecord record, BootState(host.files, host.locks).Read());
  return IsAlive(host, record);
}

}  // namespace

Status Enable(VerbContext& context) {
  Host& host = context.host;
  TRY_LET(const std::uint64_t sequence,
          ChooseSequence(host.files, context.environment->config_folder, context.invocation.sequence));
  TRY_LET(const Distro* distro, DetectPlatform(host.files));
  TRY_LET(const bool busy, IsBusy(host));
  const auto settled = RecallPlan(host, *context.environment, sequence, context.invocation.version, *distro);
  if (settled) {
    TRY_LET(const bool there, ReportIfThere(context, sequence, *settled, busy));
    if (there) return {};
  }
  auto plan = MakePlan(host, *context.environment, sequence, *distro);
  // The VM's certificate may still be on its way: the worker waits for it.
  if (!plan.ok() && plan.error().code == Code::kNotFound) return StartOrJoin(context, {sequence, ""});
  if (!plan.ok()) return std::move(plan).error();
  // An engine that hangs lets every question wait, so none is asked twice.
  if (!settled || settled->hash != plan->hash) {
    TRY_LET(const bool there, ReportIfThere(context, sequence, *plan, busy));
    if (there) return {};
  }
  DockerUnit unit(host);
  TRY(LookForConflicts(host, *plan, unit));
  return StartOrJoin(context, {sequence, plan->hash});
}

}  // namespace dockerext
