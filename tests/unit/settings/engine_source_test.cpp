// SPDX-License-Identifier: MIT
// Where Docker comes from, as the settings say it.
#include <gmock/gmock.h>
#include <openssl/evp.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "handler/base/text.hpp"
#include "handler/settings/openpgp_key.hpp"
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

std::string KeyFile(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(DX_SOURCE_DIR "/handler/distro/keys/" + name).rdbuf();
  return text.str();
}

SettingsReading Read(const json& docker, const json& more = json::object()) {
  json settings = more;
  settings["docker"] = docker;
  return ReadSettings(settings.dump(), Secret());
}

auto Says(const std::string& key, const std::string& text) {
  return AllOf(Field(&Finding::path, "publicSettings.docker." + key),
               testing::Property(&Finding::Message, HasSubstr(text)));
}

TEST(EngineSource, DefaultsToAutoAndUpstreamsStableChannel) {
  for (const json& settings : {json(nullptr), json::object(), json{{"source", nullptr}}}) {
    const SettingsReading reading = Read(settings);
    EXPECT_THAT(reading.findings.errors, IsEmpty());
    EXPECT_EQ(reading.desired.source, (EngineSource{.url = std::string(kUpstreamUrl)})) << settings;
  }
}

TEST(EngineSource, IsReadWhole) {
  const std::string key = KeyFile("docker-deb.asc");
  const SettingsReading reading =
      Read({{"source", "custom"},
            {"version", "28.5"},
            {"channel", "test"},
            {"allowDowngrade", true},
            {"repository", {{"url", "https://mirror.example.com/docker/{id}/"}, {"key", key}}}});
  EXPECT_THAT(reading.findings.errors, IsEmpty());
  EXPECT_EQ(reading.desired.source, (EngineSource{.origin = EngineOrigin::kCustom,
                                                  .version = "28.5",
                                                  .channel = "test",
                                                  .allow_downgrade = true,
                                                  .url = "https://mirror.example.com/docker/{id}",
                                                  .key = key}));
}

TEST(EngineSource, WhatIsInvalidIsAnErrorAtItsPath) {
  const struct {
    json docker;
    const char* key;
    const char* text;
  } cases[] = {
      {{{"source", "snap"}}, "source", "one of auto, distribution, upstream and custom"},
      {{{"source", 1}}, "source", "must be a string"},
      {{{"version", 28}}, "version", "must be a string"},
      {{{"version", ""}}, "version", "must be a version"},
      {{{"version", "-y"}}, "version", "must be a version"},
      {{{"version", "28 29"}}, "version", "must be a version"},
      {{{"version", "28=29"}}, "version", "must be a version"},
      {{{"version", "latest"}}, "version", "must be a version"},
      {{{"channel", "nightly"}}, "channel", "stable or test"},
      {{{"allowDowngrade", "maybe"}}, "allowDowngrade", "true or false"},
      {{{"source", "custom"}}, "repository", "needs both url and key"},
      {{{"source", "custom"}, {"repository", {{"url", "https://m.example"}}}},
       "repository",
       "both url and key"},
      {{{"repository", {{"url", "https://m.example"}}}}, "repository", "custom or upstream"},
      {{{"source", "distribution"}, {"repository", json::object()}}, "repository", "custom or upstream"},
      {{{"source", "upstream"}, {"repository", {{"url", "ftp://m"}}}},
       "repository.url",
       "begins with https://"},
      {{{"source", "upstream"}, {"repository", {{"url", "https://m /x"}}}},
       "repository.url",
       "without blanks"},
      {{{"source", "upstream"}, {"repository", {{"url", "https://m\nTrusted: yes"}}}},
       "repository.url",
       "without blanks"},
      {{{"source", "upstream"}, {"repository", {{"url", "https://a:b@m.example"}}}},
       "repository.url",
       "which is public now"},
      {{{"source", "upstream"}, {"repository", {{"key", "abc"}}}}, "repository.key", "in ASCII armor"},
      {{{"source", "upstream"}, {"repository", {{"key", std::string(kPublicKeyBegin)}}}},
       "repository.key",
       "is a damaged"},
      {{{"url", "https://m.example"}}, "url", "move it to repository.url"},
      {{{"allowdowngrade", true}}, "allowdowngrade", "write allowDowngrade"},
  };
  for (const auto& [docker, key, text] : cases)
    EXPECT_THAT(Read(docker).findings.errors, Contains(Says(key, text))) << docker;
}

