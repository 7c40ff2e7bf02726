// SPDX-License-Identifier: MIT
#include "handler/state/ledger.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

Result<bool> IsRecorded(const EngineContext& context) {
  const Observation& observed = context.observed;
  if (observed.ledger_error) return *observed.ledger_error;
  return observed.has_ledger && !observed.ledger.of_other_vm &&
         observed.ledger.uninstall_policy == PolicyName(context.target.uninstall_policy);
}

Result<std::string> Record(EngineContext& context) {
  const std::string policy = PolicyName(context.target.uninstall_policy);
  TRY(AmendLedger(context.system.files, [&](Ledger& ledger) { ledger.uninstall_policy = policy; }));
  return "recorded what uninstall will remove (" + policy + ")";
}

}  // namespace

Step RecordOwnership(EngineContext& context) {
  return {.name = "ledger",
          .done = [&context] { return IsRecorded(context); },
          .apply = [&context] { return Record(context); }};
}

}  // namespace dockerext
