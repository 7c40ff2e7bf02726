// SPDX-License-Identifier: MIT
// The protocol between a command and a running supervisor: one request and one answer, each a packet. An
// answer is "ok" or an error message.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <string>

#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/result.hpp"
#include "tests/e2e/guest/errno_error.hpp"

namespace dockerext::guest {

constexpr std::string_view kReboot = "reboot";
constexpr std::string_view kPowerCut = "power-cut";  // both: an offset of the clock may follow a blank
constexpr std::string_view kSave = "save ";          // a folder follows

// Sockets of the file system, of packets unless told otherwise.
Result<UniqueFd> ListenAt(const std::string& path, int type = SOCK_SEQPACKET);
Result<UniqueFd> ConnectTo(const std::string& path, int type = SOCK_SEQPACKET);

// The next client and its request. Waits a bounded time, since a client may send nothing.
struct SupervisorRequest {
  UniqueFd client;
  std::string text;
};
Result<SupervisorRequest> AcceptRequest(const UniqueFd& listener);

void Answer(const UniqueFd& client, const Status& status);

Status Ask(const std::string& path, std::string_view request, std::chrono::seconds budget);
Status AwaitAnswer(const UniqueFd& socket, std::chrono::seconds budget);

}  // namespace dockerext::guest
