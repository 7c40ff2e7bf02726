// SPDX-License-Identifier: MIT
// Errors and warnings about the settings, each with its JSON path, all of them at once.
#pragma once

#include <string>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext {

struct Finding {
  std::string path;         // "publicSettings.docker.port"
  std::string what;         // "must be a whole number from 1 to 65535, but is 0"; never a secret value
  std::string remedy = {};  // of an error: from its row of the table of errors

  // "publicSettings.docker.port must be ...; write ..."
  std::string Message() const;
};

struct Findings {
  std::vector<Finding> errors;
  std::vector<Finding> warnings;
};

// The findings' messages, joined by semicolons.
std::string FormatFindings(const std::vector<Finding>& findings);

// At least one error, as the error of the settings.
Error InvalidSettings(const std::vector<Finding>& errors);

}  // namespace dockerext
