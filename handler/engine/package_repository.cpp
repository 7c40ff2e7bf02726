// SPDX-License-Identifier: MIT
#include "handler/engine/package_repository.hpp"

#include <algorithm>

#include "handler/base/redact.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/engine_source.hpp"
#include "handler/state/folders.hpp"

namespace dockerext {
namespace {

bool Contains(const std::vector<std::string>& paths, const std::string& path) {
  return std::ranges::find(paths, path) != paths.end();
}

// Its identifier in a file of the owner's; empty when none names it.
Result<std::string> FindOwners(System& system, const PackageManager& manager, const Repository& repository,
                               const std::vector<RepositoryFile>& own) {
  for (const std::string_view pattern : manager.repository_lists) {
    TRY_LET(const auto paths, system.files.Glob(std::string(pattern)));
    for (const std::string& path : paths) {
      const bool is_own = std::ranges::any_of(own, [&](const auto& file) { return file.path == path; });
      if (is_own) continue;
      const auto text = system.files.Read(path);
      if (!text.ok()) continue;
      const std::string identifier = manager.identifier(path, *text, repository);
      if (!identifier.empty()) return identifier;
    }
  }
  return std::string();
}

// Each is recorded, the outermost first.
Status MakeFolders(Files& files, const std::string& folder) {
  if (Exists(files, folder)) return {};
  TRY(MakeFolders(files, ParentOf(folder)));
  return MakeRecordedFolder(files, folder);
}

Status WriteRecorded(Files& files, const std::vector<RepositoryFile>& own) {
  TRY(AmendLedger(files, [&](Ledger& ledger) {
    for (const RepositoryFile& file : own) {
      if (!Contains(ledger.repository_files, file.path)) ledger.repository_files.push_back(file.path);
    }
  }));
  for (const RepositoryFile& file : own) {
    TRY(MakeFolders(files, ParentOf(file.path)));
    TRY(files.WriteAtomically(file.path, file.text, 0644_mode));
  }
  return {};
}

std::vector<std::string> Argv(std::span<const std::string_view> words,
                              const std::vector<std::string>& names = {}) {
  std::vector<std::string> argv(words.begin(), words.end());
  argv.insert(argv.end(), names.begin(), names.end());
  return argv;
}

Error RpmFailed(std::string_view doing, const CommandOutput& run) {
  return MakeError<errors::kRpmKey>(doing, Quoted(Trim(Redacted(run.output + run.errors))));
}

// rpm ends with 1 where there is no key at all; it takes no lock for that.
Result<std::vector<std::string>> TrustedKeys(System& system, const PackageManager& manager) {
  Command command{.argv = Argv(manager.list_keys)};
  command.environment.assign(manager.environment.begin(), manager.environment.end());
  TRY_LET(const CommandOutput list, system.commands.Run(command));
  std::vector<std::string> keys;
  for (const std::string& line : Split(list.output, '\n')) {
    if (line.starts_with("gpg-pubkey-")) keys.push_back(line);
  }
  return keys;
}

// What the manager trusts since then is the extension's, and is recorded: it is of no use to anybody else.
Status ImportKey(System& system, const PackageManager& manager, PackageActions& packages) {
  if (manager.import_key.empty()) return {};
  TRY_LET(const auto before, TrustedKeys(system, manager));
  TRY_LET(const CommandOutput run, packages.RunTool(Argv(manager.import_key)));
  if (run.exit_code != 0) return RpmFailed("import", run);
  TRY_LET(const auto after, TrustedKeys(system, manager));
  return AmendLedger(system.files, [&](Ledger& ledger) {
    for (const std::string& key : after) {
      if (!Contains(before, key) && !Contains(ledger.repository_keys, key))
        ledger.repository_keys.push_back(key);
    }
  });
}

// One that its owner removed meanwhile would keep the others.
Status ForgetKeys(System& system, const PackageManager& manager, PackageActions& packages,
                  const std::vector<std::string>& keys) {
  if (keys.empty() || manager.forget_keys.empty()) return {};
  TRY_LET(const auto trusted, TrustedKeys(system, manager));
  std::vector<std::string> present;
  std::ranges::copy_if(keys, std::back_inserter(present),
                       [&](const std::string& key) { return Contains(trusted, key); });
  if (present.empty()) return {};
  TRY_LET(const CommandOutput run, packages.RunTool(Argv(manager.forget_keys, present)));
  return run.exit_code == 0 ? Status() : RpmFailed("forget", run);
}

}  // namespace

Result<std::string> AddRepository(System& system, const PackageManager& manager, PackageActions& packages,
                                  const Repository& repository) {
  const auto files = manager.repository_files(repository);
  TRY_LET(const std::string owners, FindOwners(system, manager, repository, files));
  if (!owners.empty()) return owners;
  TRY(WriteRecorded(system.files, files));
  TRY(ImportKey(system, manager, packages));
  return manager.identifier(files.back().path, files.back().text, repository);
}

Result<AddedRepository> ReadAddedRepository(Files& files) {
  const auto ledger = LoadLedger(files);
  if (!ledger.ok() && ledger.error().code == Code::kNotFound) return AddedRepository{};
  if (!ledger.ok()) return ledger.error();
  AddedRepository added{.files = {}, .keys = ledger->repository_keys};
  for (const std::string& path : ledger->repository_files) {
    auto text = files.Read(path);
    if (text.ok()) added.files.push_back({path, *std::move(text)});
  }
  return added;
}

Status RestoreRepository(System& system, const PackageManager& manager, PackageActions& packages,
                         const AddedRepository& former) {
  TRY_LET(const AddedRepository present, ReadAddedRepository(system.files));
  std::vector<std::string> added;
  std::ranges::copy_if(present.keys, std::back_inserter(added),
                       [&](const std::string& key) { return !Contains(former.keys, key); });
  TRY(ForgetKeys(system, manager, packages, added));
  TRY(WriteRecorded(system.files, former.files));
  return AmendLedger(system.files, [&](Ledger& ledger) { ledger.repository_keys = former.keys; });
}

Status RemoveRepository(System& system, const PackageManager& manager, PackageActions& packages) {
  const auto ledger = LoadLedger(system.files);
  if (!ledger.ok()) return ledger.error().code == Code::kNotFound ? Status() : ledger.error();
  TRY(ForgetKeys(system, manager, packages, ledger->repository_keys));
  for (const std::string& path : ledger->repository_files) TRY(system.files.Remove(path));
  return AmendLedger(system.files, [](Ledger& changed) {
    changed.repository_files.clear();
    changed.repository_keys.clear();
  });
}

}  // namespace dockerext
