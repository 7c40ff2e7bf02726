// SPDX-License-Identifier: MIT
#include "handler/state/ledger.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

Status Note(Files& files, bool installing) {
  return AmendLedger(files, [&](Ledger& ledger) { ledger.installing = installing; });
}

// A package manager still runs: somebody else's, our own that was left running, or that of a dead worker.
bool CheckDeadline(const Error& error) {
  return error.code == Code::kPackagesLocked || error.code == Code::kTimeout;
}

Result<std::string> Install(EngineContext& context, const Step& install) {
  Files& files = context.system.files;
  TRY(Note(files, true));
  auto installed = install.apply();
  if (!installed.ok() && CheckDeadline(installed.error())) return installed;
  Status noted = Note(files, false);
  if (installed.ok() && !noted.ok()) return std::move(noted).error();
  return installed;
}

// What a package manager has put in place so far looks like an engine before it is one.
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
