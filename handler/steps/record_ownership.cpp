// SPDX-License-Identifier: MIT
#include "handler/state/ledger.hpp"
#include "handler/state/vm_identity.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

Result<bool> IsRecorded(EngineContext& context) {
  const auto ledger = LoadLedger(context.system.files);
  if (!ledger.ok() && ledger.error().code == Code::kNotFound) return false;
  if (!ledger.ok()) return ledger.error();
  return SameVm(ledger->vm, VmIdentity(context.system.files)) &&
         ledger->uninstall_policy == PolicyName(context.target.uninstall_policy);
}

Result<std::string> Record(EngineContext& context) {
  const std::string vm = VmIdentity(context.system.files);
  TRY(AmendLedger(context.system.files, [&](Ledger& ledger) {
    // What was verified on another VM (the source of this one's image) does not apply to this one.
    if (!SameVm(ledger.vm, vm)) {
      ledger.last_known_good.reset();
      ledger.cached_plan.reset();
    }
    ledger.vm = vm;
    ledger.uninstall_policy = PolicyName(context.target.uninstall_policy);
  }));
  return std::string("recorded what uninstall will remove (") + PolicyName(context.target.uninstall_policy) +
         ")";
}

}  // namespace

Step RecordOwnership(EngineContext& context) {
  return {.name = "ledger",
          .done = [&context] { return IsRecorded(context); },
          .apply = [&context] { return Record(context); },
          .undo = {}};
}

}  // namespace dockerext
