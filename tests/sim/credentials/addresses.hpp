// SPDX-License-Identifier: MIT
// This machine's own addresses, without a resolver: a static program must not ask libc for names.
#pragma once

#include <string>
#include <vector>

namespace dockerext::credentials {

// Of interfaces that are up: IPv4 before IPv6, loopback and link-local left out.
std::vector<std::string> OwnAddresses();

}  // namespace dockerext::credentials
