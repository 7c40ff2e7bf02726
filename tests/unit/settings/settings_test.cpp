// SPDX-License-Identifier: MIT
#include "handler/settings/settings.hpp"

#include <gmock/gmock.h>

namespace dockerext {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Property;

constexpr const char* kPem = "-----BEGIN X-----\\nMA==\\n-----END X-----\\n";

SettingsReading Read(const std::string& public_text, const std::string& protected_text = "") {
  return ReadSettings(public_text, Secret(std::string(protected_text)));
}

auto Finds(const std::string& path, const std::string& text) {
  return ElementsAre(AllOf(Field(&Finding::path, path), Property(&Finding::Message, HasSubstr(text))));
}

TEST(ReadSettings, EmptySettingsAreValid) {
  for (const char* text : {"", "{}", "null"}) {
    const SettingsReading reading = Read(text, text);
    EXPECT_THAT(reading.findings.errors, IsEmpty()) << text;
    EXPECT_EQ(reading.desired.port, std::nullopt);
    EXPECT_FALSE(reading.desired.tls.has_value());
  }
}

TEST(ReadSettings, ThePortOfEveryGenerationIsRead) {
  for (const char* text :
       {R"({"dockerport": "2376"})", R"({"docker": {"port": "2376"}})", R"({"docker": {"port": 2376}})",
        R"({"dockerport": 2376, "docker": {"port": "2376"}})"}) {
    EXPECT_EQ(Read(text).desired.port, 2376) << text;
  }
}

TEST(ReadSettings, AnInvalidPortIsAnErrorAtItsPath) {
  for (const char* value : {"0", "65536", "-1", "1.5", "\"http\"", "\"\"", "[4243]", "true",
                            "\"4243 --tls=false\"", "\"+4243\"", "{}", "1e3"}) {
    const SettingsReading reading = Read(std::string(R"({"docker": {"port": )") + value + "}}");
    EXPECT_THAT(reading.findings.errors,
                Finds("publicSettings.docker.port", "a whole number from 1 to 65535"))
        << value;
  }
}

TEST(ReadSettings, TwoGenerationsThatContradictEachOtherAreAnError) {
  EXPECT_THAT(Read(R"({"dockerport": "1", "docker": {"port": "2"}})").findings.errors,
              Finds("publicSettings.docker.port", "contradicts publicSettings.dockerport"));
}

TEST(ReadSettings, InstallonlyIsTrueAsBooleanAndAsText) {
  EXPECT_TRUE(Read(R"({"installonly": true})").desired.leave_engine_alone);
  EXPECT_TRUE(Read(R"({"installonly": "true"})").desired.leave_engine_alone);
  EXPECT_FALSE(Read(R"({"installonly": "false"})").desired.leave_engine_alone);
  EXPECT_THAT(Read(R"({"installonly": "yes"})").findings.errors,
              Finds("publicSettings.installonly", "true or false"));
}

TEST(ReadSettings, CertificatesArePemOrBase64OfPem) {
  const std::string pem = kPem;
  const SettingsReading raw =
      Read("", R"({"certs": {"ca": ")" + pem + R"(", "cert": ")" + pem + R"(", "key": ")" + pem + "\"}}");
  ASSERT_TRUE(raw.desired.tls.has_value());
  const std::string base64 = "LS0tLS1CRUdJTiBYLS0tLS0KTUE9PQotLS0tLUVORCBYLS0tLS0K";
  const SettingsReading encoded = Read("", R"({"ca": ")" + base64 + R"(", "server-cert": ")" + base64 +
                                               R"(", "server-key": ")" + base64 + "\"}");
  ASSERT_TRUE(encoded.desired.tls.has_value());
  EXPECT_EQ(encoded.desired.tls->key.Reveal(), raw.desired.tls->key.Reveal());
  EXPECT_EQ(encoded.desired.tls->key_at, "protectedSettings.server-key");
  EXPECT_EQ(raw.desired.tls->key_at, "protectedSettings.certs.key");
}

TEST(ReadSettings, WhatToolsPutAroundBase64IsUndone) {
  const std::string pem = kPem;
  const std::string base64 = "LS0tLS1CRUdJTiBYLS0tLS0KTUE9PQotLS0tLUVORCBYLS0tLS0KCg";
  for (const std::string& value :
       {base64, base64 + "==", R"(\")" + base64 + R"(==\"\n)", "'" + base64 + "'",
        "data:application/x-pem-file;base64," + base64, " data:;base64," + base64 + "==\\n"}) {
    const SettingsReading reading =
        Read("", R"({"certs": {"ca": ")" + value + R"(", "cert": ")" + pem + R"(", "key": ")" + pem + "\"}}");
    ASSERT_TRUE(reading.desired.tls.has_value()) << value << FormatFindings(reading.findings.errors);
    EXPECT_THAT(reading.desired.tls->ca, testing::StartsWith("-----BEGIN X-----\nMA==\n-----END X-----\n"))
        << value;
  }
}

TEST(ReadSettings, WhatIsNoPemIsNamed) {
  const auto errors = [](const std::string& ca) {
    return Read("",
                R"({"certs": {"ca": ")" + ca + R"(", "cert": ")" + kPem + R"(", "key": ")" + kPem + "\"}}")
        .findings.errors;
  };
  // 30 0B 06 09 2A 86 48 86 F7 0D 01 07 02: signed data, shortened.
  EXPECT_THAT(errors("MAsGCSqGSIb3DQEHAg=="),
              Finds("protectedSettings.certs.ca", "openssl pkcs7 -inform DER -print_certs"));
  EXPECT_THAT(errors("MAMCAQE="), Finds("protectedSettings.certs.ca", "openssl x509 -inform DER"));
  EXPECT_THAT(errors("LS0tLS1iZWdpbiBYLS0tLS0K"), Finds("protectedSettings.certs.ca", "small letters"));
}

