// SPDX-License-Identifier: MIT
// The text of config/N.settings: Python's json.dumps of one runtimeSettings element with all three keys, an
// absent part null. From WALinuxAgent's exthandlers.py.
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

// Nothing where the text is not such a document; empty, as without settings, is none.
std::optional<SettingsDocument> ParseSettings(std::string_view text);

}  // namespace dockerext::contract
