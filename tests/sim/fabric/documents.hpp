// SPDX-License-Identifier: MIT
// The wire server's documents, as the agent reads them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "tests/sim/fabric/store.hpp"

namespace dockerext::fabric {

std::string VersionsDocument();
std::string GoalStateDocument(const GoalState& state);
std::string HostingEnvironmentDocument();
std::string SharedConfigDocument();
std::string ExtensionsConfigDocument(const GoalState& state);

// `data`: base64, in lines of at most 76 characters, since the agent makes an S/MIME message of it.
std::string CertificatesDocument(std::string_view data);

// The versions of an extension that are published, and where their ZIPs are.
std::string PackagesDocument(const GoalState& state, std::string_view name);

}  // namespace dockerext::fabric
