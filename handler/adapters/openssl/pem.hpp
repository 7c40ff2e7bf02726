// SPDX-License-Identifier: MIT
// Converts PEM texts to OpenSSL's objects: those of the settings as dockerd reads them, those of the VM as
// OpenSSL does. Errors never quote the input. Private to this room.
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

// All certificates, in the text's order. Other text is skipped; a certificate that dockerd would refuse, or
// pass over without a word, is an error.
Result<std::vector<X509Ptr>> ReadCertificates(const std::string& pem);

// The first private key. An encrypted key is an error, never a password prompt.
Result<KeyPtr> ReadPrivateKey(const Secret& pem);

// The first certificate, and the first private key, of the VM.
Result<X509Ptr> ReadVmCertificate(const std::string& pem);
Result<KeyPtr> ReadVmKey(const Secret& pem);

// Empties OpenSSL's error queue and returns its reasons, joined by commas; they never contain input data.
std::string TakeReasons();

}  // namespace dockerext
