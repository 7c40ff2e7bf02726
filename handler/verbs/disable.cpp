// SPDX-License-Identifier: MIT
#include "handler/agent/update_protocol.hpp"
#include "handler/steps/close_endpoint.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

// An update closes nothing, but a stopped worker may have left an unverified configuration.
Status LeaveForUpdate(System& system, const std::string& target) {
  system.log.Info("the agent is updating to " + target + ": remote access is left unchanged");
  const Status restored = RestoreLastKnownGood(system);
  if (!restored.ok()) system.log.Error(restored.error().message + ", continuing");
  return {};
}

}  // namespace

Status Disable(VerbContext& context) {
  TRY_LET(const OwnedOperation operation, Supersede(context.system, "disable"));
  const auto target = UpdatingTo(context.system.files, context.invocation, context.system.clock.UtcNow());
  if (target) return LeaveForUpdate(context.system, *target);
  return CloseEndpoint(context.system);
}

}  // namespace dockerext
