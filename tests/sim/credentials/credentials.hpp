// SPDX-License-Identifier: MIT
// The credentials of client and server in the layout of ~/.docker, generated once and reused: ca.pem,
// cert.pem and key.pem (of the client), ca-key.pem, server-cert.pem, server-key.pem. An existing file is
// never replaced.
#pragma once

#include <string>
#include <vector>

#include "handler/base/result.hpp"
#include "handler/base/secret.hpp"
#include "tests/sim/contract/python_json.hpp"

namespace dockerext::credentials {

// k2014: as the client of that year generated them: one subject (CN=*) for all, an X.509 v1 server
// certificate that names no host, RSA 2048, keys in PKCS #1.
enum class Style { kModern, k2014 };

struct HostNames {
  std::vector<std::string> all;       // in a new server certificate; the first is the one to connect to
  std::vector<std::string> required;  // those that an existing set's certificate must name
};

// The server's half: the content of protected settings.
struct ServerCredentials {
  std::string ca;
  std::string certificate;
  Secret key;
  bool made = false;  // generated now, not found
};

// A set that is incomplete, expired, inconsistent, of the other style or for other hosts is an error with
// a remedy.
Result<ServerCredentials> MakeOrReuseCredentials(const std::string& folder, Style style,
                                                 const HostNames& hosts);

// certs.{ca,cert,key} of 2015, or ca, server-cert, server-key of 2014; base64 of PEM.
Secret RenderProtected(const ServerCredentials& credentials, Style style);

// The default port.
inline constexpr const char* kDefaultPort = "4243";

// {"docker":{"port":"4243"}} or {"dockerport":"4243"}.
contract::Json DefaultPublicSettings(Style style, const std::string& port);

}  // namespace dockerext::credentials
