// SPDX-License-Identifier: MIT
#include "handler/state/ledger.hpp"
#include "handler/state/vm_identity.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

Result<bool> IsKept(EngineContext& context) {
  const auto ledger = LoadLedger(context.system.files);
  if (!ledger.ok() && ledger.error().code == Code::kNotFound) return false;
  if (!ledger.ok()) return ledger.error();
  return SameVm(ledger->vm, VmIdentity(context.system.files)) &&
         ledger->uninstall_policy == PolicyName(context.target.uninstall_policy);
}

Result<std::string> Keep(EngineContext& context) {
  const std::string vm = VmIdentity(context.system.files);
  TRY(AmendLedger(context.system.files, [&](Ledger& ledger) {
    // What was proven on another VM (an image of which this one was made) says nothing about this one.
    if (!SameVm(ledger.vm, vm)) {
      ledger.last_known_good.reset();
      ledger.cached_plan.reset();
    }
    ledger.vm = vm;
    ledger.uninstall_policy = PolicyName(context.target.uninstall_policy);
  }));
  return std::string("what uninstall will do is recorded (") + PolicyName(context.target.uninstall_policy) +
         ")";
}

}  // namespace

Step RecordOwnership(EngineContext& context) {
  return {.name = "ledger",
          .done = [&context] { return IsKept(context); },
          .apply = [&context] { return Keep(context); },
          .undo = {}};
}

}  // namespace dockerext
