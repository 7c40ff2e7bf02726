// SPDX-License-Identifier: MIT
// This machine's own addresses, without a resolver: a static program must not resolve names with libc.
#pragma once

#include <string>
#include <vector>

namespace dockerext::credentials {

// Of interfaces that are up: IPv4 before IPv6, without loopback and link-local addresses.
std::vector<std::string> OwnAddresses();

}  // namespace dockerext::credentials
