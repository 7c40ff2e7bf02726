// SPDX-License-Identifier: MIT
// How the tenant's key pair comes to the agent: a PFX without a password, encrypted to the certificate that
// the agent made for this and sends along when it asks.
#pragma once

#include <string>
#include <string_view>

#include "handler/base/result.hpp"
#include "tests/sim/contract/envelope.hpp"

namespace dockerext::fabric {

// `transport_certificate`: base64 of DER. `cipher_name`: as the agent asks, "DES_EDE3_CBC" or "AES128_CBC".
// Base64 in lines.
Result<std::string> SealForAgent(const contract::TenantKey& tenant, std::string_view transport_certificate,
                                 std::string_view cipher_name);

}  // namespace dockerext::fabric
