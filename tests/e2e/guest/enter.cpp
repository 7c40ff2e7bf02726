// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/enter.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/cgroup.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/process.hpp"

namespace dockerext::guest {
namespace {

constexpr int kEveryNamespace =
    CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

Result<UniqueFd> OpenLeader(const Entry& entry) {
  if (entry.leader.pid == 0) {
    return Error{Code::kBusy, "the guest " + Quoted(entry.name) + " is booting: try again when it is ready"};
  }
  return OpenProcess(entry.leader).Context("the guest " + Quoted(entry.name) + " is shutting down");
}

Status Enter(const UniqueFd& leader, int namespaces) {
  if (setns(leader.get(), namespaces) == 0) return {};
  return ErrnoError("entering the guest's namespaces");
}

// setns is not enough: the root of the mount namespace is the guest's only if pivot_root replaced it, which
// fails when this process runs in a chroot. The leader's root is always the guest's.
Status EnterFiles(const Entry& entry, const UniqueFd& leader, int namespaces) {
  TRY_LET(const UniqueFd root,
          Open("/proc/" + std::to_string(entry.leader.pid) + "/root", O_PATH | O_DIRECTORY));
  TRY(Enter(leader, namespaces));
  if (fchdir(root.get()) != 0 || chroot(".") != 0)
    return ErrnoError("changing to the root folder of the guest");
  return {};
}

// A process that enters a guest keeps the capabilities of this machine, but the clock and the kernel modules
// are shared.
bool DropCapabilities() {
  return prctl(PR_CAPBSET_DROP, CAP_SYS_TIME, 0, 0, 0) == 0 &&
         prctl(PR_CAPBSET_DROP, CAP_SYS_MODULE, 0, 0, 0) == 0;
}

void SetEnvironment(const std::vector<std::string>& additions) {
  clearenv();
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  setenv("LANG", "C.UTF-8", 1);
  setenv("HOME", "/root", 1);
  for (const std::string& addition : additions) {
    const auto equals = addition.find('=');
    setenv(addition.substr(0, equals).c_str(), addition.substr(equals + 1).c_str(), 1);
  }
}

// The command handles Ctrl-C; this process only reports its exit status.
void IgnoreInterrupts() {
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGQUIT, SIG_IGN);
}

[[noreturn]] void Fail(const char* what) {
  std::perror(what);
  _exit(126);
}

// Kills the child when the supervisor ends.
void FollowSupervisor(const UniqueFd& supervisor, const UniqueFd& child) {
  std::array<pollfd, 2> fds{{{supervisor.get(), POLLIN, 0}, {child.get(), POLLIN, 0}}};
  while (poll(fds.data(), fds.size(), -1) < 0) {
  }
  if (fds[1].revents == 0) SendSignal(child, SIGKILL);
}

bool IsFolder(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

}  // namespace

Result<int> ExecuteInside(const Entry& entry, const std::vector<std::string>& argv,
                          const std::vector<std::string>& environment) {
  TRY_LET(const UniqueFd leader, OpenLeader(entry));
  TRY_LET(const std::vector<UniqueFd> cgroups, OpenCgroupsOf(entry.leader.pid));
  TRY(EnterFiles(entry, leader, kEveryNamespace));
  IgnoreInterrupts();
  const pid_t child = fork();
  if (child < 0) return ErrnoError("starting a process in the guest");
  if (child > 0) return WaitForExit(child);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != 0)
    _exit(126);  // a parent in another PID namespace shows as 0; an orphan's parent is the guest's PID 1
  ResetSignals();
  umask(022);
  if (!JoinCgroups(cgroups).ok()) Fail("joining the guest's cgroups");
  if (!DropCapabilities()) Fail("dropping capabilities");
  if (chdir("/") != 0) Fail("entering /");
  SetEnvironment(environment);
  _exit(Exec(argv));
}

Result<int> ExecuteOutside(const Entry& entry, const std::vector<std::string>& argv) {
  TRY_LET(const UniqueFd supervisor, OpenProcess(entry.supervisor));
  IgnoreInterrupts();
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return ErrnoError("starting a process next to the guest");
  if (child == 0) {
    if (!FollowParent(parent, SIGKILL)) _exit(126);
    if (!Enter(supervisor, CLONE_NEWNET).ok()) Fail("entering the network next to the guest");
    _exit(Exec(argv));
  }
  TRY_LET(const UniqueFd pidfd, OpenPidfd(child));
  FollowSupervisor(supervisor, pidfd);
  return WaitForExit(child);
}

Status CopyInside(const Entry& entry, int source, const std::string& name, const std::string& path,
                  FileMode mode) {
  TRY_LET(const std::string bytes, ReadAll(source));
  TRY_LET(const UniqueFd leader, OpenLeader(entry));
  TRY(EnterFiles(entry, leader, CLONE_NEWNS));
  return ReplaceFile(IsFolder(path) ? path + "/" + name : path, bytes, mode);
}

Result<std::string> RootOf(const Entry& entry) {
  TRY_LET(const UniqueFd leader, OpenLeader(entry));
  return "/proc/" + std::to_string(entry.leader.pid) + "/root";
}

}  // namespace dockerext::guest
