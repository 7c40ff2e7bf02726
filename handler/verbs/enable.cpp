// SPDX-License-Identifier: MIT
#include "handler/steps/find_conflicts.hpp"
#include "handler/verbs/engine_work.hpp"
#include "handler/verbs/outcome.hpp"
#include "handler/verbs/plan.hpp"
#include "handler/verbs/platform.hpp"
#include "handler/verbs/verb.hpp"
#include "handler/verbs/work.hpp"

namespace dockerext {
namespace {

struct Request {
  std::uint64_t sequence = 0;
  std::string desired;  // the plan's hash; empty while the VM's certificate is missing
  bool there = false;   // the machine is as desired already
};

// Conflicts are an error at once: nothing was begun yet.
Status LookForConflicts(Host& host, const Plan& plan) {
  if (plan.refusal) return {};
  DockerUnit unit(host);
  EngineContext context{host, plan.target, unit, [] { return Status(); }};
  return FindConflicts(context);
}

Result<bool> IsThere(Host& host, const Plan& plan) {
  if (plan.refusal) return false;
  DockerUnit unit(host);
  EngineContext context{host, plan.target, unit, [] { return Status(); }};
  return AllDone(EnableSteps(context));
}

// What a machine that cannot be asked says is the worker's to find out.
Result<Request> Judge(VerbContext& context, std::uint64_t sequence, std::optional<Plan>& plan) {
  Host& host = context.host;
  TRY_LET(const Distro* distro, DetectPlatform(host.files));
  auto made = MakePlan(host, *context.environment, sequence, *distro);
  if (!made.ok() && made.error().code == Code::kNotFound) return Request{.sequence = sequence};
  if (!made.ok()) return std::move(made).error();
  plan = *std::move(made);
  TRY(LookForConflicts(host, *plan));
  Request request{sequence, plan->hash, false};
  const auto there = IsThere(host, *plan);
  if (there.ok())
    request.there = *there;
  else
    host.log.Warn("the machine's state is not clear: " + there.error().message);
  return request;
}

// Leaves a success that says the same alone: CRP would see a finished operation start again.
Status ReportThere(VerbContext& context, const Request& request, const Plan& plan) {
  Host& host = context.host;
  const StatusReport report = SuccessReport(host, plan);
  const auto existing = ReadStatus(host.files, context.environment->status_folder, request.sequence);
  host.log.Info("the machine is as desired: " + report.message);
  if (existing && SaysTheSame(*existing, report)) return {};
  return WriteStatus(host.files, context.environment->status_folder, request.sequence, report,
                     host.clock.UtcNow());
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
  const Status noted = BootState(host.files, host.locks).Update([&](BootRecord& record) -> Status {
    if (record.generation == generation) record.finished = true;
    return {};
  });
  if (!noted.ok()) host.log.Warn(noted.error().message + ", continuing");
  return std::move(launched).Context("starting the worker");
}

}  // namespace

Status Enable(VerbContext& context) {
  TRY_LET(const std::uint64_t sequence, ChooseSequence(context.host.files, context.environment->config_folder,
                                                       context.invocation.sequence));
  std::optional<Plan> plan;
  TRY_LET(const Request request, Judge(context, sequence, plan));
  TRY_LET(const BootRecord record, BootState(context.host.files, context.host.locks).Read());
  TRY_LET(const bool busy, IsAlive(context.host, record));
  if (request.there && !busy) return ReportThere(context, request, *plan);
  TRY_LET(const auto generation, JoinOrRaise(context, request));
  if (generation) return StartWork(context, *generation);
  context.host.log.Info("a worker is at the same desired state; it will report");
  return {};
}

}  // namespace dockerext
