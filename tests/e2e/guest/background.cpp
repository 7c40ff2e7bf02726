// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/background.hpp"

#include <fcntl.h>
#include <sys/wait.h>

#include <array>
#include <csignal>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/process.hpp"

namespace dockerext::guest {
namespace {

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

Result<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return ErrnoError("creating a pipe");
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

[[noreturn]] void RunChild(const std::vector<std::string>& argv, int input, int output, pid_t parent) {
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  if (!FollowParent(parent, SIGKILL)) _exit(127);
  _exit(Exec(argv));
}

void Collect(const UniqueFd& process) {
  siginfo_t ended{};
  while (waitid(P_PIDFD, static_cast<id_t>(process.get()), &ended, WEXITED) != 0 && errno == EINTR) {
  }
}

// Byte by byte, so that what follows the line stays for the next reader. False at the end of the output.
Result<bool> ReadByte(int fd, std::chrono::steady_clock::time_point deadline, char& byte) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  if (left.count() <= 0 || !WaitReadable(fd, left)) {
    return Error{Code::kTimeout, "the background program printed nothing in time"};
  }
  return read(fd, &byte, 1) == 1;
}

}  // namespace

Result<Background> Background::Start(const std::vector<std::string>& argv) {
  TRY_LET(Pipe input, MakePipe());
  TRY_LET(Pipe output, MakePipe());
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return ErrnoError("starting " + Quoted(argv.front()));
  if (child == 0) RunChild(argv, input.read_end.get(), output.write_end.get(), parent);
  TRY_LET(UniqueFd process, OpenPidfd(child));
  return Background(std::move(process), std::move(input.write_end), std::move(output.read_end));
}

Background::~Background() {
  if (!process_) return;
  SendSignal(process_, SIGKILL);
  Collect(process_);
}

Result<std::string> Background::ReadLine(std::chrono::milliseconds budget) {
  const auto deadline = std::chrono::steady_clock::now() + budget;
  std::string line;
  while (true) {
    char byte = 0;
    TRY_LET(const bool more, ReadByte(output_.get(), deadline, byte));
    if (!more) return Error{Code::kNotFound, "the background program exited before it printed a line"};
    if (byte == '\n') return line;
    line += byte;
  }
}

Result<std::string> Background::Finish(std::chrono::milliseconds budget) {
  input_ = UniqueFd();
  const auto deadline = std::chrono::steady_clock::now() + budget;
  std::string rest;
  while (true) {
    char byte = 0;
    TRY_LET(const bool more, ReadByte(output_.get(), deadline, byte));
    if (!more) break;
    rest += byte;
  }
  Collect(process_);
  process_ = UniqueFd();
  return rest;
}

}  // namespace dockerext::guest
