// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/monitor.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <thread>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/control.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/process.hpp"

namespace dockerext::guest {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kBudget{120};

// One JSON document per line, in both directions; the order of their members is qemu's own.
class Monitor {
 public:
  explicit Monitor(UniqueFd socket) : socket_(std::move(socket)) {}

  Status Execute(const std::string& command) {
    TRY(WriteAll(socket_.get(), command + "\n"));
    return AwaitLine("\"return\"").Context("qemu's monitor: " + command);
  }

  // Skips events that nobody waits for.
  Status AwaitLine(std::string_view part) {
    while (true) {
      TRY_LET(const std::string line, ReadLine());
      if (line.find(part) != std::string::npos) return {};
      if (line.find("\"error\"") != std::string::npos || line.find("\"failed\"") != std::string::npos) {
        return Error{Code::kInternal, line};
      }
    }
  }

 private:
  Result<std::string> ReadLine() {
    while (received_.find('\n') == std::string::npos) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
      if (left.count() <= 0 || !WaitReadable(socket_.get(), left))
        return Error{Code::kTimeout, "qemu's monitor did not answer in time"};
      std::array<char, 4096> block{};
      const ssize_t count = read(socket_.get(), block.data(), block.size());
      if (count <= 0) return Error{Code::kInternal, "qemu closed its monitor"};
      received_.append(block.data(), static_cast<std::size_t>(count));
    }
    const auto end = received_.find('\n');
    std::string line = received_.substr(0, end);
    received_.erase(0, end + 1);
    return line;
  }

  UniqueFd socket_;
  std::string received_;
  Clock::time_point deadline_ = Clock::now() + kBudget;
};

// qemu has handed all over to the compressor, which may need a while.
Status AwaitFile(const std::string& path) {
  const auto deadline = Clock::now() + kBudget;
  while (access(path.c_str(), F_OK) != 0) {
    if (Clock::now() > deadline) return Error{Code::kTimeout, "writing " + Quoted(path) + " took too long"};
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return {};
}

}  // namespace

Status SaveState(const std::string& monitor, const std::string& path) {
  TRY_LET(UniqueFd socket, ConnectTo(monitor, SOCK_STREAM));
  Monitor qemu(std::move(socket));
  TRY(qemu.AwaitLine("\"QMP\""));
  TRY(qemu.Execute(R"({"execute":"qmp_capabilities"})"));
  TRY(qemu.Execute(
      R"({"execute":"migrate-set-capabilities","arguments":{"capabilities":[{"capability":"events","state":true}]}})"));
  TRY(qemu.Execute(R"({"execute":"migrate","arguments":{"uri":"exec:zstd -q -T2 > ')" + path +
                   ".part' && mv '" + path + ".part' '" + path + "'\"}}"));
  TRY(qemu.AwaitLine("\"completed\""));
  return AwaitFile(path);
}

}  // namespace dockerext::guest
