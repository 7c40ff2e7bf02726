// SPDX-License-Identifier: MIT
#include "handler/adapters/openssl/go_url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace dockerext {
namespace {

constexpr auto kNone = std::string_view::npos;

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool IsHex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

// Each "%" is followed by two hexadecimal digits.
bool IsEscaped(std::string_view text) {
  for (auto at = text.find('%'); at != kNone; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !IsHex(text[at + 1]) || !IsHex(text[at + 2])) return false;
  }
  return true;
}

bool IsOf(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [&](char c) { return IsAlphanumeric(c) || others.find(c) != kNone; });
}

// crypto/x509 wants labels, none of them empty; escaped may be "%" alone.
bool IsHost(std::string_view host) {
  for (auto at = host.find('%'); at != kNone; at = host.find('%', at + 1)) {
    if (host.substr(at, 3) != "%25") return false;
  }
  const bool has_empty_label = host.starts_with('.') || host.ends_with('.') || host.find("..") != kNone;
  return !has_empty_label && IsOf(host, "-_.~!$&'()*+,;=:[]<>\"%");
}

bool IsPort(std::string_view text) {
  return text.empty() || (text.front() == ':' &&
                          std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; }));
}

// With a zone behind "%25".
bool IsIpv6(std::string_view address) {
  const auto zone = std::min(address.find("%25"), address.size());
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET6, std::string(address.substr(0, zone)).c_str(), bytes.data()) == 1 &&
         IsHost(address.substr(zone));
}

bool IsAuthority(std::string_view authority) {
  const auto at = authority.rfind('@');
  const std::string_view host = at == kNone ? authority : authority.substr(at + 1);
  const std::string_view user = at == kNone ? std::string_view() : authority.substr(0, at);
  if (!IsOf(user, "-._:~!$&'()*+,;=%@") || !IsEscaped(user)) return false;
  if (host.starts_with('[')) {
    const auto end = host.rfind(']');
    return end != kNone && IsPort(host.substr(end + 1)) && IsIpv6(host.substr(1, end - 1));
  }
  const auto colon = host.rfind(':');
  if (colon != kNone && !IsPort(host.substr(colon))) return false;
  return IsHost(host);
}

// The scheme is removed from the front of `url`.
enum class Scheme { kAbsent, kPresent, kMalformed };
Scheme TakeScheme(std::string_view& url) {
  const auto end = std::ranges::find_if(
      url, [](char c) { return !IsAlphanumeric(c) && std::string_view("+-.").find(c) == kNone; });
  if (url.starts_with(':')) return Scheme::kMalformed;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool begins = !url.empty() && IsAlphanumeric(url.front()) && !is_digit(url.front());
  if (!begins || end == url.end() || *end != ':') return Scheme::kAbsent;
  url.remove_prefix(static_cast<std::size_t>(end - url.begin()) + 1);
  return Scheme::kPresent;
}

}  // namespace

bool IsUrlOfGo(std::string_view url) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; };
  const auto fragment = url.find('#');
  if (fragment != kNone && !IsEscaped(url.substr(fragment + 1))) return false;
  url = url.substr(0, fragment);
  if (std::ranges::any_of(url, is_control)) return false;
  const Scheme scheme = TakeScheme(url);
  if (scheme == Scheme::kMalformed) return false;
  url = url.substr(0, url.find('?'));
  if (!url.starts_with('/')) {
    const bool is_opaque = scheme == Scheme::kPresent;
    return is_opaque || (url.substr(0, url.find('/')).find(':') == kNone && IsEscaped(url));
  }
  if (!url.starts_with("//") || (scheme == Scheme::kAbsent && url.starts_with("///"))) return IsEscaped(url);
  url.remove_prefix(2);
  const auto path = std::min(url.find('/'), url.size());
  return IsAuthority(url.substr(0, path)) && IsEscaped(url.substr(path));
}

}  // namespace dockerext
