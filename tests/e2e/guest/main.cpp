// SPDX-License-Identifier: MIT
// guest: real systemd machines in containers that stand in for VMs, for end-to-end tests.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/arguments.hpp"
#include "tests/e2e/guest/control.hpp"
#include "tests/e2e/guest/enter.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/keeper.hpp"
#include "tests/e2e/guest/network.hpp"
#include "tests/e2e/guest/nspawn.hpp"

namespace dockerext::guest {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kCommandNotRun = 125;  // of exec and client: not the command's own status

constexpr std::chrono::seconds kBackUpBudget{180};

constexpr const char* kHelp = R"(usage: guest COMMAND ...
Real systemd machines in containers that stand in for VMs; each with a network of its own, in which there is
nothing but the guest (192.0.2.2) and "another host" (192.0.2.1).

  up --image DIR [--name NAME] [--owner PID]
                      boots a guest from what tests/e2e/images/image made, and prints its NAME and ADDRESS when it
                      is up; it goes away when process PID ends
  exec NAME [--env K=V]... -- COMMAND ...
                      runs COMMAND in the guest, and exits with its status
  client NAME -- COMMAND ...
                      runs COMMAND of this machine on the other host
  copy [--mode MODE] NAME SOURCE DEST
                      puts a file (-: standard input) into the guest
  root NAME           prints the folder in which this machine sees the guest's files, until its next boot
  reboot NAME         in good order; returns when the guest is up again
  power-cut NAME      without warning; returns when the guest is up again
  down NAME | --all   ends guests; returns when nothing of them is left, or if nothing was there
  list                NAME, ADDRESS, image and seconds since its start, per guest

exec and client exit with 125 where COMMAND could not be tried.
)";

Result<int> Up(const Arguments& arguments) {
  Start start;
  start.image = std::filesystem::absolute(arguments.Last("--image")).lexically_normal().string();
  if (start.image.ends_with('/')) start.image.pop_back();
  TRY_LET(start.name, arguments.Has("--name") ? Result(arguments.Last("--name")) : FreshName());
  if (arguments.Has("--owner")) {
    const auto owner = ParseUnsigned(arguments.Last("--owner"));
    if (!owner || *owner == 0) return Error{Code::kInvalidSettings, "--owner wants the number of a process"};
    start.owner = static_cast<pid_t>(*owner);
  }
  TRY_LET(const Entry entry, StartGuest(start));
  std::printf("%s %s\n", entry.name.c_str(), kGuestAddress);
  return 0;
}

Result<int> ExecIn(const Arguments& arguments) {
  TRY_LET(const Entry entry, Find(arguments.words[0]));
  const auto environment = arguments.options.find("--env");
  return ExecuteInside(
      entry, arguments.command,
      environment == arguments.options.end() ? std::vector<std::string>() : environment->second);
}

Result<int> Client(const Arguments& arguments) {
  TRY_LET(const Entry entry, Find(arguments.words[0]));
  return ExecuteOutside(entry, arguments.command);
}

Result<FileMode> ModeOf(const Arguments& arguments, const UniqueFd& source) {
  if (arguments.Has("--mode")) {
    const std::string text = arguments.Last("--mode");
    if (text.empty() || text.find_first_not_of("01234567") != std::string::npos || text.size() > 4) {
      return Error{Code::kInvalidSettings, "--mode wants octal digits, as in 0644"};
    }
    return FileMode::FromBits(static_cast<std::uint32_t>(std::stoul(text, nullptr, 8)));
  }
  struct stat found {};
  if (fstat(source.get(), &found) != 0) return ErrnoError("looking at the file to copy");
  return S_ISREG(found.st_mode) ? FileMode::FromBits(found.st_mode) : 0644_mode;
}

Result<int> Copy(const Arguments& arguments) {
  const std::string& path = arguments.words[1];
  TRY_LET(const Entry entry, Find(arguments.words[0]));
  TRY_LET(const UniqueFd source, Open(path == "-" ? "/dev/stdin" : path, O_RDONLY));
  TRY_LET(const FileMode mode, ModeOf(arguments, source));
  TRY(CopyInside(entry, source.get(), NameOf(path), arguments.words[2], mode));
  return 0;
}

Result<int> Root(const Arguments& arguments) {
  TRY_LET(const Entry entry, Find(arguments.words[0]));
  TRY_LET(const std::string root, RootOf(entry));
  std::printf("%s\n", root.c_str());
  return 0;
}

Result<int> AskSupervisor(const Arguments& arguments, std::string_view request) {
  TRY_LET(const Entry entry, Find(arguments.words[0]));
  TRY(Ask(ControlSocket(entry.name), request, kBackUpBudget));
  return 0;
}

