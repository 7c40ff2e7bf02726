// SPDX-License-Identifier: MIT
// What a ZIP says of itself in manifest.xml, the file that an extension is published with: publisher, type
// and version, from which the agent's folder names follow.
#pragma once

#include <string>
#include <string_view>

#include "handler/base/result.hpp"
#include "tests/harness/layout.hpp"

namespace dockerext::harness {

Result<HandlerId> ParsePublishedManifest(std::string_view xml);

Result<HandlerId> ReadPackageId(const std::string& zip);

// Both become part of a folder's name that the shell meets unquoted: letters, digits, '.' and, in
// names, '-' and '_'; nothing else.
Status CheckHandlerId(const HandlerId& id);

}  // namespace dockerext::harness
