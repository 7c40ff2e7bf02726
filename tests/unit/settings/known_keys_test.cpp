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
  for (const char* key : {"port", "Port", "docker.port", "Docker.Port"}) {
    EXPECT_THAT(Read(std::string("{\"") + key + "\": 2376}").errors,
                ElementsAre(Says(std::string("publicSettings.") + key, "move it to docker.port")))
        << key;
  }
  EXPECT_THAT(Read("", R"({"cert": "x", "Certs.Key": "x"})").errors,
              ElementsAre(Says("protectedSettings.Certs.Key", "move it to certs.key"),
                          Says("protectedSettings.cert", "move it to certs.cert")));
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
