// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "handler/docker/drop_in.hpp"
#include "handler/docker/engine_target.hpp"
#include "handler/state/ledger.hpp"
#include "tests/support/fake_machine.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPort4243 = R"({"docker": {"port": "4243"}})";

auto Warning(const std::string& text) {
  return AllOf(Field(&Substatus::level, StatusLevel::kWarning), Field(&Substatus::message, HasSubstr(text)));
}

TEST(EnableSettings, TheSettingsOf2014AreAccepted) {
  FakeMachine vm;
  const TestCredentials old = Make2014Credentials(vm.clock.UtcNow());
  const std::string protected_json = R"({"ca":")" + EncodeBase64(old.ca.certificate) +
                                     R"(","server-cert":")" + EncodeBase64(old.server.certificate) +
                                     R"(","server-key":")" + EncodeBase64(old.server.key) + R"("})";
  vm.Set(0, R"({"dockerport": "4243"})", protected_json);
  vm.Run("enable");
  const StatusReport status = vm.StatusOf(0);
  EXPECT_EQ(status.level, StatusLevel::kSuccess);
  EXPECT_THAT(status.substatuses, Contains(Warning("no DNS name and no IP address")));
  EXPECT_THAT(status.substatuses,
              Contains(Field(&Substatus::message, HasSubstr("a client with a certificate is answered"))));
}

TEST(EnableSettings, AKeyOfAnotherCertificateChangesNothing) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  const auto before = vm.Tree();
  const auto pid = vm.docker.pid();
  TestCredentials mixed = MakeCredentials(vm.clock.UtcNow());
  mixed.server.key = mixed.client.key;
  vm.Set(1, kPort4243, FakeMachine::Certs(mixed));

  const RunResult result = vm.Run("enable");

  EXPECT_EQ(result.exit_code, 53);
  EXPECT_THAT(result.err,
              HasSubstr("protectedSettings.certs.key: the private key does not match the certificate"));
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
  EXPECT_EQ(vm.StatusOf(1).code, 53);
  EXPECT_EQ(vm.Tree(), before);
  EXPECT_EQ(vm.docker.pid(), pid);
}

TEST(EnableSettings, CertificatesAreJudgedBesideErrorsOfAnotherKind) {
  for (const char* public_json : {R"({"docker": {"port": 0}})", kPort4243}) {
    FakeMachine vm;
    TestCredentials damaged = MakeCredentials(vm.clock.UtcNow());
    damaged.server.key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    if (public_json == kPort4243) damaged.ca.certificate = "!";
    vm.Set(0, public_json, FakeMachine::Certs(damaged));
    const RunResult result = vm.Run("enable");
    EXPECT_EQ(result.exit_code, 53);
    EXPECT_THAT(result.err,
                AllOf(HasSubstr(public_json == kPort4243 ? "certs.ca is neither PEM" : "docker.port"),
                      HasSubstr("protectedSettings.certs.key holds no private key")));
  }
}

TEST(EnableSettings, AServerCertificateOfAnotherCaThanTheClientsIsNoFault) {
  FakeMachine vm;
  TestCredentials mixed = MakeCredentials(vm.clock.UtcNow());
  const TestPair other = MakePair({.common_name = "other CA", .now = vm.clock.UtcNow(), .authority = true});
  mixed.server =
      MakePair({.common_name = "server", .now = vm.clock.UtcNow(), .alternative_names = "DNS:x"}, &other);
  vm.Set(0, kPort4243, FakeMachine::Certs(mixed));
  vm.Run("enable");
  const StatusReport status = vm.StatusOf(0);
  EXPECT_EQ(status.level, StatusLevel::kSuccess);
  EXPECT_THAT(status.substatuses, Not(Contains(Warning("certs"))));
  EXPECT_THAT(
      status.substatuses,
      Contains(Field(&Substatus::message, HasSubstr("the server's own pair may not act as a client"))));
}

TEST(EnableSettings, TheServersPairIsAClientThroughAnIntermediateOfTheCa) {
  FakeMachine vm;
  const auto now = vm.clock.UtcNow();
  TestCredentials made = MakeCredentials(now);
  const TestPair middle = MakePair({.common_name = "middle", .now = now, .authority = true}, &made.ca);
  made.server = MakePair({.common_name = "server", .now = now, .alternative_names = "DNS:x"}, &middle);
  made.server.certificate += middle.certificate;
  vm.Set(0, kPort4243, FakeMachine::Certs(made));
  vm.Run("enable");
  const StatusReport status = vm.StatusOf(0);
  EXPECT_THAT(status.substatuses, Contains(Warning("passes as a client's too")));
  EXPECT_THAT(status.substatuses,
              Contains(Field(&Substatus::message, HasSubstr("a client with a certificate is answered"))));
}

