// SPDX-License-Identifier: MIT
#include "tests/sim/contract/versions.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "handler/base/text.hpp"

namespace dockerext::contract {
namespace {

Result<std::vector<std::uint64_t>> Numbers(std::string_view version) {
  std::vector<std::uint64_t> numbers;
  for (const std::string& part : Split(version, '.')) {
    const auto number = ParseUnsigned(part);
    if (!number) {
      return Error{Code::kInvalidSettings,
                   "the version " + Quoted(version) + " cannot be compared: use numbers with dots, as 1.0.0"};
    }
    numbers.push_back(*number);
  }
  return numbers;
}

bool IsOlder(const HandlerId& left, const HandlerId& right) {
  const auto compared = CompareVersions(left.version, right.version);
  return compared.ok() && *compared < 0;
}

}  // namespace

Result<std::strong_ordering> CompareVersions(std::string_view left, std::string_view right) {
  TRY_LET(std::vector<std::uint64_t> left_numbers, Numbers(left));
  TRY_LET(std::vector<std::uint64_t> right_numbers, Numbers(right));
  const std::size_t size = std::max(left_numbers.size(), right_numbers.size());
  left_numbers.resize(size);
  right_numbers.resize(size);
  return left_numbers <=> right_numbers;
}

std::optional<HandlerId> InstalledVersion(const std::string& lib, const std::string& name) {
  std::optional<HandlerId> latest;
  for (const HandlerId& id : HandlersIn(lib)) {
    if (id.name != name || !IsInstalled(ReadHandlerState(Layout(lib, "", id)))) continue;
    if (!latest || IsOlder(*latest, id)) latest = id;
  }
  return latest;
}

}  // namespace dockerext::contract
