// SPDX-License-Identifier: MIT
#include "handler/agent/update_protocol.hpp"
#include "handler/steps/close_endpoint.hpp"
#include "handler/verbs/verb.hpp"
#include "handler/verbs/work.hpp"

namespace dockerext {
namespace {

// An update closes nothing, but a worker that was stopped may have left an unproven configuration.
Status LeaveForUpdate(Host& host, const std::string& target) {
  host.log.Info("the agent is updating to " + target + ": remote access stays as it is");
  const Status restored = RestoreProven(host);
  if (!restored.ok()) host.log.Failed(restored.error().message + ", continuing");
  return {};
}

}  // namespace

Status Disable(VerbContext& context) {
  TRY_LET(const TakenOver taken, TakeOver(context.host, "disable"));
  const auto target = UpdatingTo(context.host.files, context.invocation, context.host.clock.UtcNow());
  if (target) return LeaveForUpdate(context.host, *target);
  return CloseEndpoint(context.host);
}

}  // namespace dockerext
