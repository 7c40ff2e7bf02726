// SPDX-License-Identifier: MIT
// Verifies a chain as Go does for dockerd: each CA of the pool is a trust anchor, whoever issued it. Private
// to this room.
#pragma once

#include <chrono>
#include <vector>

#include "handler/adapters/openssl/pem.hpp"

namespace dockerext {

// `chain` begins with the client's certificate.
bool IsAcceptedClient(const std::vector<X509Ptr>& chain, const std::vector<X509Ptr>& authorities,
                      std::chrono::system_clock::time_point now);

// Whether an authority has the name of the issuer of the chain's first certificate, and none of that name
// signed it.
bool HasNamesakeOfIssuer(const std::vector<X509Ptr>& chain, const std::vector<X509Ptr>& authorities);

}  // namespace dockerext
