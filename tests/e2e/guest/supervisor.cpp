// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/supervisor.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/cgroup.hpp"
#include "tests/e2e/guest/control.hpp"
#include "tests/e2e/guest/network.hpp"
#include "tests/e2e/guest/nspawn.hpp"
#include "tests/e2e/guest/root.hpp"

namespace dockerext::guest {
namespace {

constexpr std::chrono::seconds kBootBudget{60};  // 2 to 5 s on an idle machine
constexpr std::chrono::seconds kShutdownBudget{
    90};  // of an orderly reboot: systemd's default limit for stopping one unit

Result<UniqueFd> CatchTermination() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  UniqueFd fd(signalfd(-1, &set, SFD_CLOEXEC));
  if (!fd) return ErrnoError("waiting for signals");
  return fd;
}

}  // namespace

Status Supervisor::Run() {
  Status status = SetUp();
  if (status.ok()) status = Serve();
  TearDown();
  AnswerAll(status.ok() ? Status(Error{Code::kInternal, "the guest stopped"}) : status);
  return status;
}

Status Supervisor::SetUp() {
  TRY_LET(signals_, CatchTermination());
  TRY_LET(entry_.supervisor, Identify(getpid()));
  TRY(Record(entry_));
  TRY(EnterPrivateMounts());
  TRY(MountRoot(entry_));
  TRY(MakeNetwork());
  TRY_LET(notifications_, ListenForNotifications());
  TRY_LET(control_, ListenAt(ControlSocket(entry_.name)));
  return {};
}

// Recreates the cgroups for each boot, so that remains of a killed boot cannot affect the next one.
Status Supervisor::Boot() {
  TRY(EndProcessesIn(entry_.cgroups));
  TRY(RemoveCgroups(entry_.cgroups));
  TRY(CreateCgroups(entry_.cgroups));
  power_is_cut_ = false;
  leader_ = 0;
  entry_.leader = {};
  TRY(Record(entry_));
  TRY_LET(nspawn_, StartNspawn(entry_));
  TRY_LET(nspawn_pidfd_, OpenPidfd(nspawn_));
  deadline_ = Clock::now() + kBootBudget;
  return {};
}

Status Supervisor::Serve() {
  TRY(Boot());
  while (true) {
    TRY_LET(const Next next, PollOnce());
    if (next == Next::kStop) return {};
  }
}

int Supervisor::MillisecondsLeft() const {
  if (!deadline_) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline_ - Clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

Result<Supervisor::Next> Supervisor::PollOnce() {
  enum : std::size_t { kSignals, kOwner, kStarter, kNotifications, kControl, kNspawn, kCount };
  std::array<pollfd, kCount> fds{};
  fds[kSignals] = {signals_.get(), POLLIN, 0};
  fds[kOwner] = {owner_.get(), POLLIN, 0};
  fds[kStarter] = {starter_.get(), 0, 0};  // POLLHUP is always reported
  fds[kNotifications] = {notifications_.get(), POLLIN, 0};
  fds[kControl] = {control_.get(), POLLIN, 0};
  fds[kNspawn] = {nspawn_pidfd_.get(), POLLIN, 0};
  const int ready = poll(fds.data(), fds.size(), MillisecondsLeft());
  if (ready < 0) return Next::kContinue;
  if (ready == 0) {
    return Error{Code::kTimeout, "the guest " + Quoted(entry_.name) + " did not become ready in time; " +
                                     ConsoleTail(entry_)};
  }
  for (const std::size_t end : {kSignals, kOwner, kStarter}) {
    if (fds[end].revents != 0) return Next::kStop;
  }
  if (fds[kNotifications].revents != 0) TRY(ReadNotification());
  if (fds[kControl].revents != 0) TRY(ReadRequest());
  return fds[kNspawn].revents != 0 ? HandleNspawnExit() : Next::kContinue;
}

Status Supervisor::ReadNotification() {
  std::array<char, 4096> text{};
  const ssize_t count = recv(notifications_.get(), text.data(), text.size(), MSG_DONTWAIT);
  if (count <= 0) return {};
  const Notification notification = ParseNotification({text.data(), static_cast<std::size_t>(count)});
  if (notification.leader > 0) leader_ = notification.leader;
  // Ignore a boot whose power is being cut: its last notifications may still be in the socket.
  if (notification.ready && leader_ > 0 && deadline_ && !power_is_cut_) return MarkReady();
  return {};
}

Status Supervisor::MarkReady() {
  TRY_LET(entry_.leader, FindLeader(entry_, leader_));
  TRY(Record(entry_));
  deadline_.reset();
  AnswerAll({});
  return {};
}

void Supervisor::AnswerAll(const Status& status) {
  if (starter_) waiting_.push_back(std::move(starter_));
  for (const UniqueFd& client : waiting_) Answer(client, status);
  waiting_.clear();
}

Status Supervisor::ReadRequest() {
  Result<SupervisorRequest> request = AcceptRequest(control_);
  if (!request.ok()) return {};  // a client error does not affect the guest
  const Status status = deadline_
                            ? Status(Error{Code::kBusy, "the guest is booting: try again when it is ready"})
                            : HandleRequest(request->text);
  if (status.ok()) {
    waiting_.push_back(std::move(request->client));
  } else {
    Answer(request->client, status);
  }
  return {};
}

Status Supervisor::HandleRequest(const std::string& request) {
  if (request == kReboot) {
    TRY_LET(const UniqueFd leader, OpenProcess(entry_.leader));
    SendSignal(leader, SIGRTMIN + 5);  // systemd(1): starts reboot.target
  } else if (request == kPowerCut) {
    power_is_cut_ = true;
    SendSignal(nspawn_pidfd_, SIGKILL);
  } else {
    return Error{Code::kInternal, "unknown request to the guest's supervisor: " + Quoted(request)};
  }
  entry_.leader = {};
  deadline_ = Clock::now() + kShutdownBudget;
  return Record(entry_);
}

Result<Supervisor::Next> Supervisor::HandleNspawnExit() {
  const int status = WaitForExit(nspawn_);
  nspawn_ = 0;
  nspawn_pidfd_ = UniqueFd();
  if (status == kRebootStatus || power_is_cut_) {
    TRY(Boot());
    return Next::kContinue;
  }
  if (status == 0 && !deadline_) return Next::kStop;
  return Error{Code::kInternal, "systemd-nspawn of the guest " + Quoted(entry_.name) +
                                    " exited with status " + std::to_string(status) + "; " +
                                    ConsoleTail(entry_)};
}

void Supervisor::TearDown() {
  if (nspawn_ != 0) {
    SendSignal(nspawn_pidfd_, SIGKILL);
    WaitForExit(nspawn_);
  }
  static_cast<void>(EndProcessesIn(entry_.cgroups));  // Discard tries again and reports the error
  UnmountAll(entry_);
}

}  // namespace dockerext::guest
