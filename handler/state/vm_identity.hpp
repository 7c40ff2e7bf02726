// SPDX-License-Identifier: MIT
// Which VM this is, so that what an image captured from a configured VM remembers is not taken for this
// one's.
#pragma once

#include <string>

#include "handler/ports/files.hpp"

namespace dockerext {

// DMI's product_uuid, lower case; where that is absent or all zero, the machine-id. Empty when there is
// neither.
std::string VmIdentity(Files& files);

// Equal in either byte order: SMBIOS versions disagree on that of a UUID's first three fields.
bool SameVm(const std::string& a, const std::string& b);

}  // namespace dockerext
