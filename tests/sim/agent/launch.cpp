// SPDX-License-Identifier: MIT
#include "tests/sim/agent/launch.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <optional>
#include <thread>

#include "handler/base/text.hpp"
#include "tests/sim/agent/output_window.hpp"
#include "tests/sim/contract/files.hpp"

namespace dockerext::agent_simulator {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kExecFailed = 127;
constexpr std::chrono::milliseconds kPollPause{10};

// A regular file without a name: unlike a pipe, it does not block when a child keeps it open. Like Python's
// TemporaryFile, creates and unlinks a named file where the file system does not support O_TMPFILE.
Result<contract::Descriptor> MakeOutputFile(const std::string& folder) {
  contract::Descriptor nameless(
      open(folder.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (nameless.ok()) return nameless;
  std::string path = folder + "/tmpXXXXXX";
  contract::Descriptor file(mkostemp(path.data(), O_CLOEXEC));
  if (!file.ok()) return contract::SystemError("making an output file in " + Quoted(folder));
  unlink(path.c_str());
  return file;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Runs between fork and exec: system calls only.
[[noreturn]] void ExecCommand(const char* folder, char* const* argv, char* const* environment,
                              const std::array<int, 3>& streams) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  setsid();
  umask(S_IWGRP | S_IWOTH);
  bool ready = chdir(folder) == 0;
  for (int target = 0; target < 3; ++target) {
    ready = ready && dup2(streams[static_cast<std::size_t>(target)], target) == target;
  }
  close_range(STDERR_FILENO + 1, ~0U, 0);
  if (ready) execve(argv[0], argv, environment);
  _exit(kExecFailed);
}

Result<pid_t> Start(const Launch& launch, const contract::Descriptor& out, const contract::Descriptor& err) {
  const contract::Descriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null.ok()) return contract::SystemError("opening /dev/null");
  std::vector<std::string> args = {"/bin/sh", "-c", launch.line};
  std::vector<std::string> variables = launch.environment;
  const std::vector<char*> argv = Pointers(args);
  const std::vector<char*> environment = Pointers(variables);
  const pid_t child = fork();
  if (child < 0) return contract::SystemError("starting " + Quoted(launch.line));
  if (child == 0) {
    ExecCommand(launch.folder.c_str(), argv.data(), environment.data(), {null.get(), out.get(), err.get()});
  }
  return child;
}

int PythonExitCode(int status) { return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status); }

// None when the limit was exceeded; the shell is reaped in any case.
std::optional<int> WaitFor(pid_t child, std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (Clock::now() >= deadline) {
      kill(-child, SIGKILL);
      waitpid(child, &status, 0);
      return std::nullopt;
    }
    std::this_thread::sleep_for(kPollPause);  // the agent polls too, once a second
  }
  return PythonExitCode(status);
}

struct Finished {
  std::optional<int> exit_code;  // none: killed at the limit
  contract::Descriptor out;
  contract::Descriptor err;
  std::chrono::milliseconds took{};
};

Result<Finished> RunToCompletion(const Launch& launch) {
  Finished finished;
  TRY_LET(finished.out, MakeOutputFile(launch.folder));
  TRY_LET(finished.err, MakeOutputFile(launch.folder));
  const auto started = Clock::now();
  TRY_LET(const pid_t child, Start(launch, finished.out, finished.err));
  finished.exit_code = WaitFor(child, launch.limit);
  finished.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started);
  return finished;
}

}  // namespace

Result<CommandResult> RunCommand(const Launch& launch) {
  TRY_LET(const Finished finished, RunToCompletion(launch));
  TRY_LET(const std::string out_start, contract::ReadStart(finished.out, kOutputWindow));
  TRY_LET(const std::string err_start, contract::ReadStart(finished.err, kOutputWindow));
  return CommandResult{!finished.exit_code, finished.exit_code.value_or(0),
                       RenderOutput(out_start, err_start), finished.took};
}

Result<std::string> ReadOutput(const Launch& launch, std::size_t limit) {
  TRY_LET(const Finished finished, RunToCompletion(launch));
  return contract::ReadStart(finished.out, limit);
}

}  // namespace dockerext::agent_simulator
