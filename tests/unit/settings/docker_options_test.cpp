// SPDX-License-Identifier: MIT
// docker.options through ReadSettings: what is passed on to dockerd, what is refused, and where a message
// points.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "handler/settings/settings.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Property;

using Elements = std::vector<std::string>;

SettingsReading Read(const Elements& options) {
  const nlohmann::json settings = {{"docker", {{"options", options}}}};
  return ReadSettings(settings.dump(), Secret());
}

// What dockerd would get.
Elements Accepted(const Elements& options) {
  const SettingsReading reading = Read(options);
  EXPECT_THAT(FormatFindings(reading.findings.errors), IsEmpty());
  return TextsOf(reading.desired.options);
}

std::vector<Finding> ErrorsOf(const Elements& options) { return Read(options).findings.errors; }

auto Error(int index, const std::string& text) {
  return AllOf(Field(&Finding::path, "publicSettings.docker.options[" + std::to_string(index) + "]"),
               Property(&Finding::Message, HasSubstr(text)));
}

TEST(DockerOptions, EachIsOneArgument) {
  EXPECT_THAT(Accepted({"--dns=8.8.8.8", "-D", "-l=warn", "--label=a \"b\" $c %d"}),
              ElementsAre("--dns=8.8.8.8", "--debug", "--log-level=warn", "--label=a \"b\" $c %d"));
}

TEST(DockerOptions, AValueKeepsItsBlanks) {
  EXPECT_THAT(Accepted({" --label=b= two  blanks "}), ElementsAre("--label=b= two  blanks "));
}

TEST(DockerOptions, AValueMayBeTheNextElement) {
  EXPECT_THAT(Accepted({"--log-driver", "journald", "-D", "-l", "warn", "--label", "a=b c"}),
              ElementsAre("--log-driver=journald", "--debug", "--log-level=warn", "--label=a=b c"));
  EXPECT_THAT(Accepted({"--shutdown-timeout", "-1"}), ElementsAre("--shutdown-timeout=-1"));
}

TEST(DockerOptions, AnElementMayHoldAFlagAndItsValueOrSeveralFlags) {
  EXPECT_THAT(Accepted({"--log-driver journald", " -l  warn ", "--dns 8.8.8.8 --dns 8.8.4.4"}),
              ElementsAre("--log-driver=journald", "--log-level=warn", "--dns=8.8.8.8", "--dns=8.8.4.4"));
  EXPECT_THAT(Accepted({"--dns=8.8.8.8 --debug", "-D -l=warn"}),
              ElementsAre("--dns=8.8.8.8", "--debug", "--debug", "--log-level=warn"));
}

TEST(DockerOptions, ShorthandsAreReadInEverySpelling) {
  EXPECT_THAT(Accepted({"-lwarn", "-Dl", "warn", "-Dlwarn", "-D=false", "-g", "/data"}),
              ElementsAre("--log-level=warn", "--debug", "--log-level=warn", "--debug", "--log-level=warn",
                          "--debug=false", "--data-root=/data"));
}

TEST(DockerOptions, TheFormerNameOfTheDataRootIsWrittenAsTodays) {
  EXPECT_THAT(Accepted({"--graph=/data"}), ElementsAre("--data-root=/data"));
}

TEST(DockerOptions, OfAnUnknownNameAreLeftToTheEngine) {
  EXPECT_THAT(Accepted({"--from-the-future", "--its-value", "x", "--other=1"}),
              ElementsAre("--from-the-future", "--its-value=x", "--other=1"));
}

TEST(DockerOptions, EachHasItsOwnPath) {
  std::vector<std::string> paths;
  for (const DockerOption& option : Read({"--live-restore", "--label", "a=b", "-D -l warn"}).desired.options)
    paths.push_back(option.at);
  EXPECT_THAT(paths, ElementsAre("publicSettings.docker.options[1]", "publicSettings.docker.options[3]",
                                 "publicSettings.docker.options[3]"));
}

TEST(DockerOptions, LiveRestoreIsLeftToTheExtensionUnlessItIsSwitchedOff) {
  EXPECT_THAT(Accepted({"--live-restore", "--live-restore=true", "--live-restore=false"}),
              ElementsAre("--live-restore=false"));
}

TEST(DockerOptions, AnAddressThatSwarmAdvertisesIsNoListener) {
  EXPECT_THAT(Accepted({"--swarm-default-advertise-addr=eth0"}),
              ElementsAre("--swarm-default-advertise-addr=eth0"));
}

TEST(DockerOptions, ThatListenWeakenOrAreOursAreRefusedInEverySpelling) {
  for (const char* option : {"-H",
                             "-H=tcp://0.0.0.0:2375",
                             "-Htcp://0.0.0.0:2375",
                             "-H tcp://0.0.0.0:2375",
                             "-DHtcp://0.0.0.0:2375",
                             "-DH tcp://0.0.0.0:2375",
                             "--host=tcp://0.0.0.0:2375",
                             "--host tcp://0.0.0.0:2375",
                             "--tls=false",
                             "--tls false",
                             "--tlsverify=false",
                             "--tlscacert=/x",
                             "--tlscert=/x",
                             "--tlskey /x",
                             "--metrics-addr=127.0.0.1:9323",
                             "--network-diagnostic-port=1",
                             "--api-cors-header=*",
                             "--api-enable-cors",
                             "--config-file=/x",
                             "--help",
                             "-v",
                             "--label=a --host=tcp://0.0.0.0:2375"}) {
    EXPECT_THAT(ErrorsOf({"--debug", option}), ElementsAre(Error(1, "--"))) << option;
    EXPECT_THAT(ErrorsOf({"--debug", option}), Not(ElementsAre(Error(1, "must be one")))) << option;
  }
  EXPECT_THAT(ErrorsOf({"-H", "tcp://0.0.0.0:2375"}), ElementsAre(Error(0, "--host adds a listener")));
}

