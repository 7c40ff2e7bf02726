// SPDX-License-Identifier: MIT
// Whether a text is an OpenPGP public key in ASCII armor (RFC 9580), as package managers take it. It says
// nothing about who made the key, and verifies no signature.
#pragma once

#include <string>
#include <string_view>

namespace dockerext {

// Empty for an armored public key; otherwise what is wrong with it, after the setting's name: "is ...".
std::string FindKeyError(std::string_view armored);

// The packets of the armor's first block; empty when it is none.
std::string DearmoredKey(std::string_view armored);

// The body of the first packet, the primary key, when the packets are a public key's; else empty.
std::string PrimaryKeyBody(std::string_view packets);

inline constexpr std::string_view kPublicKeyBegin = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

}  // namespace dockerext
