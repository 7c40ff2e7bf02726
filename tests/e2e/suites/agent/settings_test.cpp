// SPDX-License-Identifier: MIT
// Invalid settings, as the real agent passes them on: none, text that is not JSON, sealed for a certificate
// that never arrives, with certificates that are not in date, with a sequence number that decreases. The
// status says what to do, and the configuration in force is kept. The tests share a VM and run in order.
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
  // Sets this text verbatim as RuntimeSettings.
  static void RequestText(const std::string& text) {
    Write(kText, text);
    azure().Request({"settings", "--text", kText});
  }

  // Settings with a server certificate that is valid for a year from `begins` on.
  static void RequestCertificate(system_clock::time_point begins) {
    const TestPair ca = MakePair({.common_name = "CA", .authority = true});
    const TestPair server =
        MakePair({.common_name = "server", .now = begins, .begins = hours(0), .ends = kYear}, &ca);
    const nlohmann::json certs = {{"ca", ca.certificate}, {"cert", server.certificate}, {"key", server.key}};
    Write(kYearOff, nlohmann::json{{"certs", certs}}.dump());
    azure().Request({"settings", "--port", "4243", "--protected", kYearOff});
  }

  // Reads the status file, since the agent reports no status without settings.
  static void AwaitSuccessInFile() {
    const auto status = [] {
      return nlohmann::json::parse(vm().StatusText(0))[0]["status"]["status"].get<std::string>();
    };
    for (int tries = 0; status() == "transitioning" && tries < 300; ++tries) vm().Run({"/bin/sleep", "0.2"});
    EXPECT_EQ(status(), "success");
  }

  static void ExpectClosed() {
    EXPECT_EQ(vm().Exec({"/usr/bin/docker", "info"}).exit_code, 0);
    EXPECT_FALSE(vm().IsOpen(4243));
  }

  // Expects this process of the engine, and an answer to a client.
  static void ExpectServing(const std::string& pid) {
    EXPECT_EQ(vm().EnginePid(), pid);
    ExpectAnAnswerAt(kPort);
  }

  static constexpr std::uint16_t kPort = 5000;  // not the default port
};

TEST_F(AgentSettings, NoSettingsInstallDockerAndOpenNoPort) {
  azure().Request({"add", "--zip", Azure::kZip});
  azure().Await("no settings");
  AwaitSuccessInFile();
  EXPECT_THAT(azure().Reported(), AllOf(HasSubstr("Plugin enabled"), Not(HasSubstr("settingsStatus"))));
  ExpectClosed();
}

TEST_F(AgentSettings, TextThatIsNotJsonOpensNoPort) {
  const std::string pid = vm().EnginePid();
  RequestText("{\"runtimeSettings\": [{");
  azure().Await("not JSON, nothing configured");
  EXPECT_THAT(azure().Reported(), HasSubstr("neither a port nor certificates were given"));
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectClosed();
}

TEST_F(AgentSettings, ACertificateThatIsNotYetValidOpensNoPort) {
  const std::string pid = vm().EnginePid();
  const auto begins = system_clock::now() + kYear;
  RequestCertificate(begins);
  azure().Await("certificate that is not yet valid", "error");
  EXPECT_THAT(azure().Reported(),
              AllOf(HasSubstr("protectedSettings.certs.cert: the certificate is not valid before " +
                              FormatUtc(begins)),
                    HasSubstr("send one that is in date"), HasSubstr("\"code\": 53")));
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectClosed();
  azure().RequestSettings({"settings"}, kPort);
  azure().Await("valid certificates");
  ExpectAnAnswerAt(kPort);
}

TEST_F(AgentSettings, AnExpiredCertificateKeepsTheConfiguration) {
  const std::string pid = vm().EnginePid();
  const auto begins = system_clock::now() - 2 * kYear;
  RequestCertificate(begins);
  azure().Await("expired certificate", "error");
  EXPECT_THAT(azure().Reported(), HasSubstr("protectedSettings.certs.cert: the certificate expired on " +
                                            FormatUtcDate(begins + kYear) + "; send one that is in date"));
  ExpectServing(pid);
  azure().RequestSettings({"settings"}, kPort);
  azure().Await("valid certificates again");
  ExpectServing(pid);
}

// The agent turns either text into settings with three nulls.
TEST_F(AgentSettings, TextThatIsNotJsonOrBlankChangesNothing) {
  const std::string pid = vm().EnginePid();
  for (const char* text : {"{\"runtimeSettings\": [{", " "}) {
    RequestText(text);
    azure().Await("'" + std::string(text) + "' as settings");
    EXPECT_THAT(azure().Reported(),
                HasSubstr("port, options, uninstallPolicy and the source of Docker were kept"));
    ExpectServing(pid);
  }
}

// The agent crashes repeatedly until the next settings.
TEST_F(AgentSettings, TextThatCrashesTheAgentDoesNotReachTheHandler) {
  const std::string pid = vm().EnginePid();
  const int before = azure().Calls("enable");
  RequestText("");
  vm().Shell(
      "for i in $(seq 300); do journalctl -u walinuxagent | grep -q 'JSON object must be str' && exit 0; "
      "sleep 0.2; done; exit 1");
  EXPECT_EQ(azure().Calls("enable"), before);
  ExpectServing(pid);
  azure().RequestSettings({"settings"}, kPort);
  azure().Await("settings that the agent can read");
  ExpectServing(pid);
}

TEST_F(AgentSettings, RemovedSettingsChangeNothing) {
  const std::string pid = vm().EnginePid();
  azure().Request({"settings"});
  azure().Await("settings removed");
  AwaitSuccessInFile();
  EXPECT_THAT(vm().StatusText(0),
              HasSubstr("port, options, uninstallPolicy and the source of Docker were kept"));
  EXPECT_THAT(azure().Reported(), Not(HasSubstr("settingsStatus")));
  ExpectServing(pid);
}

// The certificate may arrive late, so the worker waits for a minute.
TEST_F(AgentSettings, AMissingCertificateIsReportedAndTheConfigurationKept) {
  const std::string pid = vm().EnginePid();
  azure().RequestSettings({"settings", "--lost-certificate"}, 6000);
  azure().AwaitReported("transitioning");
  ExpectServing(pid);
  azure().Await("missing certificate", "error");
  const std::string thumbprint = vm().Shell(
      "sed -n 's/.*protectedSettingsCertThumbprint\": \"\\([0-9A-F]*\\)\".*/\\1/p' "
      "$(ls -t /var/lib/waagent/Example*/config/*.settings | head -n 1)");
  EXPECT_THAT(azure().Reported(),
              AllOf(HasSubstr("'/var/lib/waagent/" + thumbprint + ".crt'"), HasSubstr("\"code\": 53"),
                    HasSubstr("set the extension's protected settings again")));
  ExpectServing(pid);
  EXPECT_FALSE(vm().IsOpen(6000));
}

// The second goal state comes during the operation of the first.
TEST_F(AgentSettings, ALowerSequenceNumberStillSupersedes) {
  const int before = azure().Calls("enable");
  azure().RequestSettings({"settings", "--sequence", "30"}, 4343);
  AwaitCalls("enable", before);
  azure().RequestSettings({"settings", "--sequence", "0"}, 4443);
  azure().Await("number 0 after number 30");
  EXPECT_THAT(azure().Reported(), HasSubstr("\"sequenceNumber\": 0"));
  ExpectAnAnswerAt(4443);
  EXPECT_FALSE(vm().IsOpen(kPort));
  EXPECT_FALSE(vm().IsOpen(4343));
}

}  // namespace
}  // namespace dockerext
