// SPDX-License-Identifier: MIT
#include "handler/adapters/posix/posix_network.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <set>
#include <tuple>

#include "handler/adapters/posix/system_error.hpp"
#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/handle.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

struct Row {
  Listener listener;
  unsigned long inode = 0;
};

// Words of 32 bits in hex, each in the byte order of this machine: one for IPv4, four for IPv6.
std::string AddressOf(std::string_view hex) {
  std::array<std::uint32_t, 4> words{};
  const std::size_t count = std::min(hex.size() / 8, words.size());
  for (std::size_t i = 0; i < count; ++i) {
    std::from_chars(hex.data() + i * 8, hex.data() + i * 8 + 8, words.at(i), 16);
  }
  const bool is_ipv6 = count == words.size();
  const bool is_mapped = is_ipv6 && words[0] == 0 && words[1] == 0 && words[2] == htonl(0xFFFF);
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_ipv6 && !is_mapped ? AF_INET6 : AF_INET, is_mapped ? &words[3] : words.data(), text.data(),
            text.size());
  return text.data();
}

// Appends the LISTEN rows of /proc/net/tcp or tcp6: "  0: 00000000:1093 00000000:0000 0A ...". The kernel
// lists all that listens before the connections (tcp_get_idx; up to Linux 4.3 with half-open ones, 03,
// between them), so that the rest of the table, which may be long, is not read. A missing table has no rows.
Status ReadListening(const char* table, std::vector<Row>& rows) {
  constexpr unsigned kListen = 0x0A;
  constexpr unsigned kHalfOpen = 0x03;
  const Handle<FILE, fclose> file(fopen(table, "re"));
  if (!file) return errno == ENOENT ? Status() : SystemError("opening", table);
  std::array<char, 512> line{};
  while (fgets(line.data(), line.size(), file.get()) != nullptr) {
    std::array<char, 33> address{};
    unsigned state = 0;
    Row row;
    const int read = sscanf(line.data(), " %*d: %32[0-9A-F]:%hx %*s %x %*s %*s %*s %*s %*s %lu",
                            address.data(), &row.listener.port, &state, &row.inode);
    if (read != 4 || state == kHalfOpen) continue;  // not four: the heading
    if (state != kListen) break;
    row.listener.address = AddressOf(address.data());
    rows.push_back(std::move(row));
  }
  if (ferror(file.get()) != 0) return SystemError("reading", table);
  return {};
}

Result<std::vector<Row>> Listening() {
  std::vector<Row> rows;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) TRY(ReadListening(table, rows));
  return rows;
}

// Of the sockets that a process holds. A descriptor that is closed meanwhile is skipped.
Result<std::set<unsigned long>> SocketInodes(Files& files, std::uint32_t pid) {
  std::set<unsigned long> inodes;
  const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
  TRY_LET(const auto names, files.List(folder));
  for (const std::string& name : names) {
    std::array<char, 64> target{};
    unsigned long inode = 0;
    if (readlink((folder + "/" + name).c_str(), target.data(), target.size() - 1) > 0 &&
        sscanf(target.data(), "socket:[%lu]", &inode) == 1) {
      inodes.insert(inode);
    }
  }
  return inodes;
}

Status BindTo(std::uint16_t port) {
  const std::string where = "port " + std::to_string(port);
  const UniqueFd fd(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return SystemError("binding", where);
  const int off = 0;
  const int on = 1;
  // The options of Go's listeners: dual stack, and no failure because of connections in TIME_WAIT.
  if (setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0)
    return SystemError("binding", where);
  if (setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
    return SystemError("binding", where);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  sockaddr generic{};
  static_assert(sizeof address >= sizeof generic);
  // A cast through void*, as the socket API requires.
  const void* pointer = &address;
  if (bind(fd.get(), static_cast<const sockaddr*>(pointer), sizeof address) != 0)
    return SystemError("binding", where);
  return {};
}

// For machines without IPv6, where dual stack is impossible.
Status BindToIpv4(std::uint16_t port) {
  const std::string where = "port " + std::to_string(port);
  const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return SystemError("binding", where);
  const int on = 1;
  if (setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
    return SystemError("binding", where);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  const void* pointer = &address;
  if (bind(fd.get(), static_cast<const sockaddr*>(pointer), sizeof address) != 0)
    return SystemError("binding", where);
  return {};
}

}  // namespace

Result<bool> PosixNetwork::IsListening(std::uint16_t port) {
  TRY_LET(const auto rows, Listening());
  return std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row.listener.port == port; });
}

Result<std::vector<Listener>> PosixNetwork::ListenersOf(std::uint32_t pid) {
  const auto inodes = SocketInodes(files_, pid);
  if (!inodes.ok() && inodes.error().code == Code::kNotFound) return std::vector<Listener>();
  if (!inodes.ok()) return inodes.error();
  TRY_LET(const auto rows, Listening());
  std::vector<Listener> listeners;
  for (const Row& row : rows) {
    if (inodes->contains(row.inode)) listeners.push_back(row.listener);
  }
  std::sort(listeners.begin(), listeners.end(), [](const Listener& a, const Listener& b) {
    return std::tie(a.address, a.port) < std::tie(b.address, b.port);
  });
  listeners.erase(std::unique(listeners.begin(), listeners.end()), listeners.end());
  return listeners;
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
