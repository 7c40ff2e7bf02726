// SPDX-License-Identifier: MIT
// Whether the numbers of a private key belong together, as far as dockerd asks. Private to this room.
#pragma once

#include <openssl/evp.h>

namespace dockerext {

// OpenSSL takes each number as it is written. Go makes the point of an EC key anew from its secret number,
// and of an RSA key it wants that the primes' product is the modulus and that the two exponents undo each
// other; what only makes it faster (the remainders and the coefficient) it computes anew. No test for primes,
// which would take a second.
bool IsWhole(EVP_PKEY* key);

}  // namespace dockerext
