// SPDX-License-Identifier: MIT
// The text of config/N.settings: Python's json.dumps of one runtimeSettings element with all three keys; an
// absent part is null. From WALinuxAgent's exthandlers.py.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tests/sim/contract/envelope.hpp"
#include "tests/sim/contract/python_json.hpp"

namespace dockerext::contract {

struct SettingsDocument {
  Json public_settings;  // null: absent
  std::optional<Sealed> protected_settings;
};

std::string RenderSettings(const SettingsDocument& document);

// None when the text is not such a document; this includes the empty text that means no settings.
std::optional<SettingsDocument> ParseSettings(std::string_view text);

}  // namespace dockerext::contract
