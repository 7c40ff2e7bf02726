// SPDX-License-Identifier: MIT
#include "handler/steps/engine_steps.hpp"

namespace dockerext {

std::vector<Step> EnableSteps(EngineContext& context) {
  if (context.target.leave_engine_alone) return {RecordOwnership(context), EnsureEngineInstalled(context)};
  return {
      RecordOwnership(context), EnsureEngineInstalled(context), CheckConflicts(context),
      WriteTlsSet(context),     EnableLiveRestore(context),     WriteDropIn(context),
      RunEngine(context),       StartAtBoot(context),           OpenFirewall(context),
      VerifyEndpoint(context),
  };
}

}  // namespace dockerext
