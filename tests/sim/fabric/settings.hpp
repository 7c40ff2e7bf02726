// SPDX-License-Identifier: MIT
// The settings that an order brings, as the agent gets them; protected ones are encrypted to the tenant's
// certificate, which is made when there is none, unless the order wants another one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/guest/arguments.hpp"
#include "tests/sim/fabric/store.hpp"

namespace dockerext::fabric {

// The options that say what the settings are: "--public=", ...
std::vector<std::string_view> SettingsOptions();

// None where no such option is given: no settings at all.
Result<std::optional<std::string>> ReadSettings(const Store& store, const guest::Arguments& arguments);

// A new tenant certificate, and these extensions' settings encrypted to it.
Status RenewTenant(const Store& store, std::vector<Extension>& extensions);

}  // namespace dockerext::fabric
