// SPDX-License-Identifier: MIT
// The extensions of a certificate, as Go's crypto/x509 reads them (processExtensions of parser.go): those of
// Go 1.19 and of Go 1.24, and where the two differ as the stricter one, since either may have compiled the
// VM's dockerd. Private to this room.
#pragma once

#include <openssl/x509.h>

#include <string>

namespace dockerext {

struct ExtensionsOfGo {
  std::string why_refused;  // "its extension X509v3 Key Usage is malformed"
  bool has_unknown_critical =
      false;                // UnhandledCriticalExtensions: no chain with this certificate is verified
  bool names_host = false;  // a DNS name or an IP address among the alternative names
};

// None of a certificate that is not of version 3: Go does not look at them.
ExtensionsOfGo ReadExtensionsAsGo(const X509* certificate);

}  // namespace dockerext
