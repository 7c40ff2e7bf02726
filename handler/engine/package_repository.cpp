// SPDX-License-Identifier: MIT
#include "handler/engine/package_repository.hpp"

#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/state/folders.hpp"

namespace dockerext {
namespace {

bool Contains(const std::vector<std::string>& paths, const std::string& path) {
  return std::ranges::find(paths, path) != paths.end();
}

Result<bool> OwnerHas(System& system, const PackageManager& manager, const Repository& repository,
                      const std::vector<RepositoryFile>& own) {
  for (const std::string_view pattern : manager.repository_lists) {
    TRY_LET(const auto paths, system.files.Glob(std::string(pattern)));
    for (const std::string& path : paths) {
      const bool is_own = std::ranges::any_of(own, [&](const auto& file) { return file.path == path; });
      if (is_own) continue;
      const auto text = system.files.Read(path);
      if (text.ok() && manager.has_repository(path, *text, repository)) return true;
    }
  }
  return false;
}

}  // namespace

Status AddRepository(System& system, const PackageManager& manager, const Repository& repository) {
  const auto files = manager.repository_files(repository);
  TRY_LET(const bool owner_has, OwnerHas(system, manager, repository, files));
  if (owner_has) return {};
  TRY(AmendLedger(system.files, [&](Ledger& ledger) {
    for (const RepositoryFile& file : files) {
      if (!Contains(ledger.repository_files, file.path)) ledger.repository_files.push_back(file.path);
    }
  }));
  for (const RepositoryFile& file : files) {
    TRY(MakeRecordedFolder(system.files, file.path.substr(0, file.path.rfind('/'))));
    TRY(system.files.WriteAtomically(file.path, file.text, 0644_mode));
  }
  return {};
}

Status RemoveRepository(System& system) {
  const auto ledger = LoadLedger(system.files);
  if (!ledger.ok()) return ledger.error().code == Code::kNotFound ? Status() : ledger.error();
  for (const std::string& path : ledger->repository_files) TRY(system.files.Remove(path));
  return AmendLedger(system.files, [](Ledger& changed) { changed.repository_files.clear(); });
}

}  // namespace dockerext
