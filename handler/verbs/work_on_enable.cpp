// SPDX-License-Identifier: MIT
#include "handler/agent/invocation.hpp"
#include "handler/base/retry.hpp"
#include "handler/base/text.hpp"
#include "handler/steps/close_endpoint.hpp"
#include "handler/steps/sweep.hpp"
#include "handler/verbs/engine_work.hpp"
#include "handler/verbs/outcome.hpp"
#include "handler/verbs/plan.hpp"
#include "handler/verbs/platform.hpp"
#include "handler/verbs/settled_plan.hpp"
#include "handler/verbs/status_reporter.hpp"
#include "handler/verbs/verb.hpp"
#include "handler/verbs/work.hpp"

namespace dockerext {
namespace {

// A restart, a proof and the way back must fit behind a commit.
constexpr std::chrono::minutes kCommitNeeds{5};
constexpr std::chrono::seconds kCertificateBudget{60};

// The certificate of the VM may still be on its way; everything else is judged at once.
Result<Plan> AwaitPlan(Host& host, const HandlerEnvironment& environment, std::uint64_t sequence,
                       const Distro& distro) {
  auto plan = RetryWhileBusy(host.clock, kCertificateBudget, std::chrono::seconds(2), [&]() -> Result<Plan> {
    auto made = MakePlan(host, environment, sequence, distro);
    if (made.ok() || made.error().code != Code::kNotFound) return made;
    return Error{Code::kBusy, made.error().message};
  });
  if (plan.ok() || plan.error().code != Code::kBusy) return plan;
  return Error{Code::kInvalidSettings, plan.error().message};
}

Status Work(Host& host, const Plan& plan, StatusReporter& reporter) {
  DockerUnit unit(host);
  EngineContext context{host, plan.target, unit, [&] { return reporter.MayGoOn(kCommitNeeds); },
                        [&](const std::string& sentence) { return reporter.MayWait(sentence); }};
  if (plan.refusal) {
    TRY(CloseEndpoint(host));
    return *plan.refusal;
  }
  return RunSteps(EnableSteps(context), reporter);
}

void Sweep(Host& host, const std::string& program) {
  for (const Status& swept : {SweepTlsSets(host), SweepUnfinished(host.files),
                              host.files.RemoveUnfinished(program), SweepPrograms(host, ParentOf(program))}) {
    if (!swept.ok()) host.log.Warn(swept.error().message + ", continuing");
  }
}

// Only saves time; the folder of the settings may be gone by now.
void Remember(Host& host, const HandlerEnvironment& environment, std::uint64_t sequence,
              const std::string& version, const Plan& plan) {
  const Status remembered = RememberPlan(host, environment, sequence, version, plan);
  if (!remembered.ok()) host.log.Warn(remembered.error().message + ", continuing");
}

// Ends the status of whatever sequence number the record says by now.
Status Finish(Host& host, StatusReporter& reporter, const Plan* plan, const Status& outcome) {
  if (!outcome.ok() && outcome.error().code == Code::kSuperseded) return outcome;
  DockerUnit unit(host);
  const StatusReport report = outcome.ok() ? SuccessReport(host, *plan, unit) : ErrorReport(outcome.error());
  if (outcome.ok())
    host.log.Info("done: " + report.message);
  else
    host.log.Failed("failed: " + report.message);
  TRY(reporter.Finish(report));
  return outcome;
}

}  // namespace

Status WorkOnEnable(Host& host, std::uint64_t generation, const std::string& program,
                    const std::string& extension_folder) {
  StatusReporter reporter(host, generation, host.clock.SteadyNow() + kWorkDeadline);
  TRY_LET(const HandlerEnvironment environment, LoadEnvironment(host.files, host.clock, extension_folder));
  TRY(reporter.MayGoOn(std::chrono::milliseconds(0)));
  TRY_LET(const BootRecord record, BootState(host.files, host.locks).Read());
  TRY_LET(const Distro* distro, DetectPlatform(host.files));
  auto plan = MakePlan(host, environment, record.sequence, *distro);
  reporter.Transitioning("applying the settings");
  TRY(host.services.NotifyReady());

  if (!plan.ok() && plan.error().code == Code::kNotFound) {
    plan = AwaitPlan(host, environment, record.sequence, *distro);
  }
  if (!plan.ok()) return Finish(host, reporter, nullptr, plan.error());
  const auto turn = AwaitTurn(host, generation);
  if (!turn.ok()) return Finish(host, reporter, &*plan, turn.error());
  const Status outcome = Work(host, *plan, reporter);
  if (outcome.ok()) Remember(host, environment, record.sequence, VersionOf(extension_folder), *plan);
  Sweep(host, program);
  return Finish(host, reporter, &*plan, outcome);
}

}  // namespace dockerext
