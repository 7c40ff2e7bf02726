// SPDX-License-Identifier: MIT
#include <chrono>

#include "handler/base/text.hpp"
#include "tests/e2e/suites/handler/bad_inputs.hpp"

namespace dockerext::bad_input {
namespace {

using nlohmann::json;

const std::string kCa = "protectedSettings.certs.ca";
const std::string kCert = "protectedSettings.certs.cert";
const std::string kKey = "protectedSettings.certs.key";

Maker Half(const std::string& name) {
  return Certs([=](json& certs) {
    const std::string whole = certs[name];
    certs[name] = whole.substr(0, whole.size() / 2);
  });
}

Maker Without(const std::string& name) {
  return Certs([=](json& certs) { certs.erase(name); });
}

constexpr const char* kNoPem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

}  // namespace

std::vector<Input> Certificates() {
  return {Input{"CertsOfAnotherKey",
                Certs([](json& certs) { certs["key"] = MakePair({}).key; }),
                {kKey + ": the private key does not match the certificate", "send the key"}},
          Input{"CertExpired",
                Pair({.begins = std::chrono::hours(-48), .ends = std::chrono::hours(-24)}),
                {kCert + ": the certificate expired on", "send one that is in date"}},
          Input{"CertNotYetValid",
                Pair({.begins = std::chrono::hours(48)}),
                {kCert + ": the certificate is not valid before", "this machine's clock"}},
          Input{"CaExpired",
                Certs([](json& certs) {
                  certs["ca"] = MakePair({.begins = std::chrono::hours(-48),
                                          .ends = std::chrono::hours(-24),
                                          .authority = true})
                                    .certificate;
                }),
                {kCa + ": the CA certificate expired on"}},
          Input{"KeyEncrypted",
                Certs([](json& certs) { certs["key"] = AsEncrypted(certs["key"], "password"); }),
                {kKey + " is a private key that is encrypted", "openssl pkey"}},
          Input{"CaTruncated", Half("ca"), {kCa + " holds a certificate that cannot be read", "whole"}},
          Input{"CertTruncated", Half("cert"), {kCert + " holds a certificate that cannot be read", "whole"}},
          Input{"KeyTruncated", Half("key"), {kKey + " holds no private key that can be read"}},
          Input{"CertTruncatedInBase64",
                Certs([](json& certs) {
                  const std::string whole = EncodeBase64(certs["cert"]);
                  certs["cert"] = whole.substr(0, 4 * (whole.size() / 8) + 1);
                }),
                {kCert + " is neither PEM (-----BEGIN ...) nor base64 of PEM"}},
          Input{"CertGarbage", Part("cert", kNoPem), {kCert + " holds a certificate that cannot be read"}},
          Input{"CertWord", Part("cert", "certificate"), {kCert + " is neither PEM"}},
          Input{"CertAsDer",
                Certs([](json& certs) {
                  std::string body;
                  for (const std::string& line : Split(std::string(certs["cert"]), '\n')) {
                    if (!line.starts_with("-----")) body += line;
                  }
                  certs["cert"] = body;
                }),
                {kCert + " is DER, which dockerd does not read", "openssl x509 -inform DER"}},
          Input{"CertAndKeyExchanged",
                Certs([](json& certs) { std::swap(certs["cert"], certs["key"]); }),
                {kCert + " holds the private key, and " + kKey + " a certificate", "exchange the two"}}};
}

std::vector<Input> CertificateParts() {
  return {
      Input{"CaMissing", Without("ca"), {kCa + " is missing", "needed together"}},
      Input{"CertMissing", Without("cert"), {kCert + " is missing", "needed together"}},
      Input{"KeyMissing", Without("key"), {kKey + " is missing", "needed together"}},
      Input{"CaNull", Part("ca", nullptr), {kCa + " is missing"}},
      Input{"CaNumber", Part("ca", 7), {kCa + " must be a string, but is a number"}},
      Input{"CertList", Part("cert", json::array()), {kCert + " must be a string, but is a list"}},
      Input{"KeyObject", Part("key", json::object()), {kKey + " must be a string, but is an object"}},
      Input{"CaEmpty", Part("ca", ""), {kCa + " is empty"}},
      Input{"CertEmpty", Part("cert", ""), {kCert + " is empty"}},
      Input{"KeyEmpty", Part("key", ""), {kKey + " is empty"}},
      Input{"KeyInPlaceOfCert",
            Certs([](json& certs) { certs["cert"] = certs["key"]; }),
            {kCert + " holds a private key", "send the certificate"}},
      Input{"CertInPlaceOfKey",
            Certs([](json& certs) { certs["key"] = certs["cert"]; }),
            {kKey + " holds no private key"}},
      Input{"KeyBesideCa",
            Certs([](json& certs) { certs["ca"] = std::string(certs["ca"]) + std::string(certs["key"]); }),
            {kCa + " holds a private key", "send only the certificate"}},
      Input{"KeyOfRsa512", Pair({.key = "RSA:512"}), {kKey + ": the private key is RSA 512", "use RSA 2048"}},
      Input{"KeyOfP224", Pair({.key = "P-224"}), {kKey + ": the private key is the curve P-224", "P-256"}}};
}

std::vector<Input> ProtectedTypes() {
  return {
      Input{"ProtectedNoJson", Protected("{certs"), {"protectedSettings is not valid JSON (line 1"}},
      Input{"ProtectedList", Protected("[]"), {"protectedSettings must be a JSON object, but is a list"}},
      Input{"ProtectedTwice",
            Protected(R"({"certs":{},"certs":{}})"),
            {"protectedSettings has certs more than once; keep one of them"}},
      Input{"ProtectedNoUtf8", Protected("{\"certs\":\"\xff\"}"), {"protectedSettings is not UTF-8"}},
      Input{"CertsText",
            Protected(R"({"certs":"x"})"),
            {"protectedSettings.certs must be an object, but is a string"}},
      Input{"CertsThatContradict",
            [](const Baseline& baseline) {
              const TestPair other = MakePair({});
              const json both = {{"certs", baseline.certs},
                                 {"ca", baseline.certs["ca"]},
                                 {"server-cert", other.certificate},
                                 {"server-key", other.key}};
              return SettingsText(baseline, kValidPublic, baseline.Seal(both.dump()));
            },
            {"protectedSettings.certs contradicts", "keep one of the two sets"}},
      Input{"LoginIsNotSupported",
            Protected(R"({"login":{"server":"x"}})"),
            {"protectedSettings.login is not supported", "remove it"}},
      Input{"EnvelopeNoBase64", Envelope("#"), {"protectedSettings that are not base64"}},
      Input{"EnvelopeNoCms",
            Envelope("AAAA"),
            {"the protected settings cannot be decrypted", "set them again"}},
      Input{"EnvelopeTruncated",
            [](const Baseline& baseline) {
              const std::string whole = Encrypt(ValidProtected(baseline), baseline.recipient, "AES-256-CBC");
              return SettingsText(baseline, kValidPublic, EncodeBase64(whole.substr(0, whole.size() - 100)));
            },
            {"the protected settings cannot be decrypted", "set them again"}},
      Input{"EnvelopeForAnother",
            [](const Baseline& baseline) {
              const std::string other = MakePair({.key = "RSA:2048"}).certificate;
              return SettingsText(baseline, kValidPublic,
                                  EncodeBase64(Encrypt(ValidProtected(baseline), other, "AES-256-CBC")));
            },
            {"the protected settings cannot be decrypted", "set them again"}},
      Input{"EnvelopeNumber", Member("protectedSettings", 7), {"protectedSettings that is not a string"}},
      Input{"ThumbprintPath",
            Member("protectedSettingsCertThumbprint", "../../../../etc/docker/docker-extension/tls-0/key.p"),
            {"protectedSettingsCertThumbprint that is not 40 hexadecimal digits", "set "}},
      Input{"ThumbprintMissing",
            Member("protectedSettingsCertThumbprint", nullptr),
            {"protectedSettingsCertThumbprint that is not 40 hexadecimal digits"}},
      Input{"ThumbprintNumber",
            Member("protectedSettingsCertThumbprint", 7),
            {"protectedSettingsCertThumbprint that is not a string"}}};
}

}  // namespace dockerext::bad_input
