// SPDX-License-Identifier: MIT
// Keys, certificates and envelopes made at test time, of every shape that customers send. Nothing of it is
// ever committed.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace dockerext {

struct TestPair {
  std::string certificate;  // PEM
  std::string key;          // PEM, PKCS#8
};

struct CertificateShape {
  std::string common_name = "test";
  std::string key = "P-256";  // a curve's name, "RSA:2048", "ED25519"
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();
  std::chrono::hours begins{-1};  // from now
  std::chrono::hours ends{24 * 365};
  bool version1 = false;          // X.509 v1: no extensions at all
  bool authority = false;         // basicConstraints CA:TRUE
  std::string alternative_names;  // "DNS:host,IP:192.0.2.2"
  std::string usage;              // "serverAuth", "clientAuth", ...
  std::string digest = "SHA256";
  long serial = 1;
};

// Signed by `issuer`, or by itself.
TestPair MakePair(const CertificateShape& shape, const TestPair* issuer = nullptr);

// What most tests want: a CA, a server certificate of it that names 192.0.2.2, and a client's.
struct TestCredentials {
  TestPair ca;
  TestPair server;
  TestPair client;
};
TestCredentials MakeCredentials(std::chrono::system_clock::time_point now);

// As the 2014 client made them: X.509 v1 server certificate, one subject for all three, RSA 2048.
TestCredentials Make2014Credentials(std::chrono::system_clock::time_point now);

// The same key in other clothes.
std::string AsTraditional(const std::string& key_pem);  // PKCS#1 or SEC1
std::string AsEncrypted(const std::string& key_pem, const std::string& password);

std::string EncodeBase64(const std::string& bytes);
std::string Sha256OfCertificate(const std::string& certificate_pem);
std::string Thumbprint(const std::string& certificate_pem);  // SHA-1, upper case

// DER CMS enveloped data to the certificate; `cipher` is "AES-256-CBC" or "DES-EDE3-CBC".
std::string Encrypt(const std::string& plain, const std::string& certificate_pem, const std::string& cipher);

}  // namespace dockerext