TEST(ReadSettings, PartsWithoutAnErrorRemainForACloserLook) {
  const SettingsReading reading =
      Read("", std::string(R"({"certs": {"ca": "!", "cert": ")") + kPem + R"(", "key": ")" + kPem + "\"}}");
  ASSERT_TRUE(reading.remains_of_tls.has_value());
  EXPECT_EQ(reading.remains_of_tls->ca, "");
  EXPECT_THAT(reading.remains_of_tls->certificate, HasSubstr("BEGIN X"));
  EXPECT_THAT(reading.remains_of_tls->key.Reveal(), HasSubstr("BEGIN X"));
  EXPECT_EQ(reading.remains_of_tls->key_at, "protectedSettings.certs.key");
  EXPECT_FALSE(reading.desired.tls.has_value());
}

TEST(ReadSettings, APrivateKeyInPlaceOfACertificateDoesNotRemain) {
  const std::string key = "-----BEGIN PRIVATE KEY-----\\n-----END PRIVATE KEY-----\\n";
  const SettingsReading reading = Read("", std::string(R"({"certs": {"ca": ")") + kPem + R"(", "cert": ")" +
                                               key + R"(", "key": ")" + kPem + "\"}}");
  ASSERT_TRUE(reading.remains_of_tls.has_value());
  EXPECT_EQ(reading.remains_of_tls->certificate, "");
}

TEST(ReadSettings, APrivateKeyWhereACertificateBelongsIsAnError) {
  const std::string certificate = "-----BEGIN CERTIFICATE-----\\n-----END CERTIFICATE-----\\n";
  const std::string key = "-----BEGIN PRIVATE KEY-----\\n-----END PRIVATE KEY-----\\n";
  const auto errors = [&](const std::string& ca, const std::string& cert) {
    return Read("", R"({"certs": {"ca": ")" + ca + R"(", "cert": ")" + cert + R"(", "key": ")" + key + "\"}}")
        .findings.errors;
  };
  EXPECT_THAT(errors(certificate, certificate), IsEmpty());
  EXPECT_THAT(errors(certificate + key, certificate),
              Finds("protectedSettings.certs.ca", "holds a private key"));
  EXPECT_THAT(errors(certificate, key), Finds("protectedSettings.certs.cert", "holds a private key"));
}

TEST(ReadSettings, OneMissingCertificateIsAnError) {
  const std::string pem = kPem;
  const SettingsReading reading = Read("", R"({"certs": {"ca": ")" + pem + R"(", "cert": ")" + pem + "\"}}");
  EXPECT_THAT(reading.findings.errors, Finds("protectedSettings.certs.key", "is missing"));
  EXPECT_FALSE(reading.desired.tls.has_value());
}

TEST(ReadSettings, AllErrorsAreReportedAtOnce) {
  const SettingsReading reading =
      Read(R"({"dockerport": 0, "docker": {"options": "x"}, "uninstallPolicy": "all", "compose": {}})",
           R"({"certs": {"ca": 1, "cert": "%%", "key": ""}, "login": {}})");
  std::vector<std::string> paths;
  for (const Finding& finding : reading.findings.errors) paths.push_back(finding.path);
  EXPECT_THAT(paths, ElementsAre("publicSettings.dockerport", "publicSettings.uninstallPolicy",
                                 "publicSettings.compose", "publicSettings.docker.options",
                                 "protectedSettings.login", "protectedSettings.certs.ca",
                                 "protectedSettings.certs.cert", "protectedSettings.certs.key"));
}

TEST(ReadSettings, KeysWithoutAnEffectAreWarnings) {
  const SettingsReading reading =
      Read(R"({"compose-environment": {"A": "b"}})", R"({"environment": {"A": "b"}})");
  EXPECT_THAT(reading.findings.errors, IsEmpty());
  EXPECT_EQ(reading.findings.warnings.size(), 2U);
}

TEST(ReadSettings, NoFindingQuotesAProtectedValue) {
  for (const char* text :
       {R"({"certs": {"ca": "hunter2", "cert": "hunter2", "key": "hunter2"}})", R"({"certs": "hunter2"})",
        R"({"certs": hunter2)", R"("hunter2")", R"({"login": {"password": "hunter2"}})"}) {
    const SettingsReading reading = Read("", text);
    EXPECT_FALSE(reading.findings.errors.empty()) << text;
    EXPECT_THAT(FormatFindings(reading.findings.errors), Not(HasSubstr("hunter2")));
  }
}

TEST(ReadSettings, ADocumentThatIsNoObjectIsAnError) {
  EXPECT_THAT(Read("[1]").findings.errors, Finds("publicSettings", "must be a JSON object, but is a list"));
  EXPECT_THAT(Read("{").findings.errors, Finds("publicSettings", "is not valid JSON"));
}

TEST(ReadSettings, NullIsAbsent) {
  const SettingsReading reading = Read(R"({"docker": null, "dockerport": null})",
                                       R"({"certs": {"ca": null, "cert": null, "key": null}})");
  EXPECT_THAT(reading.findings.errors, IsEmpty());
  EXPECT_FALSE(reading.desired.tls.has_value());
}

}  // namespace
}  // namespace dockerext
