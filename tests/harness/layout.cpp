// SPDX-License-Identifier: MIT
#include "tests/harness/layout.hpp"

#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "handler/base/text.hpp"
#include "tests/harness/files.hpp"
#include "tests/harness/python_json.hpp"

namespace dockerext::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

constexpr std::array<std::pair<HandlerState, std::string_view>, 4> kStates = {{
    {HandlerState::kNotInstalled, "NotInstalled"},
    {HandlerState::kInstalled, "Installed"},
    {HandlerState::kEnabled, "Enabled"},
    {HandlerState::kFailedUpgrade, "FailedUpgrade"},
}};

Status MakeLibFolder(const std::string& lib) {
  if (!Exists(lib)) return MakeFolder(lib, 0700_mode);
  struct stat found {};
  if (stat(lib.c_str(), &found) != 0) return SystemError("looking at " + Quoted(lib));
  if ((found.st_mode & 0077U) == 0) return {};
  return Error{Code::kInternal, Quoted(lib) +
                                    " is open to others, and the transport key would lie in it: chmod "
                                    "0700 it, as the agent has it, or name another --lib-dir"};
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

// The first match of a walk from the top, as the agent's os.walk: a folder's own files before its folders'.
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

Status PlaceManifest(const Layout& layout) {
  const auto found = FindManifest(layout.Base());
  if (!found) return Error{Code::kNotFound, "HandlerManifest.json not found"};
  TRY_LET(std::string text, ReadFile(*found));
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  return WriteFile(layout.ManifestFile(), text);
}

}  // namespace

std::string Layout::SettingsFile(std::uint64_t sequence) const {
  return Config() + "/" + std::to_string(sequence) + ".settings";
}

std::string Layout::StatusFile(std::uint64_t sequence) const {
  return StatusFolder() + "/" + std::to_string(sequence) + ".status";
}

HandlerState ReadHandlerState(const Layout& layout) {
  const auto text = ReadFile(layout.Config() + "/HandlerState");
  for (const auto& [state, word] : kStates) {
    if (text.ok() && *text == word) return state;
  }
  return HandlerState::kNotInstalled;
}

Status WriteHandlerState(const Layout& layout, HandlerState state) {
  for (const auto& [known, word] : kStates) {
    if (known == state) return WriteFile(layout.Config() + "/HandlerState", word);
  }
  return Error{Code::kInternal, "a handler state without a word"};
}

bool IsInstalled(HandlerState state) {
  return state == HandlerState::kInstalled || state == HandlerState::kEnabled;
}

Status WriteHandlerReport(const Layout& layout, const HandlerReport& report) {
  const Json json = {{"name", layout.id().name},
                     {"version", layout.id().version},
                     {"status", report.ready ? "Ready" : "NotReady"},
                     {"code", report.code},
                     {"message", report.message},
                     {"supports_multi_config", false},
                     {"extension_status", nullptr}};
  return WriteFile(layout.Config() + "/HandlerStatus", DumpAsPython(json));
}

std::optional<HandlerReport> ReadHandlerReport(const Layout& layout) {
  const auto text = ReadFile(layout.Config() + "/HandlerStatus");
  const auto json = text.ok() ? ParseJson(*text) : std::nullopt;
  if (!json || !json->is_object()) return std::nullopt;
  return HandlerReport{json->value("status", "") == "Ready", json->value("code", 0),
                       json->value("message", "")};
}

Status MakeHandlerFolder(const Layout& layout) {
  TRY(MakeLibFolder(layout.lib()));
  TRY(MakeFolder(layout.Base(), 0755_mode));
  TRY(MakeFolder(layout.Config(), 0700_mode));
  return WriteHandlerState(layout, HandlerState::kNotInstalled);
}

Status InitialiseHandler(const Layout& layout) {
  TRY(AddOwnerExecute(layout.Base()));
  TRY(PlaceManifest(layout));
  TRY(MakeFolder(layout.StatusFolder(), 0700_mode));
  TRY(MakeFolder(layout.Config(), 0700_mode));
  TRY(MakeFolder(layout.Logs(), 0755_mode));
  TRY(MakeFolder(layout.Events(), 0700_mode));
  return WriteFile(layout.Base() + "/HandlerEnvironment.json", RenderEnvironment(layout));
}

Status CarryOver(const Layout& from, const Layout& to) {
  if (Exists(from.Base() + "/mrseq")) TRY(CopyFile(from.Base() + "/mrseq", to.Base() + "/mrseq"));
  for (const std::string& name : NamesIn(from.StatusFolder())) {
    std::error_code ignored;
    const std::string source = from.StatusFolder() + "/" + name;
    if (!fs::is_regular_file(source, ignored)) continue;
    TRY(CopyFile(source, to.StatusFolder() + "/" + name));
  }
  return {};
}

Result<std::string> KeepAside(const Layout& layout) {
  const std::string folder = layout.lib() + ".kept";
  std::string place = folder + "/" + NameOf(layout.Base());
  TRY(MakeFolder(folder, 0700_mode));
  TRY(RemoveTree(place));
  std::error_code error;
  fs::rename(layout.Base(), place, error);
  if (error) return Error{Code::kInternal, error.message()}.Context("moving " + Quoted(layout.Base()));
  return place;
}

std::string RenderEnvironment(const Layout& layout) {
  const Json folders = {{"logFolder", layout.Logs()},
                        {"configFolder", layout.Config()},
                        {"statusFolder", layout.StatusFolder()},
                        {"heartbeatFile", layout.Base() + "/heartbeat.log"},
                        {"eventsFolder", layout.Events()},
                        {"eventsFolder_preview", layout.Events()}};
  const Json handler = {{"name", layout.id().name}, {"version", 1.0}, {"handlerEnvironment", folders}};
  return DumpAsPython(Json::array({handler}));
}

std::vector<HandlerId> HandlersIn(const std::string& lib) {
  std::vector<HandlerId> handlers;
  for (const std::string& name : NamesIn(lib)) {
    const auto dash = name.rfind('-');
    if (dash == std::string::npos || !Exists(lib + "/" + name + "/config/HandlerState")) continue;
    handlers.push_back({name.substr(0, dash), name.substr(dash + 1)});
  }
  return handlers;
}

}  // namespace dockerext::harness
