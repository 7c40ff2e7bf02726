// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/control.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <algorithm>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/process.hpp"

namespace dockerext::guest {
namespace {

constexpr std::size_t kLongestPacket = 16384;
constexpr std::chrono::milliseconds kClientBudget{1000};

UniqueFd MakeSocket(int type) { return UniqueFd(socket(AF_UNIX, type | SOCK_CLOEXEC, 0)); }

// bind or connect.
template <class Call>
Status WithAddress(const std::string& path, Call call) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path))
    return Error{Code::kInternal, Quoted(path) + " is too long for the path of a socket"};
  std::ranges::copy(path, std::begin(address.sun_path));
  // NOLINTNEXTLINE: the sockets API requires this cast
  if (call(reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return {};
  return ErrnoError("the socket " + Quoted(path));
}

Status Send(const UniqueFd& socket, std::string_view text) {
  if (send(socket.get(), text.data(), std::min(text.size(), kLongestPacket), MSG_NOSIGNAL) < 0) {
    return ErrnoError("sending to the guest's supervisor");
  }
  return {};
}

// An empty packet: the peer has closed the connection.
Result<std::string> Receive(const UniqueFd& socket, std::chrono::milliseconds budget) {
  if (!WaitReadable(socket.get(), budget)) return Error{Code::kTimeout, "no packet in time"};
  std::string text(kLongestPacket, '\0');
  const ssize_t count = recv(socket.get(), text.data(), text.size(), 0);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

}  // namespace

Result<UniqueFd> ListenAt(const std::string& path, int type) {
  UniqueFd listener = MakeSocket(type);
  TRY(WithAddress(path, [&](const sockaddr* a, socklen_t size) { return bind(listener.get(), a, size); }));
  if (listen(listener.get(), 16) != 0) return ErrnoError("listening at " + Quoted(path));
  return listener;
}

Result<UniqueFd> ConnectTo(const std::string& path, int type) {
  UniqueFd socket = MakeSocket(type);
  TRY(WithAddress(path, [&](const sockaddr* a, socklen_t size) { return connect(socket.get(), a, size); }));
  return socket;
}

Result<SupervisorRequest> AcceptRequest(const UniqueFd& listener) {
  UniqueFd client(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!client) return ErrnoError("accepting a request");
  TRY_LET(std::string text, Receive(client, kClientBudget));
  return SupervisorRequest{std::move(client), std::move(text)};
}

void Answer(const UniqueFd& client, const Status& status) {
  // A client that has gone away does not affect the guest.
  static_cast<void>(Send(client, status.ok() ? "ok" : status.error().Message()));
}

Status Ask(const std::string& path, std::string_view request, std::chrono::seconds budget) {
  TRY_LET(const UniqueFd socket, ConnectTo(path));
  TRY(Send(socket, request));
  return AwaitAnswer(socket, budget);
}

Status AwaitAnswer(const UniqueFd& socket, std::chrono::seconds budget) {
  const Result<std::string> answer = Receive(socket, budget);
  if (!answer.ok()) {
    return Error{Code::kTimeout,
                 "the guest's supervisor did not answer within " + std::to_string(budget.count()) + " s"};
  }
  if (*answer == "ok") return {};
  return Error{Code::kInternal, answer->empty() ? "the guest's supervisor was killed" : *answer};
}

}  // namespace dockerext::guest
