// SPDX-License-Identifier: MIT
// zypper of SLES and openSUSE. Its exit codes are those of zypper(8), "EXIT CODES"; a simulation is printed
// as XML, whose elements are one a line.
#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/packages/output.hpp"
#include "handler/packages/package_manager.hpp"
#include "handler/packages/rpm.hpp"

namespace dockerext {
namespace {

constexpr LockFile kLocks[] = {{"/run/zypp.pid", LockFile::Kind::kPidFile}, {kRpmLock}, {kRpmSysimageLock}};
// Packages that were not named: zypper until 1.14.60 cannot list them itself.
constexpr std::string_view kListAutomatic[] = {"/usr/bin/cat", "/var/lib/zypp/AutoInstalled"};
constexpr std::string_view kListVersions[] = {
    "/usr/bin/zypper", "--non-interactive", "--no-refresh", "--xmlout", "search",
    "--details",       "--match-exact",     "--type",       "package"};
constexpr std::string_view kRepositoryLists[] = {"/etc/zypp/repos.d/*.repo"};

std::vector<std::string> WordsOfAction(PackageAction action) {
  switch (action) {
    case PackageAction::kRefresh:
      return {"refresh"};
    case PackageAction::kInstall:
      return {"install", "--no-recommends", "--auto-agree-with-licenses"};
    case PackageAction::kDowngrade:
      return {"install", "--no-recommends", "--auto-agree-with-licenses", "--oldpackage"};
    case PackageAction::kReinstall:
      return {"install", "--no-recommends", "--auto-agree-with-licenses", "--force"};
    case PackageAction::kRemove:
      return {"remove", "--no-clean-deps"};
    case PackageAction::kRepair:
    case PackageAction::kQuery:
    case PackageAction::kList:
      break;  // whole commands
  }
  return {};
}

// The simulation's flag stands behind the action.
std::vector<std::string> CommandOf(PackageAction action, bool simulated,
                                   const std::vector<std::string>& names) {
  std::vector<std::string> argv = {"/usr/bin/zypper", "--non-interactive"};
  if (simulated) argv.emplace_back("--xmlout");
  const auto words = WordsOfAction(action);
  argv.insert(argv.end(), words.begin(), words.end());
  if (simulated) argv.emplace_back("--dry-run");
  argv.insert(argv.end(), names.begin(), names.end());
  return argv;
}

constexpr int kErrZypp = 4;
constexpr int kErrLocked = 7;
constexpr int kInfFirst = 100;  // updates are needed, a reboot is, zypper was updated
constexpr int kInfLast = 103;
constexpr int kInfNameNotFound = 104;
constexpr int kInfRepositorySkipped = 106;

constexpr std::string_view kRpmLocked = "can't create transaction lock on";
constexpr std::string_view kUnreachable[] = {"Download (curl) error", "Connection failed", "Timeout exceeded",
                                             "Could not resolve"};
constexpr std::string_view kNoSuchFile = "No such file";

bool IsInformation(int exit_code) {
  return (exit_code >= kInfFirst && exit_code <= kInfLast) || exit_code == kInfRepositorySkipped;
}

// Of names to remove those that are absent are no failure: the others are removed.
PackageOutcome Classify(const PackageRun& run) {
  const bool removes = run.action == PackageAction::kRemove;
  // Without a list of automatically installed packages there are none.
  const bool has_no_list = run.action == PackageAction::kQuery && Contains(run.output, kNoSuchFile);
  if (run.exit_code == 0 || IsInformation(run.exit_code) || has_no_list) return PackageOutcome::kDone;
  if (run.exit_code == kErrLocked || Contains(run.output, kRpmLocked)) return PackageOutcome::kLocked;
  if (run.exit_code == kInfNameNotFound)
    return removes || run.action == PackageAction::kQuery ? PackageOutcome::kDone
                                                          : PackageOutcome::kNotOffered;
  const bool cannot_reach = run.exit_code == kErrZypp || run.action == PackageAction::kInstall;
  return cannot_reach && ContainsOneOf(run.output, kUnreachable) ? PackageOutcome::kUnreachable
                                                                 : PackageOutcome::kFailed;
}

// The value of `name="..."` in an element; empty when it has none.
std::string Attribute(std::string_view element, std::string_view name) {
  const std::string begin = " " + std::string(name) + "=\"";
  const auto at = element.find(begin);
  if (at == std::string_view::npos) return {};
  const auto from = at + begin.size();
  return std::string(element.substr(from, element.find('"', from) - from));
}

// <to-install>, <solvable type="package" name="docker" .../>, </to-install>
Transaction ReadSimulation(std::string_view simulation) {
  Transaction transaction;
  std::vector<std::string>* section = nullptr;
  for (const std::string& line : Split(simulation, '\n')) {
    if (line.starts_with("<to-")) section = nullptr;
    if (line.starts_with("<to-install>")) section = &transaction.installed;
    if (line.starts_with("<to-remove>")) section = &transaction.removed;
    if (line.starts_with("</to-")) section = nullptr;
    if (section != nullptr && line.starts_with("<solvable ") && Attribute(line, "type") == "package")
      section->push_back(Attribute(line, "name"));
  }
  return transaction;
}

// A package that is installed is listed twice: as that, and as its repository offers it. The newest is first.
std::vector<std::string> Versions(std::string_view list, std::string_view package, std::string_view) {
  std::vector<std::string> versions;
  for (const std::string& line : Split(list, '\n')) {
    if (!line.starts_with("<solvable ") || Attribute(line, "name") != package) continue;
    if (Attribute(line, "repository").starts_with("(System")) continue;
    std::string version = Attribute(line, "edition");
    if (std::ranges::find(versions, version) == versions.end()) versions.push_back(std::move(version));
  }
  return versions;
}

std::string Pinned(const std::string& package, const std::string& version) { return package + "=" + version; }

std::string Unpinned(const std::string& name) { return name.substr(0, name.find('=')); }

// A name a line, between comments.
std::vector<std::string> Automatic(std::string_view list) {
  auto names = NamesInLines(list);
  std::erase_if(names, [](const std::string& name) { return name.starts_with('#'); });
  return names;
}

std::string Replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

// Without tags and entities.
std::string PlainText(std::string_view xml) {
  std::string text;
  bool is_inside = false;
  for (const char c : xml) {
    const bool begins = c == '<';
    if (!begins && !is_inside) text += c;
    is_inside = begins || (is_inside && c != '>');
  }
  text = Replaced(Replaced(text, "&apos;", "'"), "&quot;", "\"");
  return Replaced(Replaced(Replaced(text, "&lt;", "<"), "&gt;", ">"), "&amp;", "&");
}

constexpr std::string_view kCauses[] = {"Repository '",
                                        " - Signature verification",
                                        " - Download (curl) error",
                                        "Error ",
                                        "No provider of",
                                        "Problem: ",
                                        "Signature verification",
                                        "System management is locked",
                                        "The following package",
                                        "The selected package",
                                        "error:",
                                        "Error:",
                                        "Installation of",
                                        "Close this application",
                                        "warning: %",
                                        "Subprocess failed"};
constexpr std::string_view kAnywhere[] = {"signature",
                                          "public key",
                                          "is unsigned",
                                          "No space left",
                                          "more space",
                                          "not found on medium",
                                          "corrupted during transfer",
                                          "transaction lock",
                                          "unpacking of archive failed"};
constexpr std::string_view kNoise[] = {
    "is up to date", "is going to be", "packages are going to be", "New repository or package signing key",
    "Note: ",        "continue?"};

bool NamesCause(std::string_view line) {
  return (StartsWithOneOf(line, kCauses) || ContainsOneOf(line, kAnywhere)) && !ContainsOneOf(line, kNoise);
}

std::string ErrorExcerpt(std::string_view output) {
  return ExcerptOf(output.starts_with("<?xml") ? PlainText(output) : std::string(output), NamesCause);
}

}  // namespace

constinit const PackageManager kZypper = [] {
  PackageManager manager = OfRpm();
  manager.name = "zypper";
  manager.program = "/usr/bin/zypper";
  manager.words = {
      .sources = "/etc/zypp/repos.d", .conflicts = "zypper locks, zypper verify", .details = "zypper verify"};
  manager.locks = kLocks;
  manager.command = CommandOf;
  manager.list_manual = kListAutomatic;
  manager.list_versions = kListVersions;
  manager.classify = Classify;
  manager.transaction = ReadSimulation;
  manager.manual = Automatic;
  manager.lists_automatic = true;
  manager.error_excerpt = ErrorExcerpt;
  manager.versions = Versions;
  manager.pinned = Pinned;
  manager.unpinned = Unpinned;
  manager.repository_files = ZypperRepositoryFiles;
  manager.repository_lists = kRepositoryLists;
  return manager;
}();

}  // namespace dockerext
