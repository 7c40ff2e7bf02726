// SPDX-License-Identifier: MIT
#include "handler/distro/platform.hpp"
#include "handler/engine/close_endpoint.hpp"
#include "handler/engine/last_known_good.hpp"
#include "handler/state/update_mark.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::minutes kEngineBudget{5};

}  // namespace

// Applies no settings: the new version's enable does that. Writes the update mark last, so that the old
// version's uninstall, which the agent runs next, leaves the machine unchanged.
Status Update(VerbContext& context) {
  System& system = context.system;
  TRY(DetectPlatform(system.files));
  TRY_LET(Operation operation, Operation::Begin(system, {.operation = "update"}));
  TRY(operation.TakeLock());
  const ReportWait wait = operation.WaitUpTo(kEngineBudget);
  TRY(CloseEndpointOfOtherVm(system, wait));
  const auto restored = RestoreLastKnownGood(system, wait);
  if (!restored.ok()) system.log.Error(restored.error().what + ", continuing");
  const std::string& target = context.invocation.update_target.empty() ? context.invocation.version
                                                                       : context.invocation.update_target;
  return WriteUpdateMark(system.files, system.clock, target);
}

}  // namespace dockerext
