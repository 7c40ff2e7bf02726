// SPDX-License-Identifier: MIT
#include "handler/settings/findings.hpp"

namespace dockerext {

std::string FormatFindings(const std::vector<Finding>& findings) {
  std::string sentence;
  for (const Finding& finding : findings) {
    if (!sentence.empty()) sentence += "; ";
    sentence += finding.path + " " + finding.message;
  }
  return sentence;
}

}  // namespace dockerext
