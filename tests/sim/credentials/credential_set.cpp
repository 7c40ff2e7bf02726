// SPDX-License-Identifier: MIT
#include "tests/sim/credentials/credential_set.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <array>
#include <utility>

#include "handler/base/text.hpp"

namespace dockerext::credentials {
namespace {

struct KeyPair {
  contract::CertificatePtr certificate;
  contract::KeyPtr key;
};

struct Plans {
  contract::KeyKind key_kind;
  contract::KeyText key_text;
  contract::CertificatePlan ca;
  contract::CertificatePlan server;
  contract::CertificatePlan client;
};

std::vector<contract::Extension> CaExtensions(const char* constraints) {
  return {{NID_subject_key_identifier, "hash"},
          {NID_authority_key_identifier, "keyid:always"},
          {NID_basic_constraints, constraints}};
}

Plans ModernPlans(const std::vector<std::string>& hosts) {
  std::vector<std::string> names;
  for (const std::string& host : hosts) names.push_back((IsAddress(host) ? "IP:" : "DNS:") + host);
  Plans plans{
      .key_kind = contract::KeyKind::kEcP256,
      .key_text = contract::KeyText::kPkcs8,
      .ca = {.subject = {{"CN", "handler-harness CA"}}, .extensions = CaExtensions("critical,CA:TRUE")},
      .server = {.subject = {{"CN", hosts.front()}}},
      .client = {.subject = {{"CN", "handler-harness client"}}}};
  plans.ca.extensions.push_back({NID_key_usage, "critical,keyCertSign,cRLSign"});
  for (contract::CertificatePlan* leaf : {&plans.server, &plans.client}) {
    leaf->extensions = {{NID_authority_key_identifier, "keyid"},
                        {NID_basic_constraints, "critical,CA:FALSE"},
                        {NID_key_usage, "critical,digitalSignature"},
                        {NID_ext_key_usage, leaf == &plans.server ? "serverAuth" : "clientAuth"}};
  }
  plans.server.extensions.push_back({NID_subject_alt_name, Join(names, ",")});
  return plans;
}

// The client of 2014 ran the openssl command: `req -x509` for the CA (its default configuration makes that
// v3), `x509 -req -set_serial 01` for the two others, the client's with an extension file of one line.
Plans PlansOf2014() {
  const std::vector<contract::Attribute> subject = {
      {"C", "AU"}, {"ST", "Some-State"}, {"O", "Internet Widgits Pty Ltd"}, {"CN", "*"}};
  return {.key_kind = contract::KeyKind::kRsa2048,
          .key_text = contract::KeyText::kTraditional,
          .ca = {.subject = subject, .extensions = CaExtensions("CA:TRUE")},
          .server = {.subject = subject, .serial = 1},
          .client = {.subject = subject, .extensions = {{NID_ext_key_usage, "clientAuth"}}, .serial = 1}};
}

Result<KeyPair> MakeKeyPair(const Plans& plans, const contract::CertificatePlan& plan, const KeyPair* ca) {
  KeyPair pair;
  TRY_LET(pair.key, contract::MakeKey(plans.key_kind));
  const contract::Issuer issuer = ca == nullptr ? contract::Issuer{nullptr, pair.key.get()}
                                                : contract::Issuer{ca->certificate.get(), ca->key.get()};
  TRY_LET(pair.certificate, contract::MakeCertificate(plan, pair.key.get(), issuer));
  return pair;
}

// A host becomes part of an OpenSSL extension text, where a comma would start another entry.
Status CheckHosts(const std::vector<std::string>& hosts) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:*_";
  for (const std::string& host : hosts) {
    const bool plain = !host.empty() && host.find_first_not_of(kAllowed) == std::string::npos;
    if (!plain || (host.find(':') != std::string::npos && !IsAddress(host))) {
      return Error{Code::kInvalidSettings, Quoted(host) + " is neither a host name nor an address"};
    }
  }
  return hosts.empty() ? Status(Error{Code::kInvalidSettings, "a server certificate needs at least one host"})
                       : Status();
}

Result<KeyPair> Parse(const std::string& certificate, const Secret& key, std::string_view name) {
  KeyPair pair;
  TRY_LET(pair.certificate, contract::ParseCertificate(certificate).Context(name));
  TRY_LET(pair.key, contract::ParseKey(key).Context(name));
  if (contract::KeyFits(pair.certificate.get(), pair.key.get())) return pair;
  return Error{Code::kInvalidSettings, std::string(name) + ": the key does not match the certificate"};
}

Status CheckIssued(const KeyPair& leaf, const KeyPair& ca, std::string_view name) {
  const bool issued = X509_verify(leaf.certificate.get(), ca.key.get()) == 1;
  ERR_clear_error();
  if (!issued) return Error{Code::kInvalidSettings, std::string(name) + ": not signed by ca.pem"};
  if (X509_cmp_current_time(X509_get0_notAfter(leaf.certificate.get())) > 0) return {};
  return Error{Code::kInvalidSettings, std::string(name) + ": expired"};
}

bool Names(X509* certificate, const std::string& host) {
  if (IsAddress(host)) return X509_check_ip_asc(certificate, host.c_str(), 0) == 1;
  return X509_check_host(certificate, host.data(), host.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                         nullptr) == 1;
}

Status CheckStyle(X509* server, Style style) {
  const bool of_2014 = X509_get_version(server) == X509_VERSION_1;
  if (of_2014 == (style == Style::k2014)) return {};
  return Error{Code::kInvalidSettings, of_2014 ? "made in the style of 2014; use --style 2014 to use them"
                                               : "not made in the style of 2014"};
}

}  // namespace

