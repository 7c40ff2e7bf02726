// SPDX-License-Identifier: MIT
// Certificates and private keys in the public settings.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "handler/base/pem.hpp"
#include "handler/settings/settings.hpp"

namespace dockerext {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Property;

constexpr const char* kCertificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const std::string kKey = PemText("RSA PRIVATE KEY", "hunter2");
// The same two in base64.
constexpr const char* kCertificateBase64 =
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=";
const std::string kKeyBase64 =
    "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpodW50ZXIyCi0tLS0tRU5EIFJTQSBQUklWQVRFIEtFWS0tLS0tCg==";

std::vector<Finding> ErrorsOf(const json& public_settings) {
  return ReadSettings(public_settings.dump(), Secret()).findings.errors;
}

auto Says(const std::string& path, const std::string& text) {
  return AllOf(Field(&Finding::path, path), Property(&Finding::Message, HasSubstr(text)));
}

TEST(PublicSecrets, APrivateKeyAnywhereMustBeReplaced) {
  for (const std::string& key : {kKey, kKeyBase64, kCertificate + kKey, kKeyBase64.substr(0, 70)}) {
    EXPECT_THAT(ErrorsOf({{"tls", {{"files", {"x", key}}}}}),
                ElementsAre(Says(
                    "publicSettings.tls.files[1]",
                    "is public now (everybody who may read the VM's model can read it); replace the key")))
        << key;
  }
}

TEST(PublicSecrets, ACertificateAnywhereIsAtTheWrongPlace) {
  for (const char* certificate : {kCertificate, kCertificateBase64}) {
    EXPECT_THAT(ErrorsOf({{"ssl", certificate}}),
                ElementsAre(Says("publicSettings.ssl", "send it in protectedSettings.certs")))
        << certificate;
  }
}

TEST(PublicSecrets, AProtectedSettingIsAnErrorWhateverItHolds) {
  for (const char* key : {"certs", "Certs", "ca", "server-cert", "ServerKey", "key", "Cert", "login"}) {
    EXPECT_THAT(ErrorsOf({{key, "x"}}),
                ElementsAre(Says(std::string("publicSettings.") + key, "is a protected setting")))
        << key;
  }
}

TEST(PublicSecrets, BothAreToldOfAWholeSet) {
  const auto errors = ErrorsOf({{"certs", {{"ca", kCertificate}, {"cert", kCertificate}, {"key", kKey}}}});
  EXPECT_THAT(errors, AllOf(Contains(Says("publicSettings.certs", "is a protected setting")),
                            Contains(Says("publicSettings.certs.key", "replace the key"))));
}

// Which forms are found: key_material_test.cpp.
TEST(PublicSecrets, AKeyBehindAPrefixIsFoundInOptionsAndNames) {
  const json settings = {{"docker", {{"options", {"--label=" + kKeyBase64, "a " + kKeyBase64}}}},
                         {"x" + kKeyBase64, 1}};
  const auto errors = ErrorsOf(settings);
  EXPECT_THAT(errors, AllOf(Contains(Says("publicSettings.docker.options[0]", "replace the key")),
                            Contains(Says("publicSettings.docker.options[1]", "replace the key"))));
  EXPECT_EQ(errors.size(), 3U);
}

TEST(PublicSecrets, OtherTextsAreNone) {
  EXPECT_THAT(ErrorsOf({{"docker", {{"options", {"--label=LS0tLS1CRUdJTiB", "--label=begin"}}}},
                        {"azure-environment", "BEGIN CERTIFICATE"},
                        {"more", {1, nullptr, true, "AAAA"}}}),
              IsEmpty());
}

TEST(PublicSecrets, NoMessageQuotesThem) {
  std::string one_line = kKey;
  std::erase(one_line, '\n');
  for (const json& settings :
       {json{{"certs", {{"key", kKey}}}}, json{{"docker", {{"options", {one_line, "x"}}}}},
        json{{"dockerport", one_line}}, json{{"uninstallPolicy", one_line}}}) {
    const std::string text = FormatFindings(ErrorsOf(settings));
    EXPECT_THAT(text, AllOf(HasSubstr("replace the key"), Not(HasSubstr("hunter2")))) << settings.dump();
  }
}

// The body of a key without its BEGIN and END has no shape but its length.
TEST(PublicSecrets, OfAKeysBodyNothingIsShown) {
  const std::string body(64, 'Q');
  for (const json& settings :
       {json{{body, 1}}, json{{"docker", {{body, 1}}}}, json{{"docker", {{"port", body}}}},
        json{{"uninstallPolicy", body}}, json{{"docker", {{"options", {body, body}}}}}}) {
    const SettingsReading reading = ReadSettings(settings.dump(), Secret());
    EXPECT_THAT(FormatFindings(reading.findings.errors) + FormatFindings(reading.findings.warnings),
                AllOf(Not(IsEmpty()), Not(HasSubstr("QQQQQQQQ"))));
  }
  const SettingsReading twice = ReadSettings("{}", Secret("{\"" + body + "\": 1, \"" + body + "\": 1}"));
  EXPECT_THAT(FormatFindings(twice.findings.errors), AllOf(Not(IsEmpty()), Not(HasSubstr("QQQQQQQQ"))));
}

}  // namespace
}  // namespace dockerext