TEST(EngineSource, TheCloudChoosesUpstreamsMirror) {
  const struct {
    json cloud;
    const char* url;
    const char* warning;  // empty: none
  } cases[] = {
      {"AzureCloud", "https://download.docker.com/linux", ""},
      {"AzurePublicCloud", "https://download.docker.com/linux", ""},
      {"AzureChinaCloud", "https://mirror.azure.cn/docker-ce/linux", ""},
      {"AzureUSGovernment", "https://download.docker.com/linux", ""},
      {"AzureUSGovernmentCloud", "https://download.docker.com/linux", ""},
      {"AzureGermanCloud", "https://download.docker.com/linux", "has no mirror"},
      {"elsewhere", "https://download.docker.com/linux", "is no cloud that is known"},
      {7, "https://download.docker.com/linux", "is no cloud that is known"},
  };
  for (const auto& [cloud, url, warning] : cases) {
    const SettingsReading reading = Read(json::object(), {{"azure-environment", cloud}});
    EXPECT_THAT(reading.findings.errors, IsEmpty()) << cloud;
    EXPECT_EQ(reading.desired.source.url, url) << cloud;
    if (std::string_view(warning).empty())
      EXPECT_THAT(reading.findings.warnings, IsEmpty()) << cloud;
    else
      EXPECT_THAT(reading.findings.warnings,
                  ElementsAre(testing::Property(&Finding::Message, HasSubstr(warning))))
          << cloud;
  }
}

TEST(EngineSource, ACloudWithoutAMirrorIsAWarningWhereUpstreamIsAskedFor) {
  const json cloud = {{"azure-environment", "AzureUSGovernment"}};
  EXPECT_THAT(Read({{"source", "upstream"}}, cloud).findings.warnings,
              ElementsAre(testing::Property(&Finding::Message, HasSubstr("has no mirror"))));
  EXPECT_THAT(Read({{"source", "distribution"}}, cloud).findings.warnings, IsEmpty());
  const json repository = {{"url", "https://m.example"}};
  EXPECT_THAT(Read({{"source", "upstream"}, {"repository", repository}}, cloud).findings.warnings, IsEmpty());
}

TEST(EngineSource, AnOwnUrlCountsMoreThanTheCloud) {
  const SettingsReading reading =
      Read({{"source", "upstream"}, {"repository", {{"url", "https://m.example"}}}},
           {{"azure-environment", "AzureChinaCloud"}});
  EXPECT_EQ(reading.desired.source.url, "https://m.example");
}

TEST(EngineSource, AVersionIsAskedForByItsBeginning) {
  constexpr std::string_view kDeb = "5:28.5.2-1~debian.12~bookworm";
  for (const char* wanted : {"", "28", "28.", "28.5", "28.5.2", "5:28.5.2-1~debian.12~bookworm", "5:28.5.2",
                             "28.5.2-1", "28.5.2-1~debian.12"}) {
    EXPECT_TRUE(IsVersion(kDeb, wanted)) << wanted;
  }
  for (const char* wanted : {"2", "28.5.20", "28.50", "29", "8.5.2", "28.5.2-2", "5:29"})
    EXPECT_FALSE(IsVersion(kDeb, wanted)) << wanted;
  EXPECT_TRUE(IsVersion("20.10.24+dfsg1-1+deb12u1", "20.10.24"));
  EXPECT_TRUE(IsVersion("28.5.2", "28"));
  EXPECT_TRUE(IsVersion("20.10.24_ce-1", "20.10.24"));
  EXPECT_TRUE(IsVersion("3:20.10.23-1.el9", "20.10.23-1"));
}

