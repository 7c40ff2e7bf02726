// SPDX-License-Identifier: MIT
// Finds private keys in a text, in whatever form people send them: PEM, DER in base64, PKCS#12, encoded
// twice, in a URL, as UTF-16, behind a prefix. Judged by their shape, so that a random token is none. Private
// to this room.
#pragma once

#include <string_view>

namespace dockerext {

bool HoldsPrivateKey(std::string_view text);

}  // namespace dockerext
