// SPDX-License-Identifier: MIT
// A guest's world: its own network namespace (192.0.2.2) and that of "another host" (192.0.2.1), joined by a
// veth pair. No packet reaches this machine's network, and this machine sees no interface.
#pragma once

#include "handler/base/result.hpp"

namespace dockerext::guest {

constexpr const char* kGuestAddress = "192.0.2.2";

// Where the guest's namespace is mounted, in the supervisor's private /run.
constexpr const char* kGuestNetwork = "/run/guest-network";

// Leaves the calling process in the other host's namespace.
Status MakeNetwork();

}  // namespace dockerext::guest