TEST(EngineVersionOf, IsWithoutWhatThePackageAdds) {
  for (const char* version : {"28.5.2", "5:28.5.2-1~debian.12~bookworm", "28.5.2_ce-1", "28.5.2+dfsg1"})
    EXPECT_EQ(EngineVersionOf(version), "28.5.2") << version;
}

TEST(PublicSecrets, AnOpenPgpPublicKeyIsNoneAndAPrivateOneIs) {
  const json repository = {{"url", "https://m.example"}, {"key", KeyFile("docker-rpm.asc")}};
  EXPECT_THAT(Read({{"source", "custom"}, {"repository", repository}}).findings.errors, IsEmpty());
  const std::string label =
      "-----BEGIN PGP PRIVATE "
      "KEY BLOCK-----";
  EXPECT_THAT(Read({{"source", "upstream"}, {"repository", {{"key", label}}}}).findings.errors,
              Contains(Says("repository.key", "an OpenPGP private key, which is public now")));
}

// A v4 fingerprint (RFC 9580, 5.5.4.2): SHA-1 of 0x99, the body's size in two bytes, and the body.
std::string FingerprintOf(const std::string& file) {
  const std::string body = PrimaryKeyBody(DearmoredKey(KeyFile(file)));
  std::string hashed = "\x99";
  hashed += static_cast<char>(body.size() >> 8);
  hashed += static_cast<char>(body.size() & 255);
  hashed += body;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(hashed.data(), hashed.size(), digest, &size, EVP_sha1(), nullptr);
  std::ostringstream hex;
  for (unsigned int i = 0; i < size; ++i) {
    constexpr const char* kDigits = "0123456789ABCDEF";
    hex << kDigits[digest[i] >> 4] << kDigits[digest[i] & 15];
  }
  return hex.str();
}

// https://docs.docker.com/engine/install/debian/ and .../centos/ name them.
TEST(DockersKeys, HaveTheFingerprintsThatDockerNames) {
  EXPECT_EQ(FingerprintOf("docker-deb.asc"), "9DC858229FC7DD38854AE2D88D81803C0EBFCD88");
  EXPECT_EQ(FingerprintOf("docker-rpm.asc"), "060A61C51B558A7F742B77AAC52FEB6B621E9F35");
}

TEST(OpenPgpKey, CutAnywhereIsNoKeyOrDamaged) {
  const std::string key = KeyFile("docker-rpm.asc");
  EXPECT_EQ(FindKeyError(key), "");
  for (std::size_t size = 0; size + 40 < key.size(); size += 37)
    EXPECT_NE(FindKeyError(key.substr(0, size)), "") << size;
  std::string crlf;
  for (const char c : key) crlf += c == '\n' ? "\r\n" : std::string(1, c);
  EXPECT_EQ(FindKeyError(crlf), "");
}

TEST(OpenPgpKey, APacketThatClaimsMoreThanThereIsIsNone) {
  using std::string_literals::operator""s;
  for (const std::string& packets : {""s, "\x98"s, "\x98\xff"s, "\x99\xff\xff"s, "\x9b"s, "\xc6"s,
                                     "\xc6\xff\xff\xff\xff\xff"s, "\xc6\xe0zzzzzz"s, "\xb4\x01z"s, "z"s})
    EXPECT_EQ(PrimaryKeyBody(packets), "") << packets.size();
  EXPECT_EQ(PrimaryKeyBody("\x98\x02xy"s), "xy");
  EXPECT_EQ(PrimaryKeyBody("\xc6\x04wxyz"s), "wxyz");
}

}  // namespace
}  // namespace dockerext
