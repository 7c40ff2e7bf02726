// SPDX-License-Identifier: MIT
// Reads the settings of every generation (2014, 2015-2018 and this extension's) into one DesiredState. Pure:
// text in, values and findings out. No finding quotes a value of the protected settings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "handler/base/secret.hpp"
#include "handler/settings/desired_state.hpp"
#include "handler/settings/findings.hpp"

namespace dockerext {

struct SettingsReading {
  DesiredState desired;  // meaningful only without errors
  Findings findings;
  // Of certificate values with errors, those without one, which have others perhaps; what has one is empty.
  std::optional<TlsMaterial> remains_of_tls = std::nullopt;
  bool none = false;  // neither public nor protected settings were given, not even `{}`
};

// Both texts are JSON objects; an empty text or JSON null is "no settings".
SettingsReading ReadSettings(const std::string& public_text, const Secret& protected_text);

// The keys that are read, as dotted paths ("docker.port"): the published schemas must list the same.
std::vector<std::string> KnownPublicKeys();
std::vector<std::string> KnownProtectedKeys();

}  // namespace dockerext
