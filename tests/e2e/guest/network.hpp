// SPDX-License-Identifier: MIT
// The network of a guest: its own namespace (192.0.2.2) and that of "another host" (192.0.2.1), joined by a
// veth pair. No packet reaches the network of this machine, and no interface appears on it.
#pragma once

#include "handler/base/result.hpp"

namespace dockerext::guest {

constexpr const char* kGuestAddress = "192.0.2.2";

// The mount point of the guest's namespace, in the supervisor's private /run.
constexpr const char* kGuestNetwork = "/run/guest-network";

// The interface of the other host. Must not be the name of an interface of this machine.
constexpr const char* kOuterInterface = "to-the-guest";

// The calling process stays in the namespace of the other host.
Status MakeNetwork();

// The same for a VM, which brings its own end: the other host's is a tap.
Status MakeNetworkForVm();

}  // namespace dockerext::guest
