// SPDX-License-Identifier: MIT
// Makes and checks one set of credentials in memory; accesses no file.
#pragma once

#include <string>
#include <vector>

#include "handler/base/result.hpp"
#include "handler/base/secret.hpp"
#include "tests/sim/contract/x509.hpp"
#include "tests/sim/credentials/credentials.hpp"

namespace dockerext::credentials {

struct CredentialSet {
  std::string ca;
  Secret ca_key;
  std::string server_certificate;
  Secret server_key;
  std::string client_certificate;
  Secret client_key;
};

// The server certificate names all of `hosts` (2014: none).
Result<CredentialSet> MakeSet(Style style, const std::vector<std::string>& hosts);

// Readable, with matching keys, issued by the CA, not expired, of this style, for these hosts (2014: any).
Status CheckSet(const CredentialSet& set, Style style, const std::vector<std::string>& hosts);

bool IsAddress(const std::string& host);

}  // namespace dockerext::credentials
