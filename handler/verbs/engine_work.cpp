// SPDX-License-Identifier: MIT
#include "handler/verbs/engine_work.hpp"

namespace dockerext {

std::vector<Step> EnableSteps(EngineContext& context) {
  if (context.target.leave_engine_alone) return {KeepLedger(context), InstallToItsEnd(context)};
  return {
      KeepLedger(context),  InstallToItsEnd(context),         HaveNoConflicts(context), StartAtBoot(context),
      WriteTlsSet(context), KeepContainers(context),          BringEngineBack(context), WriteDropIn(context),
      RunEngine(context),   KeepContainersFromNowOn(context), ProveEndpoint(context),
  };
}

}  // namespace dockerext
