// SPDX-License-Identifier: MIT
// guest: runs real systemd, in containers that stand in for VMs or in VMs, for end-to-end tests.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/arguments.hpp"
#include "tests/e2e/guest/clock.hpp"
#include "tests/e2e/guest/control.hpp"
#include "tests/e2e/guest/enter.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/keeper.hpp"
#include "tests/e2e/guest/network.hpp"
#include "tests/e2e/guest/nspawn.hpp"
#include "tests/e2e/guest/qemu.hpp"
#include "tests/e2e/guest/saved_state.hpp"
#include "tests/e2e/guest/ssh.hpp"

namespace dockerext::guest {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kCommandNotRun = 125;  // of exec and client: the command could not be started

constexpr std::chrono::seconds kRebootBudget{450};  // the supervisor has shorter ones

constexpr const char* kHelp = R"(usage: guest COMMAND ...
Runs real systemd in containers that stand in for VMs, or in VMs. Each guest has its own network, which contains
only the guest (192.0.2.2) and "another host" (192.0.2.1).

  up --image DIR [--name NAME] [--owner PID]
                      boots a guest from an image of tests/e2e/images/image and prints its NAME and
                      ADDRESS when it is ready; the guest is removed when process PID ends
  up --image DIR ... [--clock TIME] [--lose-unflushed] [--cold]
                      boots a VM from the image of tests/e2e/images/image_of_vm, from a state that the
                      first one saves (--cold: not). --clock +400d, -90s or 2027-12-31: what its clock
                      says; --lose-unflushed: a power cut loses what the VM had not flushed to its disk
  exec NAME [--env K=V]... -- COMMAND ...
                      runs COMMAND in the guest and exits with its status
  client NAME -- COMMAND ...
                      runs COMMAND of this machine on the other host
  copy [--mode MODE] NAME SOURCE DEST
                      copies a file (-: standard input) into the guest
  root NAME           prints the path of a container's root on this machine, valid until its next boot
  reboot NAME [--clock TIME]
                      reboots in an orderly way; returns when the guest is ready again
  power-cut NAME [--clock TIME]
                      restarts without warning; returns when the guest is ready again
  down NAME | --all   stops guests and removes everything of them; a missing guest is not an error
  list                prints NAME, ADDRESS, image and seconds since the start of each guest

exec and client exit with 125 if COMMAND could not be started. In a container COMMAND is killed with exec; in a VM
it goes on.
)";

Status CheckOptions(const Arguments& arguments, const std::string& image) {
  if (IsVmImage(image)) return CheckMachineForVm(image);
  for (const char* option : {"--clock", "--lose-unflushed", "--cold"}) {
    if (!arguments.Has(option)) continue;
    return Error{
        Code::kInvalidSettings,
        std::string(option) + " needs the image of a VM: build one with tests/e2e/images/image_of_vm"};
  }
  return {};
}

// KVM boots as fast as TCG resumes, and its states depend on this machine's processor.
Result<VmOptions> VmOptionsOf(const Arguments& arguments, const std::string& image) {
  TRY(CheckOptions(arguments, image));
  VmOptions options;
  options.loses_unflushed = arguments.Has("--lose-unflushed");
  if (arguments.Has("--clock")) {
    TRY_LET(options.clock_offset, ParseClock(arguments.Last("--clock"), std::time(nullptr)));
  }
  if (!IsVmImage(image)) return options;
  options.accelerator = ProbeAccelerator(image);
  if (!arguments.Has("--cold") && options.accelerator == "tcg") {
    TRY_LET(options.saved_state, EnsureSavedState(image));
  }
  return options;
}

Result<int> Up(const Arguments& arguments) {
  Start start;
  start.image = std::filesystem::absolute(arguments.Last("--image")).lexically_normal().string();
  if (start.image.ends_with('/')) start.image.pop_back();
  TRY_LET(start.name, arguments.Has("--name") ? Result(arguments.Last("--name")) : FreshName());
  if (arguments.Has("--owner")) {
    const auto owner = ParseUnsigned(arguments.Last("--owner"));
    if (!owner || *owner == 0) return Error{Code::kInvalidSettings, "--owner needs a process ID"};
    start.owner = static_cast<pid_t>(*owner);
  }
  TRY_LET(start.vm, VmOptionsOf(arguments, start.image));
  TRY_LET(const Entry entry, StartGuest(start));
  std::printf("%s %s\n", entry.name.c_str(), kGuestAddress);
  return 0;
}

Result<int> ExecIn(const Arguments& arguments) {
  TRY_LET(const Entry entry, Find(arguments.positional[0]));
  const auto found = arguments.options.find("--env");
  const auto environment = found == arguments.options.end() ? std::vector<std::string>() : found->second;
  const auto execute = IsVmImage(entry.image) ? ExecuteBySsh : ExecuteInside;
  return execute(entry, arguments.command, environment);
}

Result<int> Client(const Arguments& arguments) {
  TRY_LET(const Entry entry, Find(arguments.positional[0]));
  return ExecuteOutside(entry, arguments.command);
}

Result<FileMode> ModeOf(const Arguments& arguments, const UniqueFd& source) {
  if (arguments.Has("--mode")) {
    const std::string text = arguments.Last("--mode");
    if (text.empty() || text.find_first_not_of("01234567") != std::string::npos || text.size() > 4) {
      return Error{Code::kInvalidSettings, "--mode needs octal digits, such as 0644"};
    }
    return FileMode::FromBits(static_cast<std::uint32_t>(std::stoul(text, nullptr, 8)));
  }
  struct stat found {};
  if (fstat(source.get(), &found) != 0) return ErrnoError("reading the mode of the file to copy");
  return S_ISREG(found.st_mode) ? FileMode::FromBits(found.st_mode) : 0644_mode;
}

