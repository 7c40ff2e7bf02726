// SPDX-License-Identifier: MIT
// Errors of certificates and keys (53); each follows its JSON path. docs/certificates.md has them with the
// warnings.
#pragma once

#include "handler/errors/settings.hpp"

namespace dockerext::errors {

inline constexpr ErrorRow kCertificateUnreadable = OfSettings(
    "holds a certificate that cannot be read ({0})", "send the whole certificate as PEM or base64 of PEM",
    "a certificate that dockerd skips or refuses");
inline constexpr ErrorRow kCertificateRefused =
    OfSettings("holds a certificate that dockerd refuses ({0})",
               "issue a new one without that; a key of RSA 2048 or P-256 is always read",
               "a certificate that OpenSSL reads and Go does not");
inline constexpr ErrorRow kBlockLost = OfSettings(
    "holds a block whose BEGIN or END is damaged or missing, and which dockerd passes over, beside one that "
    "is "
    "whole",
    "send each block whole, from -----BEGIN to its -----END, as its tool wrote it",
    "`----BEGIN` with a dash lost, typographic dashes, DER behind PEM");
inline constexpr ErrorRow kNoCertificate =
    OfSettings("holds no certificate (-----BEGIN CERTIFICATE-----)", "send it as PEM or base64 of PEM",
               "a request, a key or another text");
inline constexpr ErrorRow kRevocationList = OfSettings(
    "holds a revocation list (X509 CRL), which dockerd does not read: clients that it revokes would be let "
    "in",
    "remove it", "a CRL behind the CA; issue a new CA where clients have to be kept out");
inline constexpr ErrorRow kKeyEncrypted =
    OfSettings("is a private key that is encrypted with a password, which dockerd cannot open",
               "send it decrypted (openssl pkey -in key.pem -out plain.pem)", "`ENCRYPTED PRIVATE KEY`");
inline constexpr ErrorRow kKeyCurveUnnamed = OfSettings(
    "is a private key on a curve that is written out instead of named, which dockerd does not read",
    "use RSA 2048 or P-256", "openssl ec -param_enc explicit");
inline constexpr ErrorRow kKeyIsOpenssh =
    OfSettings("is a private key in OpenSSH's own format, which dockerd does not read",
               "convert it to PEM (ssh-keygen -p -m PEM -f FILE)", "`OPENSSH PRIVATE KEY`");
inline constexpr ErrorRow kKeyDamaged =
    OfSettings("is a private key that is damaged: its numbers do not belong together",
               "send it again, as its tool wrote it", "a character of the key's base64 is another one");
inline constexpr ErrorRow kNoKey =
    OfSettings("holds no private key that can be read ({0})",
               "send it as PEM (PKCS#1, PKCS#8 or SEC1) or base64 of PEM", "a certificate, or a damaged key");

inline constexpr ErrorRow kKeyUnusable =
    OfSettings("the private key is {0}, with which no TLS handshake succeeds", "use RSA 2048 or P-256",
               "RSA below 1024 or above 8192 bits, P-224, DSA...");
inline constexpr ErrorRow kSwapped =
    OfSettings("the server's certificate ({0}) is in certs.ca, and the CA that issued it ({1}) in certs.cert",
               "exchange the two", "`ca` and `cert` swapped");
inline constexpr ErrorRow kKeyOfCa =
    OfSettings("the private key belongs to {0}, a CA, not to the server's certificate",
               "send the server's own key", "the CA's key");
inline constexpr ErrorRow kChainOrder =
    OfSettings("the chain is in the wrong order: the private key belongs to {0}",
               "put the server's certificate first, then the intermediate certificates",
               "the intermediate certificate before the server's");
inline constexpr ErrorRow kServerCertificateMissing = OfSettings(
    "the first certificate ({0}) is a CA's, and the private key is not: the server's own certificate is "
    "missing",
    "put it first", "the CA's certificate sent as the server's");
inline constexpr ErrorRow kKeyOfNone = OfSettings("the private key does not match the certificate",
                                                  "send the key that belongs to it", "another key");
inline constexpr ErrorRow kCaKeyWeak = OfSettings("{0} has a key of {1}, which anyone can break",
                                                  "use a CA with RSA 2048 or P-256", "RSA below 1024 bits");
inline constexpr ErrorRow kCaMd5 = OfSettings("{0} is signed with MD5, which can be forged",
                                              "use a CA that is signed with SHA-256", "an old CA");
inline constexpr ErrorRow kLocksOut = OfSettings(
    "{0} lets no client in: {1}", "send the CA that issued your client certificates",
    "one whose clients dockerd refuses: not for clients, or with a critical extension or a key that "
    "dockerd does not know");
inline constexpr ErrorRow kPublicCa = OfSettings(
    "{0}: a public CA as this distribution ships it; whoever buys or is given a certificate of it "
    "would be root on this VM",
    "use a CA of your own, made for this alone", "Let's Encrypt or the like, or the whole bundle");
inline constexpr ErrorRow kExpired =
    OfSettings("{0} expired on {1}", "send one that is in date", "past its last day");
inline constexpr ErrorRow kNotYetValid =
    OfSettings("{0} is not valid before {1}", "send one that is in date, or check this machine's clock ({2})",
               "more than a day ahead of this machine's clock");

}  // namespace dockerext::errors
