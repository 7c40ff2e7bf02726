// SPDX-License-Identifier: MIT
#include "handler/errors/error_row.hpp"

#include "handler/base/redact.hpp"

namespace dockerext {
namespace {

// The values may be others' texts: what hides secrets must not take our words behind an open quote for a part
// of one.
std::string Fill(std::string_view text, const std::string_view* values, std::size_t count) {
  std::vector<std::string> shown;
  shown.reserve(count);
  for (std::size_t i = 0; i < count; ++i) shown.push_back(Redacted(values[i]));
  std::string filled;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_place = text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}';
    const auto number = is_place ? static_cast<std::size_t>(text[i + 1] - '0') : count;
    if (number >= count) {
      filled += text[i];
      continue;
    }
    filled += shown[number];
    i += 2;
  }
  return filled;
}

}  // namespace

std::string_view NameOf(Owner owner) {
  switch (owner) {
    case Owner::kVmOwner:
      return "the VM's owner";
    case Owner::kSettingsAuthor:
      return "the author of the settings";
    case Owner::kCaller:
      return "who called it";
    case Owner::kPublisher:
      return "the extension's publisher";
  }
  return {};
}

Error MakeError(const ErrorRow& row, const std::string_view* values, std::size_t count) {
  return Error{.code = row.code,
               .what = Fill(row.what, values, count),
               .where = Fill(row.where, values, count),
               .remedy = Fill(row.remedy, values, count),
               .owner = row.owner};
}

Error Joined(const std::vector<Error>& errors) {
  Error joined = errors.front();
  if (errors.size() == 1) return joined;
  joined.remedy.clear();
  joined.what.clear();
  for (const Error& error : errors) joined.what += (joined.what.empty() ? "" : "; ") + error.Message();
  return joined;
}

}  // namespace dockerext
