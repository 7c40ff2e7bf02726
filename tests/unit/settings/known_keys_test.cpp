// SPDX-License-Identifier: MIT
// Keys that are not known: a known one in another spelling or at another place is an error, since what it
// would open or close depends on it; any other is a warning.
#include <gmock/gmock.h>

#include "handler/settings/settings.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Property;

Findings Read(const std::string& public_text, const std::string& protected_text = "") {
  return ReadSettings(public_text, Secret(std::string(protected_text))).findings;
}

auto Says(const std::string& path, const std::string& text) {
  return AllOf(Field(&Finding::path, path), Property(&Finding::Message, HasSubstr(text)));
}

TEST(KnownKeys, InAnotherSpellingAreErrorsThatNameTheRightOne) {
  for (const auto& [key, right] : {std::pair{"Docker", "docker"},
                                   {"DOCKER", "docker"},
                                   {"DockerPort", "dockerport"},
                                   {"docker-port", "dockerport"},
                                   {"InstallOnly", "installonly"},
                                   {"uninstallpolicy", "uninstallPolicy"},
                                   {"UninstallPolicy", "uninstallPolicy"},
                                   {"ComposeUp", "composeup"}}) {
    const Findings findings = Read(std::string("{\"") + key + R"(": {}})");
    EXPECT_THAT(findings.errors, Contains(Says(std::string("publicSettings.") + key,
                                               std::string("capitals and dashes count; write ") + right)))
        << key;
    EXPECT_THAT(findings.warnings, IsEmpty());
  }
  EXPECT_THAT(Read("", R"({"ServerCert": "x", "server_key": "x", "Ca": "x"})").errors,
              AllOf(Contains(Says("protectedSettings.ServerCert", "write server-cert")),
                    Contains(Says("protectedSettings.server_key", "write server-key")),
                    Contains(Says("protectedSettings.Ca", "write ca"))));
}

TEST(KnownKeys, InAnotherSpellingAreReadForTheErrorsInside) {
  EXPECT_THAT(Read(R"({"Docker": {"Port": 0, "Options": ["--debug", "-H"]}})").errors,
              ElementsAre(Says("publicSettings.Docker", "write docker"),
                          Says("publicSettings.Docker.Options", "write options"),
                          Says("publicSettings.Docker.Port", "write port"),
                          Says("publicSettings.Docker.Options[1]", "--host adds a listener"),
                          Says("publicSettings.Docker.Port", "a whole number")));
}

TEST(KnownKeys, InAnotherSpellingAreNotCalledMissing) {
  const auto errors = Read("", R"({"Certs": {"Ca": "%", "Cert": "%", "Key": "%"}})").errors;
  EXPECT_THAT(errors, Contains(Says("protectedSettings.Certs", "write certs")));
  EXPECT_THAT(errors, Not(Contains(Property(&Finding::Message, HasSubstr("is missing")))));
}

TEST(KnownKeys, BesideTheirSectionAreErrorsThatNameIt) {
  for (const char* key : {"port", "Port"}) {
    EXPECT_THAT(Read(std::string("{\"") + key + "\": 2376}").errors,
                ElementsAre(Says(std::string("publicSettings.") + key, "move it to docker.port")))
        << key;
  }
  EXPECT_THAT(Read("", R"({"cert": "x"})").errors,
              ElementsAre(Says("protectedSettings.cert", "move it to certs.cert")));
}

TEST(KnownKeys, WrittenAsOneWithADotAreErrorsThatSayHowToWriteThem) {
  for (const char* key : {"docker.port", "Docker.Port"}) {
    EXPECT_THAT(
        Read(std::string("{\"") + key + "\": 2376}").errors,
        ElementsAre(Says(
            std::string("publicSettings[\"") + key + "\"]",
            R"(is one name with a dot in it, which is not a known setting; write "docker": {"port": ...})")))
        << key;
  }
  EXPECT_THAT(Read("", R"({"Certs.Key": "x"})").errors,
              ElementsAre(Says(R"(protectedSettings["Certs.Key"])", R"(write "certs": {"key": ...})")));
}

TEST(KnownKeys, WithABlankAreErrorsThatSaySo) {
  for (const char* key : {" port", "port ", "po rt"}) {
    EXPECT_THAT(Read(std::string(R"({"docker": {")") + key + "\": 2376}}").errors,
                ElementsAre(Says(std::string("publicSettings.docker[\"") + key + "\"]",
                                 "since a blank in a name counts; write port")));
  }
  EXPECT_THAT(Read(R"({" Docker": {}})").errors,
              ElementsAre(Says(R"(publicSettings[" Docker"])", "capitals and dashes count; write docker")));
}

