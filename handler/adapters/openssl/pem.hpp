// SPDX-License-Identifier: MIT
// PEM texts to OpenSSL's objects. Private to this room; errors never quote what was given.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>
#include <string_view>
#include <vector>

#include "handler/base/handle.hpp"
#include "handler/base/result.hpp"
#include "handler/base/secret.hpp"

namespace dockerext {

using BioPtr = Handle<BIO, BIO_free_all>;
using KeyPtr = Handle<EVP_PKEY, EVP_PKEY_free>;
using X509Ptr = Handle<X509, X509_free>;

// A read-only view: the bytes must outlive it.
BioPtr ViewOf(std::string_view bytes);

// All certificates in the text's order. Anything else in the text is skipped, a damaged certificate is an
// error.
Result<std::vector<X509Ptr>> ReadCertificates(const std::string& pem);

// The first private key; an encrypted one is an error, never a question on the terminal.
Result<KeyPtr> ReadPrivateKey(const Secret& pem);

// OpenSSL's queue of errors, emptied, as one clause; it holds names of functions and reasons, no data.
std::string TakeReasons();

}  // namespace dockerext
