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

std::vector<std::string> TextsOf(const std::vector<DockerOption>& options) {
  std::vector<std::string> texts;
  texts.reserve(options.size());
  for (const DockerOption& option : options) texts.push_back(option.text);
  return texts;
}

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
