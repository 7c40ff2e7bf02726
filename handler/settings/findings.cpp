// SPDX-License-Identifier: MIT
#include "handler/settings/findings.hpp"

namespace dockerext {

std::string FormatFindings(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    if (!text.empty()) text += "; ";
    text += finding.path + " " + finding.message;
  }
  return text;
}

}  // namespace dockerext
