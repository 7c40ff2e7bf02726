// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/supervisor.hpp"

#include <poll.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <ctime>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/cgroup.hpp"
#include "tests/e2e/guest/clock.hpp"
#include "tests/e2e/guest/control.hpp"
#include "tests/e2e/guest/nspawn.hpp"
#include "tests/e2e/guest/root.hpp"

namespace dockerext::guest {
namespace {

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
  TRY(machine_->SetUp(entry_));
  TRY_LET(control_, ListenAt(ControlSocket(entry_.name)));
  return {};
}

// Recreates the cgroups for each boot, so that remains of a killed boot cannot affect the next one.
Status Supervisor::Boot() {
  TRY(EndProcessesIn(entry_.cgroups));
  TRY(RemoveCgroups(entry_.cgroups));
  TRY(CreateCgroups(entry_.cgroups));
  restarting_ = false;
  entry_.leader = {};
  TRY(Record(entry_));
  TRY_LET(process_, machine_->Start(entry_));
  TRY_LET(pidfd_, OpenPidfd(process_));
  entry_.vm.saved_state.clear();  // the next boot goes on from the disk
  deadline_ = Clock::now() + machine_->BootBudget();
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
  enum : std::size_t { kSignals, kOwner, kStarter, kNotifications, kControl, kProcess, kCount };
  std::array<pollfd, kCount> fds{};
  fds[kSignals] = {signals_.get(), POLLIN, 0};
  fds[kOwner] = {owner_.get(), POLLIN, 0};
  fds[kStarter] = {starter_.get(), 0, 0};  // POLLHUP is always reported
  fds[kNotifications] = {machine_->notifications(), POLLIN, 0};
  fds[kControl] = {control_.get(), POLLIN, 0};
  fds[kProcess] = {pidfd_.get(), POLLIN, 0};
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
  return fds[kProcess].revents != 0 ? HandleExit() : Next::kContinue;
}

Status Supervisor::ReadNotification() {
  TRY_LET(const bool ready, machine_->ReadNotification(entry_));
  // Ignore a boot that is ending: its last notifications may still be in the socket.
  return ready && deadline_ && !restarting_ ? MarkReady() : Status();
}

Status Supervisor::MarkReady() {
  TRY_LET(entry_.leader, machine_->Leader(entry_));
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
  if (status.ok() && deadline_) {
    waiting_.push_back(std::move(request->client));
  } else {
    Answer(request->client, status);
  }
  return {};
}

Status Supervisor::HandleRequest(const std::string& request) {
  if (request.starts_with(kSave)) return machine_->Save(entry_, request.substr(kSave.size()));
  const auto clock = request.find(' ');
  if (clock != std::string::npos) {
    TRY_LET(entry_.vm.clock_offset, ParseClock(request.substr(clock + 1), std::time(nullptr)));
  }
  TRY(Restart(request.substr(0, clock)));
  restarting_ = true;
  entry_.leader = {};
  deadline_ = Clock::now() + kShutdownBudget;
  return Record(entry_);
}

Status Supervisor::Restart(const std::string& request) {
  if (request == kReboot) return machine_->ShutDown(entry_);
  if (request != kPowerCut) {
    return Error{Code::kInternal, "unknown request to the guest's supervisor: " + Quoted(request)};
  }
  machine_->CutPower(pidfd_);
  return {};
}

Result<Supervisor::Next> Supervisor::HandleExit() {
  const int status = WaitForExit(process_);
  process_ = 0;
  pidfd_ = UniqueFd();
  if (restarting_ || machine_->IsReboot(status)) {
    TRY(Boot());
    return Next::kContinue;
  }
  if (status == 0 && !deadline_) return Next::kStop;
  return Error{Code::kInternal, "the machine of the guest " + Quoted(entry_.name) + " exited with status " +
                                    std::to_string(status) + "; " + ConsoleTail(entry_)};
}

void Supervisor::TearDown() {
  if (process_ != 0) {
    SendSignal(pidfd_, SIGKILL);
    WaitForExit(process_);
  }
  static_cast<void>(EndProcessesIn(entry_.cgroups));  // Discard tries again and reports the error
  machine_->TearDown(entry_);
  LeavePrivateMounts();
}

}  // namespace dockerext::guest
