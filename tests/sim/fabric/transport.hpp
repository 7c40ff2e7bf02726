// SPDX-License-Identifier: MIT
// Encrypts the tenant's key pair for the agent: a PFX without a password, for the transport certificate that
// the agent generates and sends with its request.
#pragma once

#include <string>
#include <string_view>

#include "handler/base/result.hpp"
#include "tests/sim/contract/envelope.hpp"

namespace dockerext::fabric {

// `transport_certificate`: base64 of DER. `cipher_name`: "DES_EDE3_CBC" or "AES128_CBC", as the agent
// requests. Returns base64 in lines.
Result<std::string> SealForAgent(const contract::TenantKey& tenant, std::string_view transport_certificate,
                                 std::string_view cipher_name);

}  // namespace dockerext::fabric
