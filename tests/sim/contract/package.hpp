// SPDX-License-Identifier: MIT
// What a ZIP says of itself in manifest.xml, the file (ExtensionImage) that an extension is published with:
// publisher, type and version, from which the agent's folder names follow.
#pragma once

#include <string>
#include <string_view>

#include "handler/base/result.hpp"
#include "tests/sim/contract/layout.hpp"

namespace dockerext::contract {

Result<HandlerId> ParsePublishedManifest(std::string_view xml);

Result<HandlerId> ReadPackageId(const std::string& zip);

// Under which name the agent downloads it: Publisher.Type__1.0.0.zip.
std::string PackageFileName(const HandlerId& id);

// Both become part of a folder's name that the shell meets unquoted: letters, digits, '.' and, in
// names, '-' and '_'; nothing else.
Status CheckHandlerId(const HandlerId& id);

}  // namespace dockerext::contract
