// SPDX-License-Identifier: MIT
#include "handler/engine/context.hpp"

namespace dockerext {

Status Look(EngineContext& context) {
  System& system = context.system;
  TRY_LET(const UnitFacts settled, AwaitSettled(system, context.report_wait));
  if (settled.needs_reload) {
    system.log.Info("the files of docker.service were changed and not loaded: reloading them");
    TRY(system.services.ReloadDefinitions());
  }
  TRY_LET(context.observed, Observe(system));
  if (!IsReady(context.observed.unit) || context.observed.version) return {};
  // One slow answer is no reason for an outage.
  Status answered = AwaitAnswer(system, context.report_wait);
  if (!answered.ok() && answered.error().code != Code::kInternal) return answered;
  TRY_LET(context.observed, Observe(system));
  return {};
}

}  // namespace dockerext
