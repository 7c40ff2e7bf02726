// SPDX-License-Identifier: MIT
// The public CAs as this machine's distribution ships them. A CA that the owner added to the trust store is
// not among them: the package's own list of files is asked, and no list of ours.
#pragma once

#include <set>
#include <string>

#include "handler/ports/crypto.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

// The fingerprints (CertificateFacts::sha256); none where the package is not installed.
std::set<std::string> PublicAuthorities(Files& files, Crypto& crypto);

}  // namespace dockerext
