// SPDX-License-Identifier: MIT
#include "tests/sim/agent/handler_folder.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <system_error>

#include "handler/base/text.hpp"
#include "tests/sim/contract/files.hpp"

namespace dockerext::agent_simulator {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Status MakeLibFolder(const std::string& lib) {
  if (!contract::Exists(lib)) return contract::MakeFolder(lib, 0700_mode);
  struct stat found {};
  if (stat(lib.c_str(), &found) != 0) return contract::SystemError("reading the mode of " + Quoted(lib));
  if ((found.st_mode & 0077U) == 0) return {};
  return Error{Code::kInternal, Quoted(lib) +
                                    " is accessible to other users, but private keys are stored in "
                                    "it; run chmod 0700 on it, as the agent does, or choose another "
                                    "--lib-dir"};
}

Status AddOwnerExecute(const std::string& folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!at->is_regular_file(error) || at->is_symlink(error)) continue;
    fs::permissions(at->path(), fs::perms::owner_exec, fs::perm_options::add, error);
  }
  if (error) return Error{Code::kInternal, error.message()}.Context("adding u+x below " + Quoted(folder));
  return {};
}

// The first match of the agent's os.walk: a folder's own files before those of its subfolders.
std::optional<std::string> FindManifest(const fs::path& folder) {
  std::error_code error;
  const fs::path here = folder / "HandlerManifest.json";
  if (fs::is_regular_file(here, error)) return here.string();
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!at->is_directory(error) || at->is_symlink(error)) continue;
    if (auto found = FindManifest(at->path())) return found;
  }
  return std::nullopt;
}

Status PlaceManifest(const contract::Layout& layout) {
  const auto found = FindManifest(layout.Base());
  if (!found) return Error{Code::kNotFound, "HandlerManifest.json not found"};
  TRY_LET(std::string text, contract::ReadFile(*found));
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  return contract::WriteFile(layout.ManifestFile(), text);
}

}  // namespace

Status MakeHandlerFolder(const contract::Layout& layout) {
  TRY(MakeLibFolder(layout.lib()));
  TRY(contract::MakeFolder(layout.Base(), 0755_mode));
  TRY(contract::MakeFolder(layout.Config(), 0700_mode));
  return contract::WriteHandlerState(layout, contract::HandlerState::kNotInstalled);
}

Status InitialiseHandler(const contract::Layout& layout) {
  TRY(AddOwnerExecute(layout.Base()));
  TRY(PlaceManifest(layout));
  TRY(contract::MakeFolder(layout.StatusFolder(), 0700_mode));
  TRY(contract::MakeFolder(layout.Config(), 0700_mode));
  TRY(contract::MakeFolder(layout.Logs(), 0755_mode));
  TRY(contract::MakeFolder(layout.Events(), 0700_mode));
  return contract::WriteFile(layout.EnvironmentFile(), contract::RenderEnvironment(layout));
}

Status CarryOver(const contract::Layout& from, const contract::Layout& to) {
  if (contract::Exists(from.Base() + "/mrseq"))
    TRY(contract::CopyFile(from.Base() + "/mrseq", to.Base() + "/mrseq"));
  for (const std::string& name : contract::NamesIn(from.StatusFolder())) {
    std::error_code ignored;
    const std::string source = from.StatusFolder() + "/" + name;
    if (!fs::is_regular_file(source, ignored)) continue;
    TRY(contract::CopyFile(source, to.StatusFolder() + "/" + name));
  }
  return {};
}

Result<std::string> MoveAside(const contract::Layout& layout) {
  const std::string folder = layout.lib() + ".kept";
  std::string destination = folder + "/" + NameOf(layout.Base());
  TRY(contract::MakeFolder(folder, 0700_mode));
  TRY(contract::RemoveTree(destination));
  std::error_code error;
  fs::rename(layout.Base(), destination, error);
  if (error) return Error{Code::kInternal, error.message()}.Context("moving " + Quoted(layout.Base()));
  return destination;
}

}  // namespace dockerext::agent_simulator