TEST(EnableSettings, SeveralCasAreCountedInTheStatusAlsoWhenTheyAreKept) {
  FakeMachine vm;
  TestCredentials made = MakeCredentials(vm.clock.UtcNow());
  vm.Set(0, kPort4243, FakeMachine::Certs(made));
  vm.Run("enable");
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("requires client certificates; the server certificate"));
  made.ca.certificate += MakeCredentials(vm.clock.UtcNow()).ca.certificate;
  vm.Set(1, kPort4243, FakeMachine::Certs(made));
  vm.Run("enable");
  EXPECT_THAT(vm.StatusOf(1).message, HasSubstr("requires client certificates of one of 2 CAs; the server"));
  vm.Set(2, R"({"docker": {"port": "4244"}})", std::nullopt);
  vm.Run("enable");
  EXPECT_THAT(vm.StatusOf(2).message, HasSubstr("requires client certificates of one of 2 CAs; the server"));
}

TEST(EnableSettings, ACaOfTheDistributionIsRefusedAndOneOfTheOwnersTrustStoreIsNot) {
  FakeMachine vm;
  const TestCredentials made = MakeCredentials(vm.clock.UtcNow());
  vm.files.Put("/usr/local/share/ca-certificates/own.crt", made.ca.certificate);
  vm.files.Put("/usr/share/ca-certificates/own.crt", made.ca.certificate);
  vm.files.Put("/usr/share/ca-certificates/mozilla/Public.crt", made.ca.certificate);
  vm.Set(0, kPort4243, FakeMachine::Certs(made));
  EXPECT_EQ(vm.Run("enable").exit_code, 0);  // no package says that they are its own

  vm.files.Put("/var/lib/dpkg/info/ca-certificates.list", "/usr/share/ca-certificates/mozilla/Public.crt\n");
  vm.Set(1, kPort4243, FakeMachine::Certs(made));
  EXPECT_EQ(vm.Run("enable").exit_code, 53);
  EXPECT_THAT(vm.StatusOf(1).message,
              HasSubstr("protectedSettings.certs.ca: certificate 1 of 1 (CN=test CA): "
                        "a public CA as this distribution ships it"));
}

TEST(EnableSettings, LineEndsThatAPipelineLostArePutBack) {
  FakeMachine vm;
  TestCredentials made = MakeCredentials(vm.clock.UtcNow());
  for (std::string* text : {&made.ca.certificate, &made.server.certificate, &made.server.key}) {
    for (char& c : *text) c = c == '\n' ? ' ' : c;
  }
  vm.Set(0, kPort4243, FakeMachine::Certs(made));
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

TEST(EnableSettings, APortWithoutCertificatesIsRejected) {
  FakeMachine vm;
  vm.Set(0, kPort4243, std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 53);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("a port is never opened without them"));
  EXPECT_FALSE(vm.docker.installed());
}

TEST(EnableSettings, WithoutSettingsDockerIsInstalledAndNoPortIsOpened) {
  FakeMachine vm;
  vm.files.Put(FakeMachine::FolderOf("1.0.0") + "/config/0.settings", "");
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  const StatusReport status = vm.StatusOf(0);
  EXPECT_EQ(status.level, StatusLevel::kSuccess);
  EXPECT_THAT(status.message, HasSubstr("the extension opens no TCP port"));
  EXPECT_THAT(status.substatuses, Contains(Warning("neither a port nor certificates")));
  EXPECT_TRUE(vm.docker.running());
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_FALSE(vm.files.Has(DropInPath()));
}

TEST(EnableSettings, CertificatesInUseAreKeptWhenNoneAreSent) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  const std::string set = vm.LastKnownGoodEndpoint().tls_folder;
  vm.Set(1, R"({"docker": {"port": 5000}})", std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.StatusOf(1).substatuses, Contains(Warning("those that are in use were kept")));
  EXPECT_EQ(vm.docker.port(), 5000);
  EXPECT_EQ(vm.LastKnownGoodEndpoint().tls_folder, set);
}