TEST(DockerOptions, OfNoFormThatDockerdReadsAreErrors) {
  for (const char* option : {"8.8.8.8", "-X", "", " ", "--", "-", "--Debug", "---debug", "debug",
                             "--label \"a=b c\"", "--debug x"}) {
    EXPECT_THAT(ErrorsOf({"--debug", option}), ElementsAre(Error(1, "must be one dockerd option written")))
        << option;
  }
}

TEST(DockerOptions, OfNoFormAreToldOnceForAnElement) {
  EXPECT_THAT(ErrorsOf({"-e X", "a b"}),
              ElementsAre(Error(0, "must be one dockerd"), Error(1, "must be one dockerd")));
}

TEST(DockerOptions, AFlagWithoutItsValueIsAnErrorThatSaysHowToWriteIt) {
  EXPECT_THAT(ErrorsOf({"--log-driver", "--debug"}), ElementsAre(Error(0, "write --log-driver=VALUE")));
  EXPECT_THAT(ErrorsOf({"-D", "-l"}), ElementsAre(Error(1, "write --log-level=VALUE")));
}

TEST(DockerOptions, AValueApartFromASwitchIsAnErrorThatSaysHowToWriteIt) {
  EXPECT_THAT(ErrorsOf({"--userland-proxy", "false"}), ElementsAre(Error(0, "write --userland-proxy=false")));
  EXPECT_THAT(ErrorsOf({"--live-restore false"}), ElementsAre(Error(0, "write --live-restore=false")));
}

TEST(DockerOptions, ALongNameWithOneDashIsAnErrorThatSaysHowToWriteIt) {
  EXPECT_THAT(ErrorsOf({"-log-driver", "journald"}), ElementsAre(Error(0, "write --log-driver")));
  EXPECT_THAT(ErrorsOf({"-debug"}), ElementsAre(Error(0, "write --debug")));
}

// systemd-analyze verify (systemd 252) refuses these and nothing else that JSON can hold.
TEST(DockerOptions, WhatSystemdDoesNotReadInAUnitIsRefused) {
  for (const char* text : {"\uFDD0", "\uFDEF", "\uFFFE", "\uFFFF", "\U0001FFFE", "\U0010FFFF"})
    EXPECT_THAT(ErrorsOf({std::string("--label=a") + text}), ElementsAre(Error(0, "noncharacter"))) << text;
  for (const char* text : {"\n", "\r", "\t", "\x7F"})
    EXPECT_THAT(ErrorsOf({std::string("--label=a") + text}), ElementsAre(Error(0, "control"))) << text;
  EXPECT_THAT(ErrorsOf({std::string("--label=a\0b", 11)}), ElementsAre(Error(0, "control")));
  for (const char* text : {"\uFDCF", "\uFDF0", "\uFFFD", "\uFEFF", "\U0001F600", "\uE000"})
    EXPECT_THAT(Accepted({std::string("--label=a") + text}), ElementsAre(std::string("--label=a") + text));
}

TEST(DockerOptions, AnErrorInAValueIsNoErrorOfItsFlag) {
  EXPECT_THAT(ErrorsOf({"--label", "a\nb", "--debug"}), ElementsAre(Error(1, "control character")));
}

TEST(DockerOptions, LongerThanACommandLineHoldsAreRefused) {
  EXPECT_THAT(ErrorsOf({"--label=" + std::string(100'000, 'a')}), IsEmpty());
  EXPECT_THAT(ErrorsOf({"--label=" + std::string(100'000, 'a'), "--label=" + std::string(100'000, 'a')}),
              ElementsAre(Error(1, "128 KiB")));
}

TEST(DockerOptions, AMessageQuotesNoValue) {
  for (const char* option : {"--Label=hunter2", "-X=hunter2", "--tlskey=hunter2"}) {
    EXPECT_THAT(FormatFindings(ErrorsOf({option})), AllOf(Not(IsEmpty()), Not(HasSubstr("hunter2"))))
        << option;
  }
}

// Where an option belongs may stand half of a password, or a line of a key.
TEST(DockerOptions, AWordThatIsNoneIsNotShown) {
  const std::string body = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghunter2hunter2hun";
  for (const std::vector<std::string>& options :
       std::vector<std::vector<std::string>>{{"http://user:hunter2=@h"},
                                             {"--http-proxy=", "http://user:hunter2=@h"},
                                             {"--http-proxy http://u:a=@h http://u:hunter2=@h"},
                                             {"--no-proxy=x", "user:hunter2=@h"},
                                             {"--http://u:hunter2=@h"},
                                             {"http-proxy: http://u:hunter2=@h"},
                                             {"-u:hunter2=@x"},
                                             {"--http-proxy=http://user:a", "hunter2@proxy"},
                                             {"http:/user:hunter2@h"},
                                             {"password hunter2"},
                                             {body}}) {
    EXPECT_THAT(FormatFindings(ErrorsOf(options)), AllOf(Not(IsEmpty()), Not(HasSubstr("hunter2"))));
  }
}

}  // namespace
}  // namespace dockerext
