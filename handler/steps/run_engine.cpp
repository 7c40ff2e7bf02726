// SPDX-License-Identifier: MIT
#include "handler/steps/run_engine.hpp"

#include <memory>

#include "handler/base/retry.hpp"
#include "handler/state/ledger.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kStartBudget{120};
constexpr std::chrono::seconds kStopBudget{60};
constexpr std::chrono::seconds kAnswerBudget{30};
constexpr std::chrono::seconds kPingBudget{5};
constexpr std::chrono::seconds kExcerptBudget{1};

const std::string kUnit(kDockerUnit);
const std::string kSocketUnit("docker.socket");

Status ClearFailures(System& system) {
  TRY(system.services.ResetFailed(kUnit));
  return system.services.ResetFailed(kSocketUnit);
}

Status AwaitAnswer(System& system) {
  return RetryWhileBusy(system.clock, kAnswerBudget, std::chrono::milliseconds(200), [&]() -> Status {
    auto version = system.engine.Ping(kPingBudget);
    if (version.ok()) return {};
    return Error{Code::kBusy, "the engine does not answer on its local socket: " + version.error().message};
  });
}

// The journal may lag, or systemd may already be at the next start, which will log the same.
std::string AwaitFailureExcerpt(System& system, DockerUnit& unit) {
  const auto excerpt = RetryWhileBusy(system.clock, kExcerptBudget, std::chrono::milliseconds(100),
                                      [&]() -> Result<std::string> {
                                        unit.Invalidate();
                                        TRY_LET(const UnitFacts facts, unit.Facts());
                                        std::string found = FailureExcerpt(system, facts);
                                        if (!found.empty()) return found;
                                        return Error{Code::kBusy, "dockerd logged nothing"};
                                      });
  return excerpt.ok() ? *excerpt : std::string();
}

// Adds the result that systemd reports and the line that dockerd logged.
Error WithFailureDetails(System& system, DockerUnit& unit, Error error) {
  unit.Invalidate();
  const auto facts = unit.Facts();
  if (!facts.ok()) return error;
  if (!facts->result.empty() && facts->result != "success") error.message += " (" + facts->result + ")";
  const std::string excerpt = AwaitFailureExcerpt(system, unit);
  if (!excerpt.empty()) error.message += "; dockerd logged: " + excerpt;
  if (excerpt.find("no space left on device") == std::string::npos) return error;
  return Error{Code::kMissingDependency,
               error.message + "; free some space there and set the extension's settings again"};
}

Status AwaitStarted(System& system, DockerUnit& unit, Status job) {
  unit.Invalidate();
  if (!job.ok()) return WithFailureDetails(system, unit, std::move(job).error());
  Status answered = AwaitAnswer(system);
  return answered.ok() ? Status() : Status(WithFailureDetails(system, unit, std::move(answered).error()));
}

// Records that an existing engine was stopped, so that uninstall stops it again. Not once there is a last
// known good configuration: the engine has been running since, so a later stop is not its original state.
Status RecordStart(System& system) {
  TRY_LET(const UnitFacts socket, system.services.Describe(kSocketUnit));
  return AmendLedger(system.files, [&](Ledger& ledger) {
    if (!ledger.packages.empty() || ledger.last_known_good) return;
    ledger.started_engine = true;
    if (socket.load_state == "loaded" && !IsRunning(socket)) ledger.started_socket = true;
  });
}

Result<std::string> Run(EngineContext& context) {
  TRY_LET(const UnitFacts facts, context.unit.Facts());
  const bool was_running = IsRunning(facts);
  if (!was_running) TRY(RecordStart(context.system));
  TRY(RestartEngine(context.system, context.unit));
  return std::string(was_running ? "restarted docker.service" : "started docker.service");
}

struct PreviousEngine {
  bool ran = false;
  bool served = false;  // with the endpoint of the drop-in
  std::uint32_t main_pid = 0;
};

Result<std::string> SaveState(EngineContext& context, PreviousEngine& before) {
  TRY_LET(const UnitFacts facts, context.unit.Facts());
  TRY_LET(const bool served, context.unit.MatchesDropInEndpoint());
  before = {IsRunning(facts), served, facts.main_pid};
  return std::string();
}

// Nothing to do while the same process runs, unless an interrupted operation had started it: then the
// rollback has removed its files.
Status RestoreEngine(EngineContext& context, const PreviousEngine& before) {
  context.unit.Invalidate();
  TRY_LET(const UnitFacts facts, context.unit.Facts());
  TRY_LET(const bool serves, context.unit.MatchesDropInEndpoint());
  const bool is_same = facts.active_state == "active" && facts.main_pid == before.main_pid;
  if (is_same && (serves || !before.served)) return {};
  if (before.ran) return StopAndStartEngine(context.system, context.unit);
  return StopStartedUnits(context.system);
}

}  // namespace

Result<bool> MatchesTarget(EngineContext& context) {
  TRY_LET(const UnitFacts facts, context.unit.Facts());
  if (facts.active_state != "active") return false;
  TRY_LET(const VendorCommand vendor, context.unit.Vendor());
  TRY_LET(const auto running, context.unit.RunningCommand());
  const auto added = AddedArguments(vendor, context.target.options, context.target.endpoint);
  if (!EndsWith(running, added)) return false;
  if (!context.target.endpoint && EndpointOf(running)) return false;
  return context.unit.Version().ok();
}

Status RestartEngine(System& system, DockerUnit& unit) {
  TRY(ClearFailures(system));
  TRY_LET(const UnitFacts facts, unit.Facts());
  return AwaitStarted(system, unit,
                      IsRunning(facts) ? system.services.Restart(kUnit, kStartBudget)
                                       : system.services.Start(kUnit, kStartBudget));
}

Status StopAndStartEngine(System& system, DockerUnit& unit) {
  TRY(system.services.Stop(kUnit, kStopBudget));
  TRY(ClearFailures(system));
  return AwaitStarted(system, unit, system.services.Start(kUnit, kStartBudget));
}

Status StopStartedUnits(System& system) {
  const auto ledger = LoadLedger(system.files);
  // The socket first, since a connection to it would start the engine again.
  if (ledger.ok() && ledger->started_socket) TRY(system.services.Stop(kSocketUnit, kStopBudget));
  return system.services.Stop(kUnit, kStopBudget);
}

Step RestartPreviousEngine(EngineContext& context) {
  const auto before = std::make_shared<PreviousEngine>();
  return {.name = "previous-engine",
          .done = [&context] { return MatchesTarget(context); },
          .apply = [&context, before] { return SaveState(context, *before); },
          .undo = [&context, before] { return RestoreEngine(context, *before); },
          .report_failure_only = true};
}

Step RunEngine(EngineContext& context) {
  return {.name = "engine",
          .done = [&context] { return MatchesTarget(context); },
          .apply = [&context] { return Run(context); },
          .undo = {}};  // RestartPreviousEngine does it, after the files are restored
}

}  // namespace dockerext