Result<int> Copy(const Arguments& arguments) {
  const std::string& path = arguments.positional[1];
  TRY_LET(const Entry entry, Find(arguments.positional[0]));
  TRY_LET(const UniqueFd source, Open(path == "-" ? "/dev/stdin" : path, O_RDONLY));
  TRY_LET(const FileMode mode, ModeOf(arguments, source));
  const auto copy = IsVmImage(entry.image) ? CopyBySsh : CopyInside;
  TRY(copy(entry, source.get(), NameOf(path), arguments.positional[2], mode));
  return 0;
}

Result<int> Root(const Arguments& arguments) {
  TRY_LET(const Entry entry, Find(arguments.positional[0]));
  if (IsVmImage(entry.image)) {
    return Error{Code::kInvalidSettings, "the root of a VM is on its own disk: use exec and copy"};
  }
  TRY_LET(const std::string root, RootOf(entry));
  std::printf("%s\n", root.c_str());
  return 0;
}

Result<int> AskSupervisor(const Arguments& arguments, std::string request) {
  TRY_LET(const Entry entry, Find(arguments.positional[0]));
  if (arguments.Has("--clock")) {
    const std::string clock = arguments.Last("--clock");
    TRY(ParseClock(clock, std::time(nullptr)));
    if (!IsVmImage(entry.image))
      return Error{Code::kInvalidSettings, "--clock needs a VM: a container has the clock of this machine"};
    request += " " + clock;
  }
  TRY(Ask(ControlSocket(entry.name), request, kRebootBudget));
  return 0;
}

Result<int> Reboot(const Arguments& arguments) { return AskSupervisor(arguments, std::string(kReboot)); }
Result<int> PowerCut(const Arguments& arguments) { return AskSupervisor(arguments, std::string(kPowerCut)); }

Result<int> Down(const Arguments& arguments) {
  if (arguments.Has("--all") == (arguments.positional.size() == 1)) {
    return Error{Code::kInvalidSettings, "down needs the name of a guest, or --all"};
  }
  TRY_LET(const std::vector<Entry> entries, List());
  for (const Entry& entry : entries) {
    if (arguments.Has("--all") || entry.name == arguments.positional[0]) TRY(StopGuest(entry));
  }
  TRY(List());  // discards remains of killed keepers; a missing guest is not an error
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

enum class Trailing { kNothing, kCommand };  // after "--"

struct CommandEntry {
  std::string_view name;
  std::size_t min_positional;
  std::size_t max_positional;
  Trailing trailing;
  std::vector<std::string_view> options;
  Result<int> (*run)(const Arguments&);
  std::vector<std::string_view> required = {};
};

const std::array kCommands = std::to_array<CommandEntry>({
    {"up",
     0,
     0,
     Trailing::kNothing,
     {"--image=", "--name=", "--owner=", "--clock=", "--lose-unflushed", "--cold"},
     Up,
     {"--image"}},
    {"exec", 1, 1, Trailing::kCommand, {"--env="}, ExecIn},
    {"client", 1, 1, Trailing::kCommand, {}, Client},
    {"copy", 3, 3, Trailing::kNothing, {"--mode="}, Copy},
    {"root", 1, 1, Trailing::kNothing, {}, Root},
    {"reboot", 1, 1, Trailing::kNothing, {"--clock="}, Reboot},
    {"power-cut", 1, 1, Trailing::kNothing, {"--clock="}, PowerCut},
    {"down", 0, 1, Trailing::kNothing, {"--all"}, Down},
    {"list", 0, 0, Trailing::kNothing, {}, ListAll},
});

Status Check(const CommandEntry& command, const Arguments& arguments) {
  const std::string hint = ": see `guest --help`";
  const std::string name(command.name);
  if (arguments.positional.size() < command.min_positional ||
      arguments.positional.size() > command.max_positional) {
    return Error{Code::kInvalidSettings, name + " got a wrong number of arguments" + hint};
  }
  if ((command.trailing == Trailing::kCommand) == arguments.command.empty()) {
    return Error{Code::kInvalidSettings,
                 name + (arguments.command.empty() ? " needs -- and a command" : " takes no command") + hint};
  }
  for (const std::string_view option : command.required) {
    if (!arguments.Has(std::string(option))) {
      return Error{Code::kInvalidSettings, name + " needs " + std::string(option) + hint};
    }
  }
  return {};
}

Result<int> RunCommand(const CommandEntry& command, std::span<const std::string> line) {
  TRY_LET(const Arguments arguments, ParseArguments(line, command.options));
  TRY(Check(command, arguments));
  TRY(CheckMachine());
  return command.run(arguments);
}

int Main(const std::vector<std::string>& line) {
  if (line.empty() || line[0] == "--help" || line[0] == "-h") {
    std::fputs(kHelp, line.empty() ? stderr : stdout);
    return line.empty() ? kUsage : 0;
  }
  const auto command = std::ranges::find(kCommands, line[0], &CommandEntry::name);
  if (command == kCommands.end()) {
    std::fprintf(stderr, "guest: unknown command %s: see `guest --help`\n", Quoted(line[0]).c_str());
    return kUsage;
  }
  const Result<int> result = RunCommand(*command, std::span(line).subspan(1));
  if (result.ok()) return *result;
  std::fprintf(stderr, "guest: %s\n", result.error().Message().c_str());
  if (command->trailing == Trailing::kCommand) return kCommandNotRun;
  return result.error().code == Code::kInvalidSettings ? kUsage : kFailed;
}

}  // namespace
}  // namespace dockerext::guest

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const int status = dockerext::guest::Main({argv + 1, argv + argc});
  std::fflush(nullptr);
  _exit(status);  // exec and copy end in a guest, where the leak check at exit cannot read this process in
                  // /proc
}
