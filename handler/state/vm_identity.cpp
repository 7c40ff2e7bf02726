// SPDX-License-Identifier: MIT
#include "handler/state/vm_identity.hpp"

#include <algorithm>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

// Reverses the bytes within each of a UUID's first three fields; returns any other text unchanged.
std::string SwapFields(const std::string& uuid) {
  auto fields = Split(uuid, '-');
  if (fields.size() != 5) return uuid;
  for (std::size_t i = 0; i < 3; ++i) {
    std::string swapped;
    for (std::size_t end = fields[i].size(); end >= 2; end -= 2) swapped += fields[i].substr(end - 2, 2);
    fields[i] = swapped;
  }
  return Join(fields, "-");
}

}  // namespace

std::string VmIdentity(Files& files) {
  for (const char* path : {"/sys/class/dmi/id/product_uuid", "/etc/machine-id"}) {
    const auto text = files.Read(path);
    if (!text.ok()) continue;
    std::string identity = LowerCase(Trim(*text));
    if (identity.find_first_not_of("0-") != std::string::npos) return identity;
  }
  return {};
}

bool SameVm(const std::string& a, const std::string& b) { return a == b || SwapFields(a) == b; }

}  // namespace dockerext
