// SPDX-License-Identifier: MIT
// The client's and the server's credentials in ~/.docker layout, made once and used again: ca.pem, cert.pem
// and key.pem (the client's), ca-key.pem, server-cert.pem, server-key.pem. A file that is there is never
// replaced.
#pragma once

#include <string>
#include <vector>

#include "handler/base/result.hpp"
#include "handler/base/secret.hpp"
#include "tests/sim/contract/python_json.hpp"

namespace dockerext::credentials {

// k2014: as the client of that year made them: one subject (CN=*) for all, an X.509 v1 server certificate
// that names no host, RSA 2048, keys in PKCS #1.
enum class Style { kModern, k2014 };

struct HostNames {
  std::vector<std::string> all;  // what a new server certificate names; the first is the one to connect to
  std::vector<std::string> required;  // what the certificate of a set that is there must name
};

// The server's half: what protected settings carry.
struct ServerCredentials {
  std::string ca;
  std::string certificate;
  Secret key;
  bool made = false;  // now, rather than found
};

// A set that is incomplete, expired, inconsistent, of the other style or for other hosts is an error that
// says what to do.
Result<ServerCredentials> MakeOrReuseCredentials(const std::string& folder, Style style,
                                                 const HostNames& hosts);

// certs.{ca,cert,key} of 2015, or ca, server-cert, server-key of 2014; base64 of PEM.
Secret RenderProtected(const ServerCredentials& credentials, Style style);

// Where the extension's Docker listens, where nobody says otherwise.
inline constexpr const char* kDefaultPort = "4243";

// {"docker":{"port":"4243"}} or {"dockerport":"4243"}.
contract::Json DefaultPublicSettings(Style style, const std::string& port);

}  // namespace dockerext::credentials
