// SPDX-License-Identifier: MIT
#include "handler/docker/engine_output.hpp"
#include "handler/engine/decisions.hpp"
#include "handler/engine/dry_run.hpp"
#include "handler/errors/engine.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

bool IsUp(const EngineContext& context) {
  return RunsTarget(context.target, context.observed) && context.observed.version.has_value();
}

// Records that an existing engine was stopped, so that uninstall stops it again. Not once there is a verified
// configuration: the engine has been running since, so a later stop is not its original state.
Status RecordStart(EngineContext& context) {
  bool socket_was_stopped = false;
  for (const TriggerUnit& trigger : context.observed.triggers) {
    if (trigger.name == kSocketUnit && trigger.facts.load_state == "loaded" && !IsRunning(trigger.facts))
      socket_was_stopped = true;
  }
  return AmendLedger(context.system.files, [&](Ledger& ledger) {
    const bool was_verified = ledger.last_known_good && ledger.last_known_good->verified;
    if (!ledger.packages.empty() || was_verified) return;
    ledger.started_engine = true;
    ledger.started_socket = ledger.started_socket || socket_was_stopped;
  });
}

// dockerd before 23.0 judges the values of options only when it starts.
Error BlameOptions(const EngineContext& context, Error error) {
  const auto& cached = context.observed.ledger.cached_plan;
  const auto last = cached ? ParseTarget(cached->target) : std::nullopt;
  const bool are_new = !context.target.options.empty() && (!last || last->options != context.target.options);
  if (error.code != Code::kInternal || !are_new) return error;
  const auto place = OptionNamedIn(error.what, context.target.options);
  return MakeError<errors::kOptionRefusedAtStart>(error.what, place.value_or(std::string(kOptionsPath)));
}

Result<std::string> Run(EngineContext& context) {
  const bool was_running = IsRunning(context.observed.unit);
  // An engine that is up must not be lost to what others left pending, and one that is down is told why.
  TRY(ValidateRestart(context));
  if (!was_running) TRY(RecordStart(context));
  Status restarted = RestartEngine(context.system, context.report_wait);
  if (!restarted.ok() && was_running) return BlameOptions(context, std::move(restarted).error());
  TRY(std::move(restarted));
  return std::string(was_running ? "restarted docker.service" : "started docker.service");
}

}  // namespace

Step RunEngine(EngineContext& context) {
  return {.name = "engine",
          .done = [&context]() -> Result<bool> { return IsUp(context); },
          .apply = [&context] { return Run(context); }};
}

}  // namespace dockerext