bool IsAddress(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

Result<CredentialSet> MakeSet(Style style, const std::vector<std::string>& hosts) {
  TRY(CheckHosts(hosts));
  const Plans plans = style == Style::kModern ? ModernPlans(hosts) : PlansOf2014();
  TRY_LET(const KeyPair ca, MakeKeyPair(plans, plans.ca, nullptr));
  TRY_LET(const KeyPair server, MakeKeyPair(plans, plans.server, &ca));
  TRY_LET(const KeyPair client, MakeKeyPair(plans, plans.client, &ca));
  CredentialSet set;
  TRY_LET(set.ca, contract::PemOf(ca.certificate.get()));
  TRY_LET(set.ca_key, contract::PemOf(ca.key.get(), plans.key_text));
  TRY_LET(set.server_certificate, contract::PemOf(server.certificate.get()));
  TRY_LET(set.server_key, contract::PemOf(server.key.get(), plans.key_text));
  TRY_LET(set.client_certificate, contract::PemOf(client.certificate.get()));
  TRY_LET(set.client_key, contract::PemOf(client.key.get(), plans.key_text));
  return set;
}

Status CheckSet(const CredentialSet& set, Style style, const std::vector<std::string>& hosts) {
  TRY_LET(const KeyPair ca, Parse(set.ca, set.ca_key, "ca.pem"));
  TRY_LET(const KeyPair server, Parse(set.server_certificate, set.server_key, "server-cert.pem"));
  TRY_LET(const KeyPair client, Parse(set.client_certificate, set.client_key, "cert.pem"));
  TRY(CheckIssued(server, ca, "server-cert.pem"));
  TRY(CheckIssued(client, ca, "cert.pem"));
  TRY(CheckIssued(ca, ca, "ca.pem"));
  TRY(CheckStyle(server.certificate.get(), style));
  if (style == Style::k2014) return {};
  for (const std::string& host : hosts) {
    if (Names(server.certificate.get(), host)) continue;
    return Error{Code::kInvalidSettings, "server-cert.pem does not name " + Quoted(host)};
  }
  return {};
}

}  // namespace dockerext::credentials
