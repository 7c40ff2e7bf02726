// SPDX-License-Identifier: MIT
// Renders the wire server's documents for the agent. Pure.
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

// `data`: base64, in lines of at most 76 characters, since the agent inserts it into an S/MIME message.
std::string CertificatesDocument(std::string_view data);

// The published versions of an extension and the addresses of their ZIPs.
std::string PackagesDocument(const GoalState& state, std::string_view name);

}  // namespace dockerext::fabric
