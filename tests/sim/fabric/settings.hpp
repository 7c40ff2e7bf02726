// SPDX-License-Identifier: MIT
// Reads a command's settings and renders them for the agent; encrypts protected settings for the tenant's
// certificate, which is generated when there is none, or for an unknown one with --lost-certificate.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/guest/arguments.hpp"
#include "tests/sim/fabric/store.hpp"

namespace dockerext::fabric {

// The options for settings: "--public=", ...
std::vector<std::string_view> SettingsOptions();

// None without such an option: no settings at all.
Result<std::optional<std::string>> ReadSettings(const Store& store, const guest::Arguments& arguments);

// Replaces the tenant certificate, and encrypts these extensions' settings for the new one.
Status RenewTenant(const Store& store, std::vector<Extension>& extensions);

}  // namespace dockerext::fabric
