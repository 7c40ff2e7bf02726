// SPDX-License-Identifier: MIT
#include "handler/agent/update_protocol.hpp"
#include "handler/engine/close_endpoint.hpp"
#include "handler/engine/last_known_good.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

// The agent gives disable and uninstall 300 s, of which up to 240 go into stopping a worker.
constexpr std::chrono::seconds kEngineBudget{240};

}  // namespace

Status Disable(VerbContext& context) {
  System& system = context.system;
  TRY_LET(Operation operation, Operation::Begin(system, {.operation = "disable"}));
  TRY(operation.TakeLock());
  const ReportWait wait = operation.WaitUpTo(kEngineBudget);
  const auto targets = UpdatingTo(system.files, context.invocation);
  if (targets.empty()) return CloseEndpoint(system, wait);
  // An update closes nothing, but a stopped worker may have left an unverified configuration, and an image
  // the endpoint of another VM.
  system.log.Info("the agent is updating to " + targets.back() + ": remote access is left unchanged");
  TRY(CloseEndpointOfOtherVm(system, wait));
  const auto restored = RestoreLastKnownGood(system, wait);
  if (!restored.ok()) system.log.Error(restored.error().what + ", continuing");
  return {};
}

}  // namespace dockerext
