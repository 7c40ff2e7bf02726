// SPDX-License-Identifier: MIT
#include "handler/settings/desired_state.hpp"

#include <array>
#include <utility>

namespace dockerext {
namespace {

constexpr auto kPolicies = std::to_array<std::pair<std::string_view, UninstallPolicy>>({
    {"auto", UninstallPolicy::kAuto},
    {"keep", UninstallPolicy::kKeep},
    {"configuration", UninstallPolicy::kConfiguration},
    {"packages", UninstallPolicy::kPackages},
});

}  // namespace

std::string PolicyName(UninstallPolicy policy) {
  for (const auto& [name, known] : kPolicies) {
    if (known == policy) return std::string(name);
  }
  return "auto";
}

std::optional<UninstallPolicy> PolicyOf(const std::string& name) {
  for (const auto& [known, policy] : kPolicies) {
    if (known == name) return policy;
  }
  return std::nullopt;
}

}  // namespace dockerext
