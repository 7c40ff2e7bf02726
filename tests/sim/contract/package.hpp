// SPDX-License-Identifier: MIT
// Publisher, type and version of a ZIP, from its manifest.xml (ExtensionImage), the file that an extension is
// published with. The agent's folder names are made of them.
#pragma once

#include <string>
#include <string_view>

#include "handler/base/result.hpp"
#include "tests/sim/contract/layout.hpp"

namespace dockerext::contract {

Result<HandlerId> ParsePublishedManifest(std::string_view xml);

Result<HandlerId> ReadPackageId(const std::string& zip);

// The name under which the agent downloads it: Publisher.Type__1.0.0.zip.
std::string PackageFileName(const HandlerId& id);

// Both become part of a folder's name that the shell gets unquoted: only letters, digits, '.' and, in names,
// '-' and '_' are allowed.
Status CheckHandlerId(const HandlerId& id);

}  // namespace dockerext::contract
