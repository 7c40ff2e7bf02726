// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/keeper.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/control.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/supervisor.hpp"

namespace dockerext::guest {
namespace {

constexpr std::chrono::seconds kStartBudget{450};  // the machine has a shorter one of its own
constexpr std::chrono::seconds kStopBudget{60};

// Closes every descriptor from 3 on but these (-1: none).
void CloseAllBut(std::array<int, 2> exempt) {
  std::ranges::sort(exempt);
  unsigned from = 3;
  for (const int fd : exempt) {
    if (fd < 0) continue;
    const auto keep = static_cast<unsigned>(fd);
    if (keep > from) syscall(SYS_close_range, from, keep - 1, 0U);
    from = keep + 1;
  }
  syscall(SYS_close_range, from, ~0U, 0U);
}

// Leaves the session, folder and descriptors of the caller, so that a program that waits for those to close
// does not wait for the keeper.
void Detach(const UniqueFd& starter, const UniqueFd& owner) {
  setsid();
  umask(022);
  if (chdir("/") != 0) _exit(1);
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd < 3; ++fd) dup2(null, fd);
  CloseAllBut({starter.get(), owner.get()});
}

// Blocked, not ignored: a signal that arrives before the first read stays pending.
UniqueFd CatchSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&set, signal);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return UniqueFd(signalfd(-1, &set, SFD_CLOEXEC));
}

[[noreturn]] void RunSupervisor(const Entry& entry, UniqueFd starter, UniqueFd owner) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  Status status;
  if (getppid() == entry.keeper.pid) {
    Supervisor supervisor(entry, std::move(starter), std::move(owner));
    status = supervisor.Run();
  }
  if (!IsAlive(entry.keeper)) status = Discard(entry);
  _exit(status.ok() ? 0 : 1);
}

// Passes termination signals on to the supervisor. SIGCHLD: the supervisor has exited.
void WaitForSupervisor(pid_t supervisor, const UniqueFd& signals) {
  signalfd_siginfo signal{};
  while (signal.ssi_signo != SIGCHLD) {
    if (read(signals.get(), &signal, sizeof(signal)) != sizeof(signal)) continue;
    if (signal.ssi_signo != SIGCHLD) kill(supervisor, SIGTERM);
  }
  WaitForExit(supervisor);
}

Status Keep(const Start& start, UniqueFd& starter, UniqueFd owner) {
  const UniqueFd signals = CatchSignals();
  TRY_LET(const Entry entry, Reserve(start.name, start.image, start.vm));
  const pid_t supervisor = fork();
  if (supervisor < 0) return ErrnoError("starting the supervisor");
  if (supervisor == 0) RunSupervisor(entry, std::move(starter), std::move(owner));
  owner = UniqueFd();
  WaitForSupervisor(supervisor, signals);
  return Discard(entry);
}

[[noreturn]] void RunKeeper(const Start& start, UniqueFd starter, UniqueFd owner) {
  Detach(starter, owner);
  const Status status = Keep(start, starter, std::move(owner));
  if (!status.ok()) Answer(starter, status);
  _exit(status.ok() ? 0 : 1);
}

Result<UniqueFd> OpenOwner(pid_t owner) {
  if (owner == 0) return UniqueFd();
  const Result<ProcessId> process = Identify(owner);
  if (process.ok()) return OpenProcess(*process);
  return Error{Code::kInvalidSettings, "--owner: no such process: " + std::to_string(owner)};
}

}  // namespace

Result<Entry> StartGuest(const Start& start) {
  if (!IsVmImage(start.image) && access((start.image + "/base/etc").c_str(), F_OK) != 0) {
    return Error{Code::kNotFound,
                 Quoted(start.image) + " is not a guest image: build one with tests/e2e/images/image"};
  }
  TRY_LET(UniqueFd owner, OpenOwner(start.owner));
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return ErrnoError("creating a socket");
  }
  const UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  const pid_t keeper = fork();
  if (keeper < 0) return ErrnoError("starting a process");
  if (keeper == 0) RunKeeper(start, std::move(theirs), std::move(owner));
  theirs = UniqueFd();
  Status status = AwaitAnswer(ours, kStartBudget);
  if (status.ok()) return Find(start.name);
  WaitReadable(ours.get(), kStopBudget);  // end of file: the keeper holds the last copy
  return std::move(status).error();
}

Status StopGuest(const Entry& entry) {
  for (const ProcessId& process : {entry.keeper, entry.supervisor}) {
    const Result<UniqueFd> pidfd = OpenProcess(process);
    if (!pidfd.ok()) continue;
    SendSignal(*pidfd, SIGTERM);
    if (!WaitReadable(pidfd->get(), kStopBudget)) {
      return Error{Code::kTimeout, "the guest " + Quoted(entry.name) + " does not stop: kill process " +
                                       std::to_string(process.pid) + ", then run `guest list`"};
    }
  }
  return {};
}

}  // namespace dockerext::guest
