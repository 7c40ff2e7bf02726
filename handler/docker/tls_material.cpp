// SPDX-License-Identifier: MIT
#include "handler/docker/tls_material.hpp"

#include <set>
#include <utility>

#include "handler/docker/public_authorities.hpp"

namespace dockerext {
namespace {

const std::string& PathOf(const TlsMaterial& material, TlsPart part) {
  if (part == TlsPart::kCa) return material.ca_at;
  return part == TlsPart::kCertificate ? material.certificate_at : material.key_at;
}

// The value; or an error under its path.
template <class T>
T ValueOrFinding(Result<T> read, const std::string& path, Findings& findings) {
  if (read.ok()) return *std::move(read);
  findings.errors.push_back({path, read.error().what, read.error().remedy});
  return {};
}

// The facts are complete only if there are no errors.
TlsFacts Inspect(Crypto& crypto, const TlsMaterial& material, std::chrono::system_clock::time_point now,
                 Findings& findings) {
  TlsFacts facts;
  facts.ca = ValueOrFinding(crypto.InspectCertificates(material.ca), material.ca_at, findings);
  facts.chain =
      ValueOrFinding(crypto.InspectCertificates(material.certificate), material.certificate_at, findings);
  facts.key = ValueOrFinding(crypto.InspectKey(material.key), material.key_at, findings);
  if (!findings.errors.empty()) return facts;
  facts.key_of =
      ValueOrFinding(crypto.FindCertificateOf(material.key, material.certificate), material.key_at, findings);
  if (!facts.key_of)
    facts.key_of_ca =
        ValueOrFinding(crypto.FindCertificateOf(material.key, material.ca), material.key_at, findings);
  facts.own_pair = ValueOrFinding(crypto.VerifyAsClient(material.certificate, material.ca, now),
                                  material.certificate_at, findings);
  return facts;
}

void Add(std::vector<Finding>& findings, const TlsMaterial& material, const std::vector<TlsFinding>& found) {
  for (const TlsFinding& finding : found) {
    findings.push_back({PathOf(material, finding.part) + ":", finding.what, finding.remedy});
  }
}

}  // namespace

TlsValidation ValidateMaterial(Files& files, Crypto& crypto, const TlsMaterial& material,
                               std::chrono::system_clock::time_point now, TlsUse use) {
  TlsValidation validation;
  TlsFacts facts = Inspect(crypto, material, now, validation.findings);
  if (!validation.findings.errors.empty()) return validation;
  facts.public_authorities = PublicAuthorities(files, crypto);
  const TlsFindings found = ValidateTls(facts, now, use);
  Add(validation.findings.errors, material, found.errors);
  Add(validation.findings.warnings, material, found.warnings);
  validation.served = facts.chain.front();
  validation.own_pair_is_client = facts.own_pair.is_accepted;
  validation.client_authorities = CountDistinct(facts.ca);
  std::vector<CertificateFacts> dated = facts.ca;
  dated.insert(dated.end(), facts.chain.begin(), facts.chain.end());
  validation.valid_until = FindingsChangeAt(dated, now);
  return validation;
}

std::vector<Finding> ErrorsOfParts(Crypto& crypto, const TlsMaterial& material) {
  Findings findings;
  if (!material.ca.empty()) ValueOrFinding(crypto.InspectCertificates(material.ca), material.ca_at, findings);
  if (!material.certificate.empty())
    ValueOrFinding(crypto.InspectCertificates(material.certificate), material.certificate_at, findings);
  if (!material.key.Reveal().empty())
    ValueOrFinding(crypto.InspectKey(material.key), material.key_at, findings);
  return std::move(findings.errors);
}

std::size_t CountDistinct(const std::vector<CertificateFacts>& certificates) {
  std::set<std::string> fingerprints;
  for (const CertificateFacts& certificate : certificates) fingerprints.insert(certificate.sha256);
  return fingerprints.size();
}

}  // namespace dockerext
