// SPDX-License-Identifier: MIT
#include "handler/base/text.hpp"
#include "handler/docker/tls_set.hpp"
#include "handler/engine/selinux.hpp"
#include "handler/state/tls_sets.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

Result<bool> IsWritten(EngineContext& context) {
  if (!context.target.endpoint) return true;
  return IsTlsSetIntact(context.system.files, context.system.crypto, context.target.endpoint->tls_folder);
}

// Nothing to roll back: garbage collection removes every unreferenced set.
Result<std::string> Write(EngineContext& context) {
  const std::string& folder = context.target.endpoint->tls_folder;
  if (!context.material) return DamagedTlsSet(folder);
  TRY_LET(std::string summary, StoreTlsSet(context.system.files, folder, *context.material));
  RestoreLabels(context.system, {ParentOf(folder)});
  return summary;
}

}  // namespace

Step WriteTlsSet(EngineContext& context) {
  return {.name = "tls-files",
          .done = [&context] { return IsWritten(context); },
          .apply = [&context] { return Write(context); }};
}

}  // namespace dockerext
