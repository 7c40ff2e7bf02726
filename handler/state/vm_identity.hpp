// SPDX-License-Identifier: MIT
// Identifies this VM, so that a ledger from an image of another configured VM is not mistaken for this VM's.
#pragma once

#include <string>

#include "handler/ports/files.hpp"

namespace dockerext {

// DMI's product_uuid in lower case; where that is absent or all zero, the machine-id. Empty without either.
std::string VmIdentity(Files& files);

// Equal in either byte order: SMBIOS versions disagree on the byte order of a UUID's first three fields.
bool SameVm(const std::string& a, const std::string& b);

}  // namespace dockerext
