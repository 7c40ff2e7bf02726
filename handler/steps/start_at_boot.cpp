// SPDX-License-Identifier: MIT
#include "handler/state/ledger.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

Result<bool> StartsAtBoot(EngineContext& context) {
  TRY_LET(const UnitFacts facts, context.unit.Facts());
  // Units in other states (static, generated, ...) are started by other means than an [Install] section.
  return facts.unit_file_state != "disabled";
}

Result<std::string> Enable(EngineContext& context) {
  TRY(AmendLedger(context.system.files, [](Ledger& ledger) { ledger.enabled_engine = true; }));
  TRY(context.system.services.EnableUnitFile(std::string(kDockerUnit)));
  context.unit.Invalidate();
  return std::string("docker.service starts at boot");
}

}  // namespace

Step StartAtBoot(EngineContext& context) {
  return {.name = "start-at-boot",
          .done = [&context] { return StartsAtBoot(context); },
          .apply = [&context] { return Enable(context); },
          .undo = {}};
}

}  // namespace dockerext
