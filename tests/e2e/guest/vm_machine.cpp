// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/vm_machine.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/background.hpp"
#include "tests/e2e/guest/cgroup.hpp"
#include "tests/e2e/guest/control.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/monitor.hpp"
#include "tests/e2e/guest/network.hpp"
#include "tests/e2e/guest/qemu.hpp"
#include "tests/e2e/guest/ssh.hpp"

namespace dockerext::guest {
namespace {

constexpr std::chrono::seconds kDiskBudget{120};

// A child in the guest's cgroups that is killed with this process. `listener`: passed on as systemd passes a
// socket on, so that the child serves it from its first moment.
Result<pid_t> StartChild(const Entry& entry, const std::vector<std::string>& argv, int listener) {
  constexpr int kFirstPassed = 3;
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return ErrnoError("starting " + Quoted(argv.front()));
  if (child > 0) return child;
  const Result<UniqueFd> null = Open("/dev/null", O_RDONLY);
  const Result<UniqueFd> console = Open(VmFiles(entry).console, O_WRONLY | O_CREAT | O_APPEND);
  const auto cgroups = OpenCgroups(entry.cgroups);
  if (!null.ok() || !console.ok() || !cgroups.ok() || !JoinCgroups(*cgroups).ok()) _exit(126);
  dup2(null->get(), STDIN_FILENO);
  dup2(console->get(), STDOUT_FILENO);
  dup2(console->get(), STDERR_FILENO);
  if (listener >= 0) {
    if (listener == kFirstPassed ? fcntl(listener, F_SETFD, 0) != 0 : dup2(listener, kFirstPassed) < 0)
      _exit(126);
    setenv("LISTEN_FDS", "1", 1);
    setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
  }
  if (!FollowParent(parent, SIGKILL)) _exit(126);
  _exit(Exec(argv));
}

class VmMachine : public Machine {
 public:
  Status SetUp(const Entry& entry) override {
    TRY(MakeFolder(entry.folder));
    TRY(MakeNetworkForVm());
    TRY(MakeDisk(entry));
    TRY_LET(listener_, ListenAt(kPortSocket, SOCK_STREAM));
    return {};
  }

  Result<pid_t> Start(const Entry& entry) override {
    ssh_.reset();
    port_ = UniqueFd();
    received_.clear();
    resumes_ = !entry.vm.saved_state.empty();
    unlink(kMonitorSocket);
    if (entry.vm.loses_unflushed) TRY(StartDisk(entry));
    return StartChild(entry, QemuArgv(entry), -1);
  }
  std::chrono::seconds BootBudget() const override {
    return std::chrono::seconds{300};  // 20 s on an idle machine, 70 s on a busy one
  }

  int notifications() const override { return port_ ? port_.get() : listener_.get(); }

  Result<bool> ReadNotification(const Entry& entry) override {
    if (!port_) {
      port_ = UniqueFd(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (port_ && resumes_) TRY(SendIdentity(entry));
      return false;
    }
    std::array<char, 256> block{};
    const ssize_t count = read(port_.get(), block.data(), block.size());
    if (count <= 0) {
      port_ = UniqueFd();
      return false;
    }
    received_.append(block.data(), static_cast<std::size_t>(count));
    return ReadLines(entry);
  }

  Result<ProcessId> Leader(const Entry& entry) const override {
    for (const pid_t pid : ProcessesIn(entry.cgroups.back())) {
      const Result<std::string> name = ReadText("/proc/" + std::to_string(pid) + "/comm");
      if (name.ok() && name->starts_with("qemu-system")) return Identify(pid);
    }
    return Error{Code::kInternal, "qemu of the guest " + Quoted(entry.name) + " is not in its cgroup"};
  }

  Status ShutDown(const Entry&) override { return WriteAll(port_.get(), "poweroff\n"); }

  // The disk first: what qemu still writes when its own end comes must not reach it.
  void CutPower(const UniqueFd& process) override {
    if (disk_ != 0) kill(disk_, SIGKILL);
    SendSignal(process, SIGKILL);
  }

  bool IsReboot(int) const override { return false; }  // qemu itself goes on

  Status Save(const Entry& entry, const std::string& folder) override {
    TRY(MakeFolder(folder));
    TRY(SaveState(kMonitorSocket, folder + "/state.zst"));
    if (link(VmFiles(entry).disk.c_str(), (folder + "/disk.qcow2").c_str()) == 0) return {};
    return ErrnoError("saving the disk of the VM");
  }

  void TearDown(const Entry&) override {
    ssh_.reset();
    ReapDisk();
  }

 private:
  Status MakeDisk(const Entry& entry) {
    const BackingDisk backing = BackingDiskOf(entry);
    const std::string disk = VmFiles(entry).disk;
    std::vector<std::string> argv{FindProgram("qemu-img")};
    if (entry.vm.loses_unflushed) {
      argv.insert(argv.end(), {"convert", "-q", "-f", backing.format, "-O", "raw", backing.path, disk});
    } else {
      argv.insert(argv.end(),
                  {"create", "-q", "-f", "qcow2", "-b", backing.path, "-F", backing.format, disk});
    }
    return RunOrFail({.argv = std::move(argv), .budget = kDiskBudget});
  }

  // Of a boot that is over: with its cgroups, nbdkit has been killed.
  void ReapDisk() {
    if (disk_ != 0) WaitForExit(disk_);
    disk_ = 0;
  }

  // A disk with a cache that only a flush empties.
  Status StartDisk(const Entry& entry) {
    ReapDisk();
    unlink(kDiskSocket);
    TRY_LET(const UniqueFd listener, ListenAt(kDiskSocket, SOCK_STREAM));
    TRY_LET(disk_, StartChild(entry,
                              {FindProgram("nbdkit"), "--foreground", "--filter=cache", "file",
                               VmFiles(entry).disk, "cache=writeback", "cache-min-block-size=4096"},
                              listener.get()));
    return {};
  }

  Status SendIdentity(const Entry& entry) {
    const std::time_t now = std::time(nullptr) + entry.vm.clock_offset;
    return WriteAll(port_.get(), "identity " + entry.name + " " + std::to_string(now) + "\n");
  }

  // Ready as soon as commands can be run in it, also after a reboot that the VM made on its own.
  Result<bool> ReadLines(const Entry& entry) {
    bool ready = false;
    for (auto end = received_.find('\n'); end != std::string::npos; end = received_.find('\n')) {
      const std::string line = received_.substr(0, end);
      received_.erase(0, end + 1);
      if (line == "booted") TRY(SendIdentity(entry));
      if (line != "ready") continue;
      ssh_.reset();
      TRY_LET(Background master, StartSshMaster(entry));
      ssh_.emplace(std::move(master));
      ready = true;
    }
    return ready;
  }

  UniqueFd listener_;
  UniqueFd port_;  // to the program guest-port in the VM; none until qemu has connected
  std::string received_;
  bool resumes_ = false;
  pid_t disk_ = 0;  // nbdkit; none without lost writes
  std::optional<Background> ssh_;
};

}  // namespace

std::unique_ptr<Machine> MakeVmMachine() { return std::make_unique<VmMachine>(); }

}  // namespace dockerext::guest
