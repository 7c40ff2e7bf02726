// SPDX-License-Identifier: MIT
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

Result<std::string> Enable(EngineContext& context) {
  TRY(AmendLedger(context.system.files, [](Ledger& ledger) { ledger.enabled_engine = true; }));
  TRY(context.system.services.EnableUnitFile(std::string(kDockerUnit)));
  return std::string("docker.service starts at boot");
}

}  // namespace

Step StartAtBoot(EngineContext& context) {
  return {
      .name = "start-at-boot",
      // Units in other states (static, generated, ...) are started by other means than an [Install] section.
      .done = [&context]() -> Result<bool> { return context.observed.unit.unit_file_state != "disabled"; },
      .apply = [&context] { return Enable(context); }};
}

}  // namespace dockerext
