// SPDX-License-Identifier: MIT
#include "handler/settings/findings.hpp"

#include "handler/base/text.hpp"
#include "handler/errors/error_row.hpp"

namespace dockerext {
namespace {

Error AsError(const Finding& finding) {
  return Error{.code = Code::kInvalidSettings,
               .what = finding.path + " " + finding.what,
               .where = finding.path,
               .remedy = finding.remedy,
               .owner = Owner::kSettingsAuthor};
}

}  // namespace

std::string Finding::Message() const { return AsError(*this).Message(); }

std::string FormatFindings(const std::vector<Finding>& findings) {
  std::vector<std::string> messages;
  messages.reserve(findings.size());
  for (const Finding& finding : findings) messages.push_back(finding.Message());
  return Join(messages, "; ");
}

Error InvalidSettings(const std::vector<Finding>& errors) {
  std::vector<Error> all;
  all.reserve(errors.size());
  for (const Finding& error : errors) all.push_back(AsError(error));
  return Joined(all);
}

}  // namespace dockerext
