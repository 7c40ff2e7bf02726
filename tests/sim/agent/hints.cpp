// SPDX-License-Identifier: MIT
#include "tests/sim/agent/hints.hpp"

#include <sys/stat.h>

#include <array>
#include <string_view>

#include "handler/base/redact.hpp"
#include "handler/base/text.hpp"
#include "tests/sim/agent/launch.hpp"
#include "tests/sim/contract/files.hpp"
#include "tests/sim/contract/utf8.hpp"

namespace dockerext::agent_simulator {
namespace {

constexpr std::size_t kLogTail = 8192;  // bytes to take the last lines from
constexpr std::size_t kLines = 12;
constexpr std::size_t kJournalLimit = 65536;
constexpr std::chrono::seconds kJournalctlLimit{20};

struct Cause {
  int code;
  std::string_view text;
};

constexpr std::array kCauses = {
    Cause{51,
          "51: this distribution, release or architecture is not supported; README.md lists those that are"},
    Cause{52,
          "52: something that the extension needs is missing on the machine; install what the message names"},
    Cause{53,
          "53: the settings are wrong; correct what the message names, and deliver them with "
          "`handler-harness settings`"},
    Cause{56,
          "56: another package manager holds the lock; wait until it has finished (see ps axf), then enable "
          "again"},
    Cause{126,
          "126: the program cannot be executed; check that the file system of the agent's folder is not "
          "mounted noexec"},
    Cause{127,
          "127: no such program; check that HandlerManifest.json names a file of the ZIP, and that the "
          "script's first line does not end with a carriage return"},
    Cause{137, "137: killed by SIGKILL; check dmesg for the kernel's out-of-memory killer"},
};

// The code of an error status is more specific than the exit code of the command.
int CodeOf(const contract::Json& document) {
  const contract::Json::json_pointer status("/report/runtimeSettingsStatus/settingsStatus/status");
  if (document.contains(status) && document.at(status).value("status", contract::Json()) == "error") {
    const contract::Json& code = document.at(status)["code"];
    return code.is_number_integer() ? code.get<int>() : 0;
  }
  if (document["calls"].empty()) return 0;
  return document["calls"].back()["exitCode"].get<int>();
}

bool WasKilled(const contract::Json& document) {
  return !document["calls"].empty() && document["calls"].back()["timedOut"].get<bool>();
}

std::string LogFile(const contract::Layout& layout) {
  std::string newest;
  std::int64_t time = 0;
  for (const std::string& name : contract::NamesIn(layout.Logs())) {
    struct stat found {};
    const std::string path = layout.Logs() + "/" + name;
    const bool own = name.ends_with(".log") && name != "CommandExecution.log";
    if (!own || stat(path.c_str(), &found) != 0 || found.st_mtim.tv_sec < time) continue;
    newest = path;
    time = found.st_mtim.tv_sec;
  }
  return newest;
}

std::string LastLines(std::string_view text) {
  std::vector<std::string> lines = Split(Trim(text), '\n');
  if (lines.size() > kLines) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kLines));
  return Join(lines, "\n");
}

contract::Json PrintLog(const contract::Layout& layout, Reporter& reporter) {
  const std::string file = LogFile(layout);
  const auto text = contract::ReadFile(file);
  if (!text.ok()) return nullptr;
  const std::string tail = LastLines(contract::BackslashReplace(Tail(*text, kLogTail)));
  reporter.Event("log", "last lines", file);
  reporter.Detail(tail);
  return {{"file", file}, {"end", tail}};
}

// Redacted, since people paste it into issues: dockerd prints the values of its options.
std::string Journal(const contract::Layout& layout, const std::string& unit,
                    std::chrono::system_clock::time_point started) {
  const auto since = std::chrono::duration_cast<std::chrono::seconds>(started.time_since_epoch()).count();
  const auto text =
      ReadOutput({.line = "exec journalctl -q --no-pager -o short-iso -n " + std::to_string(kLines) +
                          " --since=@" + std::to_string(since) + " -u '" + unit + "' 2>/dev/null",
                  .folder = layout.Logs(),
                  .environment = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8"},
                  .limit = kJournalctlLimit},
                 kJournalLimit);
  return text.ok() ? contract::BackslashReplace(Trim(Redacted(*text))) : "";
}

contract::Json PrintJournals(const contract::Layout& layout, std::chrono::system_clock::time_point started,
                             Reporter& reporter) {
  contract::Json journals = contract::Json::object();
  if (!contract::Exists("/run/systemd/system") || !contract::Exists(layout.Logs())) return journals;
  for (const char* unit : {"docker-extension-*.service", "docker.service"}) {
    journals[unit] = Journal(layout, unit, started);
    const std::string text = journals[unit].get<std::string>();
    reporter.Event("journal", text.empty() ? "has no entries" : "last lines", unit);
    if (!text.empty()) reporter.Detail(text);
  }
  return journals;
}

}  // namespace

std::vector<std::string> KnownCauses(const contract::Json& document) {
  std::vector<std::string> causes;
  if (WasKilled(document)) {
    causes.emplace_back("a command exceeded the agent's time limit; move long work to a background process");
  }
  for (const Cause& cause : kCauses) {
    if (cause.code == CodeOf(document)) causes.emplace_back(cause.text);
  }
  return causes;
}

void PrintHints(const contract::Layout& layout, std::chrono::system_clock::time_point started,
                Reporter& reporter) {
  contract::Json hints = {{"log", PrintLog(layout, reporter)},
                          {"journal", PrintJournals(layout, started, reporter)}};
  hints["causes"] = contract::Json::array();
  for (const std::string& cause : KnownCauses(reporter.document())) {
    reporter.Event("hint", "", cause);
    hints["causes"].push_back(cause);
  }
  reporter.Set("hints", std::move(hints));
}

}  // namespace dockerext::agent_simulator