Result<int> Reboot(const Arguments& arguments) { return AskSupervisor(arguments, kReboot); }
Result<int> PowerCut(const Arguments& arguments) { return AskSupervisor(arguments, kPowerCut); }

Result<int> Down(const Arguments& arguments) {
  if (arguments.Has("--all") == (arguments.words.size() == 1)) {
    return Error{Code::kInvalidSettings, "down wants the name of a guest, or --all"};
  }
  TRY_LET(const std::vector<Entry> entries, List());
  for (const Entry& entry : entries) {
    if (arguments.Has("--all") || entry.name == arguments.words[0]) TRY(StopGuest(entry));
  }
  TRY(List());  // discards what a killed keeper left; a guest that is gone already is fine
  return 0;
}

Result<int> ListAll(const Arguments&) {
  TRY_LET(const std::vector<Entry> entries, List());
  for (const Entry& entry : entries) {
    std::printf("%s %s %s %llu\n", entry.name.c_str(), kGuestAddress, entry.image.c_str(),
                static_cast<unsigned long long>(SecondsSinceBoot() - entry.since));
  }
  return 0;
}

enum class Then { kNothing, kCommand };  // after "--"

struct CommandEntry {
  std::string_view name;
  std::size_t fewest_words;
  std::size_t most_words;
  Then then;
  std::vector<std::string_view> options;
  Result<int> (*run)(const Arguments&);
  std::vector<std::string_view> required = {};
};

const std::array kVerbs = std::to_array<CommandEntry>({
    {"up", 0, 0, Then::kNothing, {"--image=", "--name=", "--owner="}, Up, {"--image"}},
    {"exec", 1, 1, Then::kCommand, {"--env="}, ExecIn},
    {"client", 1, 1, Then::kCommand, {}, Client},
    {"copy", 3, 3, Then::kNothing, {"--mode="}, Copy},
    {"root", 1, 1, Then::kNothing, {}, Root},
    {"reboot", 1, 1, Then::kNothing, {}, Reboot},
    {"power-cut", 1, 1, Then::kNothing, {}, PowerCut},
    {"down", 0, 1, Then::kNothing, {"--all"}, Down},
    {"list", 0, 0, Then::kNothing, {}, ListAll},
});

Status Check(const CommandEntry& verb, const Arguments& arguments) {
  const std::string hint = ": `guest --help` shows how it is used";
  const std::string name(verb.name);
  if (arguments.words.size() < verb.fewest_words || arguments.words.size() > verb.most_words) {
    return Error{Code::kInvalidSettings, name + " got a wrong number of words" + hint};
  }
  if ((verb.then == Then::kCommand) == arguments.command.empty()) {
    return Error{Code::kInvalidSettings,
                 name + (arguments.command.empty() ? " wants -- and a command" : " takes no command") + hint};
  }
  for (const std::string_view option : verb.required) {
    if (!arguments.Has(std::string(option))) {
      return Error{Code::kInvalidSettings, name + " wants " + std::string(option) + hint};
    }
  }
  return {};
}

Result<int> RunVerb(const CommandEntry& verb, std::span<const std::string> line) {
  TRY_LET(const Arguments arguments, ParseArguments(line, verb.options));
  TRY(Check(verb, arguments));
  TRY(CheckMachine());
  return verb.run(arguments);
}

int Main(const std::vector<std::string>& line) {
  if (line.empty() || line[0] == "--help" || line[0] == "-h") {
    std::fputs(kHelp, line.empty() ? stderr : stdout);
    return line.empty() ? kUsage : 0;
  }
  const auto verb = std::ranges::find(kVerbs, line[0], &CommandEntry::name);
  if (verb == kVerbs.end()) {
    std::fprintf(stderr, "guest: there is no command %s: `guest --help` lists them\n",
                 Quoted(line[0]).c_str());
    return kUsage;
  }
  const Result<int> result = RunVerb(*verb, std::span(line).subspan(1));
  if (result.ok()) return *result;
  std::fprintf(stderr, "guest: %s\n", result.error().message.c_str());
  if (verb->then == Then::kCommand) return kCommandNotRun;
  return result.error().code == Code::kInvalidSettings ? kUsage : kFailed;
}

}  // namespace
}  // namespace dockerext::guest

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const int status = dockerext::guest::Main({argv + 1, argv + argc});
  std::fflush(nullptr);
  _exit(status);  // exec and copy end inside a guest, where a leak check at exit would not find its own /proc
}
