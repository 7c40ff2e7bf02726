// SPDX-License-Identifier: MIT
// Settings that a customer, or Azure itself, gets wrong, as the real agent hands them on: none, text that is
// no JSON, for a certificate that never comes, with certificates a year off, under a number that goes back.
// The user reads what to do, and what served serves. The tests share a VM and run in their order.
#include <gmock/gmock.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "handler/base/text.hpp"
#include "tests/e2e/suites/agent/agent_vm.hpp"
#include "tests/support/test_pki.hpp"

namespace dockerext {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr hours kYear{365 * 24};
constexpr const char* kText = "/root/settings.text";
constexpr const char* kYearOff = "/root/year-off.json";

class AgentSettings : public AgentVm<AgentSettings> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithAgent;

 protected:
  // As RuntimeSettings, word for word.
  static void OrderText(const std::string& text) {
    Write(kText, text);
    azure().Order({"settings", "--text", kText});
  }

  // A server certificate that is valid for a year from then on.
  static void OrderCertificate(system_clock::time_point begins) {
    const TestPair ca = MakePair({.common_name = "CA", .authority = true});
    const TestPair server =
        MakePair({.common_name = "server", .now = begins, .begins = hours(0), .ends = kYear}, &ca);
    const nlohmann::json certs = {{"ca", ca.certificate}, {"cert", server.certificate}, {"key", server.key}};
    Write(kYearOff, nlohmann::json{{"certs", certs}}.dump());
    azure().Order({"settings", "--port", "4243", "--protected", kYearOff});
  }

  // The agent reports none where there are no settings.
  static void AwaitSuccessInFile() {
    const auto status = [] {
      return nlohmann::json::parse(vm().StatusText(0))[0]["status"]["status"].get<std::string>();
    };
    for (int tries = 0; status() == "transitioning" && tries < 300; ++tries) vm().Say({"/bin/sleep", "0.2"});
    EXPECT_EQ(status(), "success");
  }

  static void ExpectClosed() {
    EXPECT_EQ(vm().Exec({"/usr/bin/docker", "info"}).exit_code, 0);
    EXPECT_FALSE(vm().IsOpen(4243));
  }

  // The engine's process is that one, and a client is answered.
  static void ExpectServing(const std::string& pid) {
    EXPECT_EQ(vm().EnginePid(), pid);
    ExpectAnAnswerAt(kPort);
  }

  static constexpr std::uint16_t kPort = 5000;  // not the one that settings mean that name none
};

TEST_F(AgentSettings, WithNoneDockerIsInstalledAndNoPortIsOpen) {
  azure().Order({"add", "--zip", Azure::kZip});
  azure().Await("no settings");
  AwaitSuccessInFile();
  EXPECT_THAT(azure().Reported(), AllOf(HasSubstr("Plugin enabled"), Not(HasSubstr("settingsStatus"))));
  ExpectClosed();
}

TEST_F(AgentSettings, TextThatIsNoJsonOpensNoPort) {
  const std::string pid = vm().EnginePid();
  OrderText("{\"runtimeSettings\": [{");
  azure().Await("no JSON, nothing open");
  EXPECT_THAT(azure().Reported(), HasSubstr("neither a port nor certificates were given"));
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectClosed();
}

TEST_F(AgentSettings, ACertificateOfNextYearOpensNoPort) {
  const std::string pid = vm().EnginePid();
  const auto begins = system_clock::now() + kYear;
  OrderCertificate(begins);
  azure().Await("certificate of next year", "error");
  EXPECT_THAT(azure().Reported(),
              AllOf(HasSubstr("protectedSettings.certs.cert: the certificate is not valid before " +
                              FormatUtc(begins)),
                    HasSubstr("send one that is in date"), HasSubstr("\"code\": 53")));
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectClosed();
  azure().OrderSettings({"settings"}, kPort);
  azure().Await("right certificates");
  ExpectAnAnswerAt(kPort);
}