TEST(KnownKeys, OfWhatStandsAroundTheSettingsSayToSendWhatIsInside) {
  const std::string inside = R"(": {"docker": {"port": 2376}}})";
  for (const std::string key : {"publicSettings", "PublicSettings", "settings", "properties"}) {
    EXPECT_THAT(
        Read("{\"" + key + inside).errors,
        ElementsAre(Says("publicSettings." + key, "nothing inside it is read; send what is inside it")))
        << key;
  }
  for (const std::string key : {"protectedSettings", "settings"}) {
    EXPECT_THAT(Read("", "{\"" + key + R"(": {"certs": {}}})").errors,
                ElementsAre(Says("protectedSettings." + key, "send what is inside it, without " + key)));
  }
  EXPECT_THAT(Read(R"({"runtimeSettings": [{"handlerSettings": {}}]})").errors,
              ElementsAre(Says("publicSettings.runtimeSettings", "send what is inside it")));
  EXPECT_THAT(Read(R"({"protectedSettings": {"certs": {}}})").errors,
              ElementsAre(Says("publicSettings.protectedSettings", "is a protected setting")));
  EXPECT_THAT(Read("", R"({"publicSettings": {}})").errors,
              ElementsAre(Says("protectedSettings.publicSettings", "send it in publicSettings")));
  EXPECT_THAT(Read(R"({"settings": 1})").errors, IsEmpty());
}

TEST(KnownKeys, OfCertsUnderAnotherNameAreErrorsThatNameTheRightOne) {
  const auto errors = Read("", R"({"certs": {"ca.pem": "%", "certificate": "%", "server-key": "%"}})").errors;
  EXPECT_THAT(errors,
              AllOf(Contains(Says("protectedSettings.certs[\"ca.pem\"]", "and ca is missing; write ca")),
                    Contains(Says("protectedSettings.certs.certificate", "write cert")),
                    Contains(Says("protectedSettings.certs.server-key", "write key")),
                    Not(Contains(Property(&Finding::Message, HasSubstr("send all three"))))));
  for (const char* key : {"server-cert", "cert.pem", "ServerCert", "cret", "server_certificate"}) {
    EXPECT_THAT(Read("", std::string(R"({"certs": {"ca": "%", "key": "%", ")") + key + R"(": "%"}})").errors,
                Contains(Property(&Finding::Message, HasSubstr("and cert is missing; write cert"))))
        << key;
  }
}

TEST(KnownKeys, OfCertsUnderAnotherNameBesideTheRightOneAreWarnings) {
  const Findings findings = Read("", R"({"certs": {"cert": "%", "certificate": "%"}})");
  EXPECT_THAT(findings.warnings, ElementsAre(Says("protectedSettings.certs.certificate", "was ignored")));
}

// What may be a secret is not shown because it looks like an element of a list.
TEST(KnownKeys, OnesThatLookLikeAnElementAreNotShown) {
  const std::string body(64, 'Q');
  for (const std::string& key : {body + "]", body + "[1]", body + "[x]"}) {
    for (const Finding& warning : Read("{\"" + key + "\": 1}").warnings)
      EXPECT_THAT(warning.path, Not(HasSubstr("QQQQ")));
  }
}

TEST(KnownKeys, OnesOfTheWholeInsideDockerAreErrorsWithTheirPlace) {
  const std::vector<std::pair<std::string, std::string>> places = {
      {"installonly", "publicSettings.installonly"}, {"uninstallPolicy", "publicSettings.uninstallPolicy"},
      {"DockerPort", "publicSettings.dockerport"},   {"docker", "publicSettings.docker"},
      {"certs", "protectedSettings.certs"},          {"login", "protectedSettings.login"}};
  for (const auto& [key, place] : places) {
    EXPECT_THAT(Read(R"({"docker": {")" + key + R"(": {}}})").errors,
                Contains(Says("publicSettings.docker." + key,
                              "is not a known setting at this place; move it to " + place)));
  }
}

TEST(KnownKeys, OfThePublicSettingsAreErrorsInTheProtectedOnes) {
  for (const char* key : {"docker", "Docker", "dockerport", "port"}) {
    EXPECT_THAT(Read("", std::string("{\"") + key + "\": 2376}").errors,
                ElementsAre(Says(std::string("protectedSettings.") + key, "send it in publicSettings")))
        << key;
  }
}

TEST(KnownKeys, WithoutAnEffectAreWarningsInAnySpelling) {
  const Findings findings =
      Read(R"({"compose-environment": "a", "Compose-Environment": {}})", R"({"Environment": {}})");
  EXPECT_THAT(findings.errors, IsEmpty());
  EXPECT_EQ(findings.warnings.size(), 3U);
}

TEST(KnownKeys, ThatAreNullAreAbsentInAnySpelling) {
  EXPECT_THAT(Read(R"({"Docker": null, "port": null, "certs": null})").errors, IsEmpty());
}

TEST(KnownKeys, AMisspeltKeyIsAWarningThatNamesTheNearest) {
  const Findings findings = Read(R"({"docker": {"prot": "1"}, "dockerprt": "2"})");
  EXPECT_THAT(findings.errors, IsEmpty());
  EXPECT_THAT(findings.warnings, ElementsAre(Says("publicSettings.dockerprt", "did you mean dockerport"),
                                             Says("publicSettings.docker.prot", "did you mean port")));
}

TEST(KnownKeys, AreNotSuggestedForAKeyThatIsLikeNone) {
  const Findings findings = Read(R"({"retention": 1, "docker": {"x": 2, "storage": "btrfs"}})");
  ASSERT_EQ(findings.warnings.size(), 3U);
  for (const Finding& warning : findings.warnings)
    EXPECT_THAT(warning.what, testing::Not(HasSubstr("did you mean"))) << warning.path;
}

}  // namespace
}  // namespace dockerext
