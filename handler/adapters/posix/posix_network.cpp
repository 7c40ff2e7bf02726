// SPDX-License-Identifier: MIT
#include "handler/adapters/posix/posix_network.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>

#include "handler/adapters/posix/system_error.hpp"
#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

// A row of /proc/net/tcp is "  0: 00000000:1093 00000000:0000 0A ...": ports in hex, state 0A is LISTEN.
bool Listens(const std::string& row, const std::string& port_suffix) {
  std::vector<std::string> fields;
  for (std::string& field : Split(Trim(row), ' ')) {
    if (!field.empty()) fields.push_back(std::move(field));
  }
  return fields.size() > 3 && fields[1].ends_with(port_suffix) && fields[3] == "0A";
}

Status BindTo(std::uint16_t port) {
  const std::string doing = "binding port " + std::to_string(port);
  const UniqueFd fd(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return SystemError(doing);
  const int off = 0;
  const int on = 1;
  // The options of Go's listeners: dual stack, and no failure because of connections in TIME_WAIT.
  if (setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0) return SystemError(doing);
  if (setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return SystemError(doing);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  sockaddr generic{};
  static_assert(sizeof address >= sizeof generic);
  // A cast through void*, as the socket API requires.
  const void* pointer = &address;
  if (bind(fd.get(), static_cast<const sockaddr*>(pointer), sizeof address) != 0) return SystemError(doing);
  return {};
}

// For machines without IPv6, where dual stack is impossible.
Status BindToIpv4(std::uint16_t port) {
  const std::string doing = "binding port " + std::to_string(port);
  const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return SystemError(doing);
  const int on = 1;
  if (setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return SystemError(doing);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  const void* pointer = &address;
  if (bind(fd.get(), static_cast<const sockaddr*>(pointer), sizeof address) != 0) return SystemError(doing);
  return {};
}

}  // namespace

Result<bool> PosixNetwork::IsListening(std::uint16_t port) {
  std::array<char, 8> hex{};
  std::snprintf(hex.data(), hex.size(), ":%04X", port);
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const auto text = files_.Read(table, Files::kReadLimit);
    if (!text.ok() && text.error().code == Code::kNotFound) continue;
    if (!text.ok()) return text.error();
    for (const std::string& row : Split(*text, '\n')) {
      if (Listens(row, hex.data())) return true;
    }
  }
  return false;
}

Result<bool> PosixNetwork::IsFree(std::uint16_t port) {
  // SO_REUSEADDR lets two sockets bind to one port while neither listens, so listeners are checked as well.
  TRY_LET(const bool listening, IsListening(port));
  if (listening) return false;
  Status bound = BindTo(port);
  if (!bound.ok() && errno == EAFNOSUPPORT) bound = BindToIpv4(port);
  if (bound.ok()) return true;
  if (errno == EADDRINUSE) return false;
  return std::move(bound).error();
}

}  // namespace dockerext
