// SPDX-License-Identifier: MIT
#include "handler/base/text.hpp"
#include "handler/engine/decisions.hpp"
#include "handler/engine/dry_run.hpp"
#include "handler/engine/last_known_good.hpp"
#include "handler/errors/conflicts.hpp"
#include "handler/errors/engine.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

// The port is free, or the engine has it open with the extension's options.
Status CheckPort(EngineContext& context) {
  if (!context.target.endpoint) return {};
  const std::uint16_t port = context.target.endpoint->port;
  const auto own = RunningEndpoint(context.observed);
  if (own && own->port == port) return {};
  TRY_LET(const bool free, context.system.network.IsFree(port));
  if (free) return {};
  return MakeError<errors::kPortInUse>(std::to_string(port));
}

Result<std::string> Write(EngineContext& context) {
  System& system = context.system;
  TRY(CheckPort(context));
  if (!RunsTarget(context.target, context.observed)) TRY(ValidateRestart(context));
  TRY(RecordStartingPoint(system, context.observed));
  TRY(context.check_deadline());
  TRY(InstallDropIn(system, WantedDropIn(context.target, context.observed)));
  TRY_LET(context.observed, Observe(system));
  if (!HasDropIn(context.target, context.observed)) return MakeError<errors::kDropInNotInForce>(DropInPath());
  return "docker.service uses " + DropInPath();
}

}  // namespace

Step WriteDropIn(EngineContext& context) {
  return {.name = "drop-in",
          .done = [&context]() -> Result<bool> { return HasDropIn(context.target, context.observed); },
          .apply = [&context] { return Write(context); }};
}

}  // namespace dockerext
