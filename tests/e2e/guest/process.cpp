// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/files.hpp"

namespace dockerext::guest {
namespace {

using Clock = std::chrono::steady_clock;

int ShellStatus(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

Result<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return ErrnoError("creating a pipe");
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// A file, not a pipe: a command that does not read it cannot block this process or cause SIGPIPE.
Result<UniqueFd> MakeInput(const std::string& input) {
  UniqueFd fd(memfd_create("input", MFD_CLOEXEC));
  if (!fd) return ErrnoError("creating a memory file");
  TRY(WriteAll(fd.get(), input));
  if (lseek(fd.get(), 0, SEEK_SET) != 0) return ErrnoError("rewinding a memory file");
  return fd;
}

[[noreturn]] void RunChild(const Command& command, const std::array<int, 3>& streams, pid_t parent) {
  for (int fd = 0; fd < 3; ++fd) dup2(streams[static_cast<std::size_t>(fd)], fd);
  if (!FollowParent(parent, SIGKILL)) _exit(127);
  if (command.network_namespace >= 0 && setns(command.network_namespace, CLONE_NEWNET) != 0) _exit(126);
  _exit(Exec(command.argv));
}

// False at the end of the stream.
bool ReadSome(int fd, std::string& text) {
  std::array<char, 16384> block{};
  const ssize_t count = read(fd, block.data(), block.size());
  if (count > 0) text.append(block.data(), static_cast<std::size_t>(count));
  return count > 0 || (count < 0 && errno == EINTR);
}

// Reads what is available, without waiting for a descendant that keeps the other end open.
void Drain(int fd, std::string& text) {
  while (WaitReadable(fd, std::chrono::milliseconds(0)) && ReadSome(fd, text)) {
  }
}

int MillisecondsUntil(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

// Collects output until the process has exited; false if the deadline comes first.
bool Follow(const UniqueFd& pidfd, UniqueFd out, UniqueFd err, Clock::time_point deadline, Output& output) {
  while (true) {
    std::array<pollfd, 3> fds{{{pidfd.get(), POLLIN, 0}, {out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}}};
    const int ready = poll(fds.data(), fds.size(), MillisecondsUntil(deadline));
    if (ready == 0) return false;
    if (ready < 0) continue;
    if (fds[1].revents != 0 && !ReadSome(out.get(), output.out)) out = UniqueFd();
    if (fds[2].revents != 0 && !ReadSome(err.get(), output.err)) err = UniqueFd();
    if (fds[0].revents == 0) continue;
    if (out) Drain(out.get(), output.out);
    if (err) Drain(err.get(), output.err);
    return true;
  }
}

}  // namespace

Result<ProcessId> Identify(pid_t pid) {
  TRY_LET(const std::string stat, ReadText("/proc/" + std::to_string(pid) + "/stat"));
  // The name in parentheses may contain anything; the state is field 3, the start time field 22.
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return Error{Code::kInternal, "reading the start time of a process"};
  const std::vector<std::string> fields = Split(std::string_view(stat).substr(name_end + 2), ' ');
  const auto start_time = fields.size() > 19 ? ParseUnsigned(fields[19]) : std::nullopt;
  if (!start_time || fields[0] == "Z" || fields[0] == "X") {
    return Error{Code::kNotFound, "process " + std::to_string(pid) + " has ended"};
  }
  return ProcessId{pid, *start_time};
}

bool IsAlive(const ProcessId& process) {
  if (process.pid <= 0) return false;
  const Result<ProcessId> now = Identify(process.pid);
  return now.ok() && *now == process;
}

Result<UniqueFd> OpenPidfd(pid_t pid) {
  UniqueFd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd) return ErrnoError("opening process " + std::to_string(pid));
  return pidfd;
}

Result<UniqueFd> OpenProcess(const ProcessId& process) {
  TRY_LET(UniqueFd pidfd, OpenPidfd(process.pid));
  // Checked after opening: a pidfd never refers to another process.
  if (IsAlive(process)) return pidfd;
  return Error{Code::kNotFound, "process " + std::to_string(process.pid) + " has ended"};
}

void SendSignal(const UniqueFd& pidfd, int signal) {
  syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0);
}

bool WaitReadable(int fd, std::chrono::milliseconds budget) {
  const auto deadline = Clock::now() + budget;
  pollfd wanted{fd, POLLIN, 0};
  int ready = -1;
  while (ready < 0) ready = poll(&wanted, 1, MillisecondsUntil(deadline));
  return ready > 0;
}

int WaitForExit(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return 127;
  }
  return ShellStatus(status);
}

Result<Output> Run(const Command& command) {
  TRY_LET(const UniqueFd input, MakeInput(command.input));
  TRY_LET(Pipe out, MakePipe());
  TRY_LET(Pipe err, MakePipe());
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return ErrnoError("starting " + Quoted(command.argv.front()));
  if (child == 0) RunChild(command, {input.get(), out.write_end.get(), err.write_end.get()}, parent);
  TRY_LET(const UniqueFd pidfd, OpenPidfd(child));
  out.write_end = UniqueFd();
  err.write_end = UniqueFd();
  Output output;
  const bool ended =
      Follow(pidfd, std::move(out.read_end), std::move(err.read_end), Clock::now() + command.budget, output);
  if (!ended) SendSignal(pidfd, SIGKILL);
  output.exit_code = WaitForExit(child);
  if (ended) return output;
  return Error{Code::kTimeout, Join(command.argv, " ") + ": not finished within " +
                                   std::to_string(command.budget.count()) + " s"};
}

Status RunOrFail(const Command& command) {
  TRY_LET(const Output output, Run(command));
  if (output.exit_code == 0) return {};
  return Error{Code::kInternal, Join(command.argv, " ") + ": exit status " +
                                    std::to_string(output.exit_code) + ": " +
                                    std::string(Trim(Tail(output.err + output.out, 2000)))};
}

void ResetSignals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_DFL);
}

bool FollowParent(pid_t parent, int signal) {
  ResetSignals();
  return prctl(PR_SET_PDEATHSIG, signal) == 0 && getppid() == parent;
}

int Exec(const std::vector<std::string>& argv) {
  std::vector<std::string> args = argv;
  std::vector<char*> pointers;
  for (std::string& arg : args) pointers.push_back(arg.data());
  pointers.push_back(nullptr);
  execvp(pointers[0], pointers.data());
  const int status = errno == ENOENT ? 127 : 126;
  std::perror(args.front().c_str());
  return status;
}

}  // namespace dockerext::guest
