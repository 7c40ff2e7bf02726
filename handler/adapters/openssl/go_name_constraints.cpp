// SPDX-License-Identifier: MIT
#include "handler/adapters/openssl/go_name_constraints.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "handler/adapters/openssl/der.hpp"

namespace dockerext {
namespace {

using std::string_view;

bool IsGraphic(string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

// domainToReverseLabels, with a dot in front of it or without one.
bool IsDomain(string_view domain) {
  if (domain.starts_with('.')) domain.remove_prefix(1);
  return IsGraphic(domain) && !domain.ends_with('.') && domain.find("..") == string_view::npos;
}

// parseRFC2821Mailbox; of what stands in quotes it is as strict as outside of them.
bool IsMailbox(string_view text) {
  const auto at = text.rfind('@');
  const string_view local = text.substr(0, at);
  return !local.empty() && !local.starts_with('.') && IsDomain(local) && IsDomain(text.substr(at + 1));
}

bool IsAddress(string_view text) {
  const std::string address(text);
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, address.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
}

// Ones, then zeros.
bool IsMask(string_view mask) {
  bool is_behind = false;
  for (const char c : mask) {
    const unsigned zeros = 0xFFU & ~static_cast<unsigned>(static_cast<unsigned char>(c));
    if ((zeros & (zeros + 1)) != 0 || (is_behind && zeros != 0xFF)) return false;
    is_behind = zeros != 0;
  }
  return true;
}

bool IsRead(const DerReader::Value& name, bool& is_known) {
  const std::size_t size = name.content.size();
  switch (name.tag) {
    case der::Context(1):
      return name.content.find('@') == string_view::npos ? IsDomain(name.content) : IsMailbox(name.content);
    case der::Context(2):
      return IsDomain(name.content);
    case der::Context(6):
      return !IsAddress(name.content) && IsDomain(name.content);
    case der::Context(7):
      return (size == 8 || size == 32) && IsMask(name.content.substr(size / 2));
    default:
      is_known = false;
      return true;
  }
}

bool AreRead(string_view subtrees, bool& are_known) {
  DerReader rest(subtrees);
  while (!rest.empty()) {
    const auto subtree = rest.Take(der::kSequence);
    const auto name = subtree ? DerReader(*subtree).TakeAny() : std::nullopt;
    if (!name || !IsRead(*name, are_known)) return false;
  }
  return true;
}

}  // namespace

NameConstraintsOfGo ReadNameConstraintsAsGo(string_view value) {
  DerReader outer(value);
  const auto content = outer.Take(der::kSequence);
  if (!content || !outer.empty()) return {};
  DerReader rest(*content);
  bool is_empty = true;
  NameConstraintsOfGo constraints{true};
  for (const unsigned char subtrees : {der::ContextOfValues(0), der::ContextOfValues(1)}) {
    if (!rest.IsNext(subtrees)) continue;
    const auto part = rest.Take(subtrees);
    if (!part || !AreRead(*part, constraints.are_known)) return {};
    is_empty = is_empty && part->empty();
  }
  if (is_empty || !rest.empty()) return {};
  return constraints;
}

}  // namespace dockerext
