// SPDX-License-Identifier: MIT
#include "handler/engine/package_repository.hpp"

#include <algorithm>

#include "handler/base/redact.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/engine_source.hpp"
#include "handler/state/folders.hpp"
#include "handler/state/ledger.hpp"

namespace dockerext {
namespace {

bool Contains(const std::vector<std::string>& paths, const std::string& path) {
  return std::ranges::find(paths, path) != paths.end();
}

struct OwnersRepository {
  std::string path;
  ListedRepository listed;
};

// In a file of the owner's; one without an identifier when none names it.
Result<OwnersRepository> FindOwners(System& system, const PackageManager& manager,
                                    const Repository& repository) {
  const auto own = manager.repository_files(repository);
  for (const std::string_view pattern : manager.repository_lists) {
    TRY_LET(const auto paths, system.files.Glob(std::string(pattern)));
    for (const std::string& path : paths) {
      const bool is_own = std::ranges::any_of(own, [&](const auto& file) { return file.path == path; });
      if (is_own) continue;
      const auto text = system.files.Read(path);
      if (!text.ok()) continue;
      ListedRepository listed = manager.find(path, *text, repository);
      if (!listed.identifier.empty()) return OwnersRepository{path, std::move(listed)};
    }
  }
  return OwnersRepository{};
}

// An empty one where there is none.
Result<Ledger> ReadLedger(Files& files) {
  auto ledger = LoadLedger(files);
  return !ledger.ok() && ledger.error().code == Code::kNotFound ? Ledger() : std::move(ledger);
}

std::vector<RepositoryFile> ReadFiles(Files& files, const std::vector<std::string>& paths) {
  std::vector<RepositoryFile> read;
  for (const std::string& path : paths) {
    auto text = files.Read(path);
    if (text.ok()) read.push_back({path, *std::move(text)});
  }
  return read;
}

Status RemoveKeptLists(Files& files, const PackageManager& manager,
                       const std::vector<RepositoryFile>& of_files) {
  for (const std::string& pattern : manager.kept_lists(of_files)) {
    TRY_LET(const auto paths, files.Glob(pattern));
    for (const std::string& path : paths) TRY(files.RemoveTree(path));
  }
  return {};
}

// Each is recorded, the outermost first.
Status MakeFolders(Files& files, const std::string& folder) {
  if (Exists(files, folder)) return {};
  TRY(MakeFolders(files, ParentOf(folder)));
  return MakeRecordedFolder(files, folder);
}

std::vector<std::string> PathsOf(const std::vector<RepositoryFile>& files) {
  std::vector<std::string> paths;
  std::ranges::transform(files, std::back_inserter(paths), &RepositoryFile::path);
  return paths;
}

Status RecordFiles(Files& files, const std::vector<RepositoryFile>& own) {
  return AmendLedger(files, [&](Ledger& ledger) {
    for (const std::string& path : PathsOf(own)) {
      if (!Contains(ledger.repository_files, path)) ledger.repository_files.push_back(path);
    }
  });
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
Status ForgetKeys(System& system, const PackageManager& manager, PackageActions& packages) {
  TRY_LET(const Ledger ledger, ReadLedger(system.files));
  const auto& keys = ledger.repository_keys;
  if (keys.empty()) return {};
  TRY_LET(const auto trusted, TrustedKeys(system, manager));
  std::vector<std::string> present;
  std::ranges::copy_if(keys, std::back_inserter(present),
                       [&](const std::string& key) { return Contains(trusted, key); });
  if (!present.empty()) {
    TRY_LET(const CommandOutput run, packages.RunTool(Argv(manager.forget_keys, present)));
    if (run.exit_code != 0) return RpmFailed("forget", run);
  }
  return AmendLedger(system.files, [](Ledger& changed) { changed.repository_keys.clear(); });
}

Status WriteFiles(Files& files, const std::vector<RepositoryFile>& own) {
  for (const RepositoryFile& file : own) {
    TRY(MakeFolders(files, ParentOf(file.path)));
    TRY(files.WriteAtomically(file.path, file.text, 0644_mode));
  }
  return {};
}

// In place of what is there: the lists that the manager keeps of it, and of the new one from another time,
// were verified with other keys, and packages of the new one must be signed by its own.
Status Replace(System& system, const PackageManager& manager, PackageActions& packages,
               const std::vector<RepositoryFile>& own) {
  Files& files = system.files;
  const auto present = ReadFiles(files, PathsOf(own));
  TRY(RecordFiles(files, own));
  if (present != own) {
    TRY(ForgetKeys(system, manager, packages));
    TRY(RemoveKeptLists(files, manager, present));
    TRY(RemoveKeptLists(files, manager, own));
    TRY(WriteFiles(files, own));
  }
  return ImportKey(system, manager, packages);
}

// The one before a change that was not completed is still the former one.
Status RecordFormer(Files& files) {
  return AmendLedger(files, [&](Ledger& ledger) {
    ledger.cached_plan.reset();  // which was verified with the former one
    if (ledger.former_repository) return;
    ledger.former_repository.emplace();
    for (const RepositoryFile& file : ReadFiles(files, ledger.repository_files))
      ledger.former_repository->files.push_back({file.path, file.text});
  });
}

std::string WarningOf(const OwnersRepository& owners) {
  if (owners.listed.unchecked.empty()) return {};
  return "the signatures of Docker's packages are not checked: " + Quoted(owners.path) +
         ", which its owner wrote, has " + owners.listed.unchecked + " for that repository";
}

}  // namespace

Result<bool> HasRepository(System& system, const PackageManager& manager, const Repository& repository) {
  TRY_LET(const Ledger ledger, ReadLedger(system.files));
  if (ledger.former_repository) return false;
  TRY_LET(const OwnersRepository owners, FindOwners(system, manager, repository));
  if (!owners.listed.identifier.empty()) return ledger.repository_files.empty();
  return ReadFiles(system.files, ledger.repository_files) == manager.repository_files(repository);
}

Result<AddedRepository> AddRepository(System& system, const PackageManager& manager, PackageActions& packages,
                                      const Repository& repository) {
  TRY_LET(const OwnersRepository owners, FindOwners(system, manager, repository));
  TRY(RecordFormer(system.files));
  if (!owners.listed.identifier.empty()) {
    TRY(RemoveRepository(system, manager, packages));
    return AddedRepository{owners.listed.identifier, true, WarningOf(owners)};
  }
  const auto files = manager.repository_files(repository);
  TRY(Replace(system, manager, packages, files));
  return AddedRepository{.identifier =
                             manager.find(files.back().path, files.back().text, repository).identifier};
}

Status CommitRepository(Files& files) {
  return AmendLedger(files, [](Ledger& ledger) { ledger.former_repository.reset(); });
}

Status RestoreRepository(System& system, const PackageManager& manager, PackageActions& packages) {
  TRY_LET(const Ledger ledger, ReadLedger(system.files));
  const FormerRepository former = ledger.former_repository.value_or(FormerRepository());
  if (former.files.empty()) {
    TRY(RemoveRepository(system, manager, packages));
    return CommitRepository(system.files);
  }
  std::vector<RepositoryFile> files;
  for (const RecordedFile& file : former.files) files.push_back({file.path, file.text});
  const bool is_replaced = ReadFiles(system.files, PathsOf(files)) != files;
  TRY(Replace(system, manager, packages, files));
  TRY(CommitRepository(system.files));
  // The lists that the manager kept of it are gone.
  const Status refreshed = is_replaced ? packages.Refresh() : Status();
  if (!refreshed.ok()) system.log.Warn(refreshed.error().what + ", continuing");
  return {};
}

Status RemoveRepository(System& system, const PackageManager& manager, PackageActions& packages) {
  TRY_LET(const Ledger ledger, ReadLedger(system.files));
  if (ledger.repository_files.empty() && ledger.repository_keys.empty()) return {};
  TRY(ForgetKeys(system, manager, packages));
  TRY(RemoveKeptLists(system.files, manager, ReadFiles(system.files, ledger.repository_files)));
  for (const std::string& path : ledger.repository_files) TRY(system.files.Remove(path));
  return AmendLedger(system.files, [](Ledger& changed) { changed.repository_files.clear(); });
}

}  // namespace dockerext
