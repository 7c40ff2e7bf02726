// SPDX-License-Identifier: MIT
#include "handler/state/folders.hpp"

#include "handler/base/text.hpp"
#include "handler/errors/machine.hpp"

namespace dockerext {
namespace {

void RemoveIfEmpty(Files& files, Log& log, const std::string& folder) {
  const auto names = files.List(folder);
  if (!names.ok()) return;
  if (!names->empty()) {
    log.Info(Quoted(folder) + " is not empty (" + Join(*names, ", ") + ") and is kept");
    return;
  }
  const Status removed = files.Remove(folder);
  if (!removed.ok()) log.Warn(removed.error().what + ", continuing");
}

}  // namespace

Status MakeRecordedFolder(Files& files, const std::string& path) {
  if (Exists(files, path)) return {};
  TRY(AmendLedger(files, [&](Ledger& ledger) {
    // A disable may have removed a folder that is already recorded.
    std::erase(ledger.folders, path);
    ledger.folders.push_back(path);
  }));
  return files.MakeFolder(path, 0755_mode);
}

void RemoveRecordedFolders(Files& files, Log& log, const Ledger& ledger) {
  for (auto folder = ledger.folders.rbegin(); folder != ledger.folders.rend(); ++folder)
    RemoveIfEmpty(files, log, *folder);
}

Status RemoveEntriesExcept(Files& files, std::string_view folder, const std::set<std::string>& kept) {
  const auto names = files.List(std::string(folder));
  if (!names.ok() && names.error().code == Code::kNotFound) return {};
  if (!names.ok()) return names.error();
  if (!IsFolder(files, std::string(folder))) return MakeError<errors::kNotAFolder>(Quoted(folder));
  Status outcome;
  std::size_t remaining = names->size();
  for (const std::string& name : *names) {
    const std::string path = std::string(folder) + "/" + name;
    if (kept.contains(path)) continue;
    const Status removed = files.RemoveTree(path);
    if (removed.ok())
      --remaining;
    else
      outcome = removed;  // the others are removed all the same
  }
  TRY(std::move(outcome));
  return remaining == 0 ? files.Remove(std::string(folder)) : Status();
}

}  // namespace dockerext
