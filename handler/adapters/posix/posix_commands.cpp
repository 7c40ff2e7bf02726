// SPDX-License-Identifier: MIT
#include "handler/adapters/posix/posix_commands.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <ctime>
#include <optional>

#include "handler/adapters/posix/system_error.hpp"
#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/machine.hpp"

namespace dockerext {
namespace {

constexpr std::size_t kOutputLimit = std::size_t{256} << 10U;

// The pointer array for execve; the vector keeps ownership of the strings.
std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (const std::string& text : strings)
    pointers.push_back(const_cast<char*>(text.c_str()));  // NOLINT: execve's type
  pointers.push_back(nullptr);
  return pointers;
}

// Runs in the child: only async-signal-safe calls between fork and exec.
[[noreturn]] void ExecChild(const std::vector<char*>& argv, const std::vector<char*>& environment, int null,
                            int out, int err) {
  setsid();  // its own process group: a signal to the handler's group does not reach it
  const bool redirected =
      dup2(null, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0;
  signal(SIGPIPE, SIG_DFL);
  umask(022);
  if (redirected && chdir("/") == 0) execve(argv[0], argv.data(), environment.data());
  _exit(127);
}

// The whole lines among the last kOutputLimit bytes of a memory file: a secret in half a line has no shape to
// be found by.
std::string ReadEnd(int fd) {
  const off_t size = lseek(fd, 0, SEEK_END);
  const off_t start = size > static_cast<off_t>(kOutputLimit) ? size - static_cast<off_t>(kOutputLimit) : 0;
  std::string text(static_cast<std::size_t>(size - start), '\0');
  const ssize_t got = pread(fd, text.data(), text.size(), start);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  if (start > 0) text.erase(0, std::min(text.find('\n'), text.size() - 1) + 1);
  return text;
}

int ExitCode(const siginfo_t& ended) {
  return ended.si_code == CLD_EXITED ? ended.si_status : 128 + ended.si_status;
}

// Blocks SIGCHLD during its lifetime, so that a child's exit can be awaited with a time limit. pidfd_open(2),
// the newer way, is missing on kernels that enterprise distributions still have.
class ChildSignal {
 public:
  ChildSignal() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set_, &before_);
  }
  ~ChildSignal() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  ChildSignal(const ChildSignal&) = delete;
  ChildSignal& operator=(const ChildSignal&) = delete;

  const sigset_t& before() const { return before_; }

  // Returns how the child ended, or nothing when the budget is used up.
  std::optional<siginfo_t> Await(pid_t child, std::chrono::milliseconds budget) const {
    const auto deadline = std::chrono::steady_clock::now() + budget;
    while (true) {
      siginfo_t ended{};
      if (waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG) == 0 && ended.si_pid == child) {
        return ended;
      }
      const auto left = deadline - std::chrono::steady_clock::now();
      if (left.count() <= 0) return std::nullopt;
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
      const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(left - seconds);
      const timespec limit{seconds.count(), rest.count()};
      sigtimedwait(&set_, nullptr, &limit);
    }
  }

 private:
  sigset_t set_{};
  sigset_t before_{};
};

}  // namespace

Result<CommandOutput> PosixCommands::Run(const Command& command) {
  const std::string& program = command.argv.at(0);
  if (access(command.argv[0].c_str(), X_OK) != 0) {
    if (errno == EACCES) return MakeError<errors::kNotExecutable>(Quoted(program));
    return SystemError("running", program);
  }
  const UniqueFd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const UniqueFd out(memfd_create("output", MFD_CLOEXEC));
  const UniqueFd err(memfd_create("errors", MFD_CLOEXEC));
  if (!null || !out || !err) return SystemError("running", program);
  const auto argv = Pointers(command.argv);
  const auto environment = Pointers(command.environment);
  const ChildSignal child_signal;
  const pid_t child = fork();
  if (child < 0) return SystemError("starting", program);
  if (child == 0) {
    sigprocmask(SIG_SETMASK, &child_signal.before(), nullptr);
    ExecChild(argv, environment, null.get(), out.get(), err.get());
  }
  const auto ended = child_signal.Await(child, command.budget);
  if (ended) return CommandOutput{ExitCode(*ended), ReadEnd(out.get()), ReadEnd(err.get())};
  if (command.when_late == Command::WhenLate::kKill) {
    kill(-child, SIGKILL);
    kill(child, SIGKILL);  // if it has not called setsid() yet
    waitpid(child, nullptr, 0);
  }
  return MakeError<errors::kCommandTimeout>(Quoted(program), std::to_string(command.budget.count() / 1000));
}

}  // namespace dockerext
