// SPDX-License-Identifier: MIT
// The OpenPGP keys that sign Docker's own repositories: public data, embedded at build time from
// handler/distro/keys. A test holds their fingerprints.
#pragma once

#include <string_view>

namespace dockerext {

// https://download.docker.com/linux/debian/gpg, and https://download.docker.com/linux/rhel/gpg
extern const std::string_view kDockerDebKey;
extern const std::string_view kDockerRpmKey;

}  // namespace dockerext