// The agent writes a file of 0 bytes without settings, and nulls for settings that it could not read.
TEST(EnableSettings, WithoutSettingsTheCurrentConfigurationIsKept) {
  FakeMachine vm;
  vm.Set(0, R"({"docker": {"port": 5000, "options": ["--debug"]}, "uninstallPolicy": "keep"})",
         FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  const auto pid = vm.docker.pid();
  vm.Set(1, "null", std::nullopt);
  vm.files.Put(FakeMachine::FolderOf("1.0.0") + "/config/2.settings", "");
  for (vm.sequence = 1; vm.sequence <= 2; ++vm.sequence) {
    EXPECT_EQ(vm.Run("enable").exit_code, 0);
    const StatusReport status = vm.StatusOf(vm.sequence);
    EXPECT_EQ(status.level, StatusLevel::kSuccess) << status.message;
    EXPECT_THAT(status.substatuses,
                Contains(Warning("port, options, uninstallPolicy and the source of Docker were kept")));
    EXPECT_EQ(vm.docker.port(), 5000);
    EXPECT_EQ(vm.docker.pid(), pid);
    EXPECT_EQ(LoadLedger(vm.files)->uninstall_policy, "keep");
  }
}

TEST(EnableSettings, EmptySettingsSelectTheDefaults) {
  FakeMachine vm;
  vm.Set(0, R"({"docker": {"port": 5000, "options": ["--debug"]}})",
         FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.Set(1, "{}", std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_THAT(vm.StatusOf(1).substatuses, Contains(Warning("those that are in use were kept")));
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_TRUE(ParseTarget(LoadLedger(vm.files)->cached_plan->target)->options.empty());
}

TEST(EnableSettings, WithoutSettingsInstallonlyStaysInForce) {
  FakeMachine vm;
  vm.Set(0, R"({"docker": {"port": 5000}})", FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.Set(1, R"({"installonly": true})", std::nullopt);
  vm.Run("enable");
  EXPECT_THAT(vm.StatusOf(1).substatuses,
              Contains(Field(&Substatus::message,
                             HasSubstr("port 5000, which the extension opened before, stays open"))));
  const auto pid = vm.docker.pid();
  vm.Set(2, "null", std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kSuccess) << vm.StatusOf(2).message;
  EXPECT_EQ(vm.docker.port(), 5000);
  EXPECT_EQ(vm.docker.pid(), pid);
}

TEST(EnableSettings, OnAnotherVmAPortFromACapturedImageIsClosedWithoutNewCertificates) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.files.Put("/sys/class/dmi/id/product_uuid", "0f0e0d0c-1111-2222-3333-444444444444\n");
  vm.Set(1, kPort4243, std::nullopt);
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
  EXPECT_EQ(vm.StatusOf(1).code, 53);
  EXPECT_THAT(vm.StatusOf(1).message, HasSubstr("created from an image"));
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_TRUE(vm.docker.running());
}

TEST(EnableSettings, AUuidInTheOtherByteOrderIsTheSameVm) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.files.Put("/sys/class/dmi/id/product_uuid", "44454c4c-4200-1035-8052-b4c04f4e3732\n");
  vm.files.changes = 0;
  vm.Run("enable");
  EXPECT_EQ(vm.files.changes, 0);
}

TEST(EnableSettings, InstallonlyLeavesTheDaemonAsItIs) {
  FakeMachine vm;
  vm.Set(0, R"({"dockerport": "4243", "installonly": "true"})", std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("left as it is"));
  EXPECT_EQ(vm.docker.starts, 1);  // the package's own
  EXPECT_FALSE(vm.files.Has(DropInPath()));
}

TEST(EnableSettings, OptionsAreAppliedEvenWithoutAPort) {
  FakeMachine vm;
  vm.Set(0, R"({"docker": {"options": ["-D", "--label=a=b c$d%e"]}})", std::nullopt);
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.files.Content(DropInPath()), HasSubstr(R"(--debug "--label=a=b c$$d%%e")"));
  EXPECT_EQ(vm.docker.port(), 0);
}

TEST(EnableSettings, ALateCertificateOfTheVmIsWaitedFor) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  const std::string key_path = "/var/lib/waagent/" + Thumbprint(vm.tenant_pair.certificate) + ".prv";
  vm.files.Erase(key_path);
  EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
  vm.files.Put(key_path, vm.tenant_pair.key);
  vm.Drain();
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

TEST(EnableSettings, AMissingCertificateOfTheVmIsNamed) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.files.Erase("/var/lib/waagent/" + Thumbprint(vm.tenant_pair.certificate) + ".crt");
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_EQ(vm.StatusOf(0).code, 53);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr(Thumbprint(vm.tenant_pair.certificate)));
}

TEST(EnableSettings, WithoutASequenceNumberTheLastModifiedSettingsAreUsed) {
  FakeMachine vm;
  vm.Set(9, kPort4243, std::nullopt);
  vm.clock.elapsed += std::chrono::seconds(1);
  vm.Set(2, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable", {{"ConfigSequenceNumber", ""}});
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kSuccess);
}

TEST(EnableSettings, NoSecretReachesLogStatusOrOutput) {
  FakeMachine vm;
  const TestCredentials credentials = MakeCredentials(vm.clock.UtcNow());
  vm.Set(0, kPort4243, FakeMachine::Certs(credentials));
  const RunResult result = vm.Run("enable");
  const std::string secret = credentials.server.key.substr(60, 40);
  EXPECT_THAT(vm.log.lines, Not(Contains(HasSubstr(secret))));
  EXPECT_THAT(result.out + result.err, Not(HasSubstr(secret)));
  int holders = 0;
  for (const std::string& line : vm.files.Tree({"/etc", "/run", "/var/log", "/var/lib/docker-extension"})) {
    holders += line.find(secret) != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(holders, 1);
}

}  // namespace
}  // namespace dockerext
