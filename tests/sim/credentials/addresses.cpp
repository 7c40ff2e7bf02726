// SPDX-License-Identifier: MIT
#include "tests/sim/credentials/addresses.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

#include "handler/base/handle.hpp"

namespace dockerext::credentials {
namespace {

using InterfacesPtr = Handle<ifaddrs, freeifaddrs>;

std::string FormatAddress(int family, const void* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(family, bytes, text.data(), text.size()) == nullptr ? "" : text.data();
}

// A copy: ifaddrs declares every address as a plain sockaddr.
template <class Address>
Address As(const sockaddr* address) {
  Address copy{};
  std::memcpy(&copy, address, sizeof copy);
  return copy;
}

void Append(const ifaddrs& entry, std::vector<std::string>& four, std::vector<std::string>& six) {
  if (entry.ifa_addr == nullptr) return;
  if ((entry.ifa_flags & IFF_UP) == 0 || (entry.ifa_flags & IFF_LOOPBACK) != 0) return;
  if (entry.ifa_addr->sa_family == AF_INET) {
    const auto address = As<sockaddr_in>(entry.ifa_addr);
    four.push_back(FormatAddress(AF_INET, &address.sin_addr));
  } else if (entry.ifa_addr->sa_family == AF_INET6) {
    const auto address = As<sockaddr_in6>(entry.ifa_addr);
    const bool link_local = (address.sin6_addr.s6_addr[0] == 0xFE) && (address.sin6_addr.s6_addr[1] == 0x80);
    if (!link_local) six.push_back(FormatAddress(AF_INET6, &address.sin6_addr));
  }
}

}  // namespace

std::vector<std::string> OwnAddresses() {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return {};
  const InterfacesPtr interfaces(first);
  std::vector<std::string> four;
  std::vector<std::string> six;
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) Append(*at, four, six);
  four.insert(four.end(), six.begin(), six.end());
  return four;
}

}  // namespace dockerext::credentials