TEST_F(AgentSettings, ACertificateThatHasExpiredLeavesWhatServes) {
  const std::string pid = vm().EnginePid();
  const auto begins = system_clock::now() - 2 * kYear;
  OrderCertificate(begins);
  azure().Await("certificate of last year", "error");
  EXPECT_THAT(azure().Reported(), HasSubstr("protectedSettings.certs.cert: the certificate expired on " +
                                            FormatUtcDate(begins + kYear) + "; send one that is in date"));
  ExpectServing(pid);
  azure().OrderSettings({"settings"}, kPort);
  azure().Await("right certificates again");
  ExpectServing(pid);
}

// The agent makes three nulls of either.
TEST_F(AgentSettings, TextThatIsNoJsonOrBlankChangesNothing) {
  const std::string pid = vm().EnginePid();
  for (const char* text : {"{\"runtimeSettings\": [{", " "}) {
    OrderText(text);
    azure().Await("'" + std::string(text) + "' as settings");
    EXPECT_THAT(azure().Reported(), HasSubstr("port, options and uninstallPolicy were kept"));
    ExpectServing(pid);
  }
}

// The agent dies of it, again and again, until the next settings.
TEST_F(AgentSettings, TextThatTheAgentCannotReadReachesNobody) {
  const std::string pid = vm().EnginePid();
  const int before = azure().Calls("enable");
  OrderText("");
  vm().Shell(
      "for i in $(seq 300); do journalctl -u walinuxagent | grep -q 'JSON object must be str' && exit 0; "
      "sleep 0.2; done; exit 1");
  EXPECT_EQ(azure().Calls("enable"), before);
  ExpectServing(pid);
  azure().OrderSettings({"settings"}, kPort);
  azure().Await("settings that the agent can read");
  ExpectServing(pid);
}

TEST_F(AgentSettings, NoneAnyMoreChangesNothing) {
  const std::string pid = vm().EnginePid();
  azure().Order({"settings"});
  azure().Await("no settings any more");
  AwaitSuccessInFile();
  EXPECT_THAT(vm().StatusText(0), HasSubstr("port, options and uninstallPolicy were kept"));
  EXPECT_THAT(azure().Reported(), Not(HasSubstr("settingsStatus")));
  ExpectServing(pid);
}

// It might still be on its way, so the worker waits for a minute.
TEST_F(AgentSettings, ACertificateThatNeverComesIsNamedAndWhatServesServes) {
  const std::string pid = vm().EnginePid();
  azure().OrderSettings({"settings", "--lost-certificate"}, 6000);
  azure().AwaitReported("transitioning");
  ExpectServing(pid);
  azure().Await("certificate that never comes", "error");
  const std::string thumbprint = vm().Shell(
      "sed -n 's/.*protectedSettingsCertThumbprint\": \"\\([0-9A-F]*\\)\".*/\\1/p' "
      "$(ls -t /var/lib/waagent/Example*/config/*.settings | head -n 1)");
  EXPECT_THAT(azure().Reported(),
              AllOf(HasSubstr("'/var/lib/waagent/" + thumbprint + ".crt'"), HasSubstr("\"code\": 53"),
                    HasSubstr("set the extension's protected settings again")));
  ExpectServing(pid);
  EXPECT_FALSE(vm().IsOpen(6000));
}

// The second order comes while the first is being carried out.
TEST_F(AgentSettings, ANumberThatGoesBackIsStillTheNewerOne) {
  const int before = azure().Calls("enable");
  azure().OrderSettings({"settings", "--sequence", "30"}, 4343);
  AwaitCalls("enable", before);
  azure().OrderSettings({"settings", "--sequence", "0"}, 4443);
  azure().Await("number 0 after number 30");
  EXPECT_THAT(azure().Reported(), HasSubstr("\"sequenceNumber\": 0"));
  ExpectAnAnswerAt(4443);
  EXPECT_FALSE(vm().IsOpen(kPort));
  EXPECT_FALSE(vm().IsOpen(4343));
}

}  // namespace
}  // namespace dockerext
