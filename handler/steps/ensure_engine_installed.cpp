// SPDX-License-Identifier: MIT
#include "handler/state/ledger.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

Status RecordInstalling(Files& files, bool installing) {
  return AmendLedger(files, [&](Ledger& ledger) { ledger.installing = installing; });
}

// Whether a package manager may still run: another program's, this worker's after a timeout, or that of a
// killed worker.
bool MayStillRun(const Error& error) {
  return error.code == Code::kPackagesLocked || error.code == Code::kTimeout;
}

Result<std::string> Install(EngineContext& context, const Step& install) {
  Files& files = context.system.files;
  TRY(RecordInstalling(files, true));
  auto installed = install.apply();
  if (!installed.ok() && MayStillRun(installed.error())) return installed;
  Status recorded = RecordInstalling(files, false);
  if (installed.ok() && !recorded.ok()) return std::move(recorded).error();
  return installed;
}

// A half-finished installation can already look complete.
Result<bool> IsInstalled(EngineContext& context, const Step& install) {
  TRY_LET(const bool looks_installed, install.done());
  if (!looks_installed) return false;
  return !IsInstalling(context.system.files);
}

}  // namespace

bool IsInstalling(Files& files) {
  const auto ledger = LoadLedger(files);
  return ledger.ok() && ledger->installing;
}

Step EnsureEngineInstalled(EngineContext& context) {
  const Step install = InstallEnginePackages(context);
  return {.name = install.name,
          .done = [&context, install] { return IsInstalled(context, install); },
          .apply = [&context, install] { return Install(context, install); },
          .undo = install.undo};
}

}  // namespace dockerext
