// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/nspawn_machine.hpp"

#include <sys/socket.h>

#include <array>
#include <csignal>

#include "tests/e2e/guest/network.hpp"
#include "tests/e2e/guest/nspawn.hpp"
#include "tests/e2e/guest/root.hpp"

namespace dockerext::guest {
namespace {

class NspawnMachine : public Machine {
 public:
  Status SetUp(const Entry& entry) override {
    TRY(MountRoot(entry));
    TRY(MakeNetwork());
    TRY_LET(notifications_, ListenForNotifications());
    return {};
  }

  Result<pid_t> Start(const Entry& entry) override {
    leader_ = 0;
    return StartNspawn(entry);
  }
  std::chrono::seconds BootBudget() const override {
    return std::chrono::seconds{60};  // 2 to 5 s on an idle machine
  }

  int notifications() const override { return notifications_.get(); }
  Result<bool> ReadNotification(const Entry&) override {
    std::array<char, 4096> text{};
    const ssize_t count = recv(notifications_.get(), text.data(), text.size(), MSG_DONTWAIT);
    if (count <= 0) return false;
    const Notification notification = ParseNotification({text.data(), static_cast<std::size_t>(count)});
    if (notification.leader > 0) leader_ = notification.leader;
    return notification.ready && leader_ > 0;
  }

  Result<ProcessId> Leader(const Entry& entry) const override { return FindLeader(entry, leader_); }

  Status ShutDown(const Entry& entry) override {
    TRY_LET(const UniqueFd leader, OpenProcess(entry.leader));
    SendSignal(leader, SIGRTMIN + 5);  // systemd(1): starts reboot.target
    return {};
  }
  void CutPower(const UniqueFd& process) override { SendSignal(process, SIGKILL); }
  bool IsReboot(int exit_status) const override { return exit_status == kRebootStatus; }

  Status Save(const Entry&, const std::string&) override {
    return Error{Code::kInternal, "only a VM has a state that can be saved"};
  }

  void TearDown(const Entry& entry) override { UnmountRoot(entry); }

 private:
  UniqueFd notifications_;
  pid_t leader_ = 0;  // as numbered by nspawn
};

}  // namespace

std::unique_ptr<Machine> MakeNspawnMachine() { return std::make_unique<NspawnMachine>(); }

}  // namespace dockerext::guest
