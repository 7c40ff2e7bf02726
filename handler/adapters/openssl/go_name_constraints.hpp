// SPDX-License-Identifier: MIT
// A CA's name constraints, as Go's crypto/x509 reads them (parseNameConstraintsExtension). Private to this
// room.
#pragma once

#include <string_view>

namespace dockerext {

struct NameConstraintsOfGo {
  bool are_read = false;
  bool are_known = true;  // all are of DNS names, IP addresses, addresses of mail and hosts of URIs
};

// Of the extension's value, in DER.
NameConstraintsOfGo ReadNameConstraintsAsGo(std::string_view value);

}  // namespace dockerext
