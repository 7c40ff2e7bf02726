// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/nspawn.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/cgroup.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/network.hpp"
#include "tests/e2e/guest/process.hpp"
#include "tests/e2e/guest/root.hpp"

namespace dockerext::guest {
namespace {

constexpr const char* kNotifySocket = "/run/notify";  // in the supervisor's private /run

std::vector<std::string> NspawnArgv(const Entry& entry) {
  const GuestFolders folders(entry.folder);
  return {FindProgram("systemd-nspawn"), "--quiet", "--boot", "--directory=" + folders.root,
          "--machine=" + entry.name, "--settings=no", "--register=no", "--keep-unit", "--console=pipe",
          "--notify-ready=yes",
          // The clock and the kernel modules are shared with this machine.
          "--capability=all", "--drop-capability=CAP_SYS_TIME,CAP_SYS_MODULE",
          "--system-call-filter=@keyring bpf",  // runc's
          "--network-namespace-path=" + std::string(kGuestNetwork), "--resolv-conf=off", "--timezone=off",
          "--link-journal=no", "--bind=" + folders.docker + ":/var/lib/docker",
          "--bind=" + folders.containerd + ":/var/lib/containerd"};
}

// nspawn is PID 1 of its own namespace: the kernel kills the whole guest with it, and it is killed with the
// supervisor. It needs the /proc of that namespace.
Status PrepareNspawn(const Entry& entry, const UniqueFd& supervisor) {
  TRY_LET(const UniqueFd input, Open("/dev/null", O_RDONLY));
  TRY_LET(const UniqueFd console, Open(GuestFolders(entry.folder).console, O_WRONLY | O_CREAT | O_APPEND));
  dup2(input.get(), STDIN_FILENO);
  dup2(console.get(), STDOUT_FILENO);
  dup2(console.get(), STDERR_FILENO);
  TRY_LET(const auto cgroups, OpenCgroups(entry.cgroups));
  TRY(JoinCgroups(cgroups));
  if (unshare(CLONE_NEWNS) != 0) return ErrnoError("creating a mount namespace");
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) {
    return ErrnoError("mounting /proc");
  }
  ResetSignals();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (WaitReadable(supervisor.get(), std::chrono::milliseconds(0)))
    return Error{Code::kInternal, "the supervisor has exited"};
  return {};
}

[[noreturn]] void RunNspawn(const Entry& entry, const UniqueFd& supervisor) {
  if (const Status prepared = PrepareNspawn(entry, supervisor); !prepared.ok()) {
    std::fprintf(stderr, "%s\n", prepared.error().Message().c_str());
    _exit(126);
  }
  clearenv();
  setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
  setenv("NOTIFY_SOCKET", kNotifySocket, 1);
  setenv("SYSTEMD_NSPAWN_API_VFS_WRITABLE", "network", 1);
  _exit(Exec(NspawnArgv(entry)));
}

// "NSpid:\t4711\t20\t1": the pid in each PID namespace, starting with this one.
std::vector<std::string> NumbersIn(std::string_view status) {
  for (const std::string& line : Split(status, '\n')) {
    if (line.starts_with("NSpid:")) return Split(Trim(std::string_view(line).substr(6)), '\t');
  }
  return {};
}

}  // namespace

Status CheckMachine() {
  if (geteuid() != 0) return Error{Code::kMissingDependency, "a guest needs root: run this as root"};
  if (FindProgram("systemd-nspawn").empty()) {
    return Error{Code::kMissingDependency,
                 "a guest needs systemd-nspawn: install the package systemd-container"};
  }
  if (FindProgram("ip").empty()) {
    return Error{Code::kMissingDependency, "a guest needs ip: install the package iproute2"};
  }
  return {};
}

Result<UniqueFd> ListenForNotifications() {
  UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address{AF_UNIX, "/run/notify"};
  // NOLINTNEXTLINE: the sockets API requires this cast
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return ErrnoError(std::string("listening at ") + kNotifySocket);
  }
  return fd;
}

Notification ParseNotification(std::string_view text) {
  constexpr std::string_view kLeader = "X_NSPAWN_LEADER_PID=";
  Notification notification;
  for (const std::string& line : Split(text, '\n')) {
    if (line == "READY=1") notification.ready = true;
    if (line.starts_with(kLeader)) {
      notification.leader = static_cast<pid_t>(ParseUnsigned(line.substr(kLeader.size())).value_or(0));
    }
  }
  return notification;
}

Result<pid_t> StartNspawn(const Entry& entry) {
  TRY_LET(const UniqueFd ourselves, OpenPidfd(getpid()));
  const auto child =
      static_cast<pid_t>(syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (child < 0) return ErrnoError("starting systemd-nspawn");
  if (child == 0) RunNspawn(entry, ourselves);
  return child;
}

Result<ProcessId> FindLeader(const Entry& entry, pid_t named_by_nspawn) {
  const std::string number = std::to_string(named_by_nspawn);
  for (const pid_t pid : ProcessesIn(entry.cgroups.back())) {
    const Result<std::string> status = ReadText("/proc/" + std::to_string(pid) + "/status");
    if (!status.ok()) continue;
    const std::vector<std::string> numbers = NumbersIn(*status);
    if (numbers.size() == 3 && numbers[1] == number && numbers[2] == "1") return Identify(pid);
  }
  return Error{Code::kInternal, "the PID 1 of the guest " + Quoted(entry.name) + " is not in its cgroup"};
}

std::string ConsoleTail(const Entry& entry) {
  const Result<std::string> console = ReadText(GuestFolders(entry.folder).console);
  const std::string end = console.ok() ? std::string(Trim(Tail(*console, 3000))) : "";
  return end.empty() ? "its console is empty" : "its last console output is:\n" + end;
}

}  // namespace dockerext::guest
