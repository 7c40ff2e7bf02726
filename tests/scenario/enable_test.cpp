// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "handler/docker/drop_in.hpp"
#include "handler/state/ledger.hpp"
#include "tests/support/fake_machine.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kPort4243 = R"({"docker": {"port": "4243"}})";

auto Warning(const std::string& text) {
  return AllOf(Field(&Substatus::level, StatusLevel::kWarning), Field(&Substatus::message, HasSubstr(text)));
}

TEST(Enable, AnEmptyVmBecomesADockerHost) {
  FakeMachine vm;
  const TestCredentials credentials = MakeCredentials(vm.clock.UtcNow());
  vm.Set(0, kPort4243, FakeMachine::Certs(credentials));

  EXPECT_EQ(vm.Run("enable").exit_code, 0);

  const StatusReport status = vm.StatusOf(0);
  EXPECT_EQ(status.level, StatusLevel::kSuccess);
  EXPECT_EQ(status.message,
            "Docker Engine 20.10.24+dfsg1 listens on tcp://0.0.0.0:4243 and requires client certificates; "
            "the server "
            "certificate expires on 2027-11-24; the network security group must allow inbound TCP port 4243");
  EXPECT_EQ(vm.docker.port(), 4243);
  const auto probe = vm.docker.ProbeAnonymously(4243, {});
  EXPECT_EQ(probe->certificate_sha256, Sha256OfCertificate(credentials.server.certificate));
  const auto ledger = LoadLedger(vm.files);
  EXPECT_THAT(ledger->packages, ElementsAre("runc", "docker.io"));
  EXPECT_EQ(vm.LastKnownGoodEndpoint().port, 4243);
}

TEST(Enable, TheExtensionItselfIsOnTheDiskBeforeTheAgentTakesItForInstalled) {
  FakeMachine vm;
  EXPECT_EQ(vm.Run("install").exit_code, 0);
  EXPECT_THAT(vm.files.synced_paths, ElementsAre(FakeMachine::FolderOf("1.0.0")));
  vm.files.Erase(FakeMachine::FolderOf("1.0.0") + "/HandlerManifest.json");
  EXPECT_EQ(vm.Run("install").exit_code, 0);
  EXPECT_EQ(vm.files.synced_paths.size(), 1U);
}

TEST(Enable, EveryStepThatActedIsReportedWithItsDuration) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  std::vector<std::string> names;
  for (const Substatus& substatus : vm.StatusOf(0).substatuses) {
    names.push_back(substatus.name);
    EXPECT_THAT(substatus.message, testing::ContainsRegex("\\([0-9]+\\.[0-9] s\\)$")) << substatus.name;
  }
  EXPECT_THAT(names, ElementsAre("ledger", "install-engine", "tls-files", "live-restore", "drop-in", "engine",
                                 "endpoint"));
}

TEST(Enable, TheTlsFilesHaveTheModesOfTheCisBenchmark) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  const std::string folder = vm.LastKnownGoodEndpoint().tls_folder;
  EXPECT_EQ(vm.files.Mode(folder + "/ca.pem"), 0444_mode);
  EXPECT_EQ(vm.files.Mode(folder + "/cert.pem"), 0444_mode);
  EXPECT_EQ(vm.files.Mode(folder + "/key.pem"), 0400_mode);
  EXPECT_EQ(vm.files.Mode(DropInPath()), 0644_mode);
}

TEST(Enable, TheSameSettingsAgainChangeNothing) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.files.changes = 0;
  vm.commands_run.clear();
  const auto pid = vm.docker.pid();

  vm.clock.elapsed += std::chrono::hours(5);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);

  EXPECT_EQ(vm.files.changes, 0);
  EXPECT_THAT(vm.commands_run, IsEmpty());
  EXPECT_EQ(vm.docker.pid(), pid);
}

// Decrypting the envelope and validating the certificates take most of the time of such an enable.
TEST(Enable, AppliedSettingsAreNotDecryptedAgain) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.crypto.opened = 0;
  vm.Run("enable");
  EXPECT_EQ(vm.crypto.opened, 0);
}

TEST(Enable, AnotherVersionDoesNotUseTheCachedPlan) {
  FakeMachine vm;
  const std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
  vm.Set(0, kPort4243, certs);
  vm.Run("enable");
  vm.version = "2.0.0";
  vm.LayOut("2.0.0", "Enabled");
  vm.Set(0, kPort4243, certs);
  vm.crypto.opened = 0;
  vm.Run("enable");
  EXPECT_GT(vm.crypto.opened, 0);
}

TEST(Enable, ACertificateCloseToItsExpiryAddsAWarning) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.clock.elapsed += std::chrono::hours(24 * 340);
  vm.Run("enable");
  EXPECT_THAT(vm.StatusOf(0).substatuses, Contains(Warning("expires on")));
}

TEST(Enable, KeptCertificatesCloseToTheirExpiryAddAWarningToo) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.Set(1, kPort4243, std::nullopt);
  vm.Run("enable");
  vm.clock.elapsed += std::chrono::hours(24 * 340);
  vm.Run("enable");
  EXPECT_THAT(vm.StatusOf(1).substatuses, Contains(Warning("expires on")));
}

// No endpoint is verified for either of these settings.
TEST(Enable, WithoutAPortTheSameSettingsAgainChangeNothingEither) {
  for (const char* settings : {"{}", R"({"installonly": true})"}) {
    FakeMachine vm;
    vm.Set(0, settings, std::nullopt);
    vm.Run("enable");
    EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << settings;
    vm.commands_run.clear();
    vm.files.changes = 0;
    EXPECT_EQ(vm.Run("enable").exit_code, 0) << settings;
    EXPECT_THAT(vm.commands_run, IsEmpty()) << settings;
    EXPECT_EQ(vm.files.changes, 0) << settings;
  }
}

TEST(Enable, TheSameSettingsUnderANewSequenceNumberOnlyWriteAStatus) {
  FakeMachine vm;
  const std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
  vm.Set(0, kPort4243, certs);
  vm.Run("enable");
  vm.files.changed_paths.clear();
  vm.Set(7, kPort4243, certs);
  vm.Run("enable");
  EXPECT_THAT(vm.files.changed_paths, ElementsAre(FakeMachine::FolderOf("1.0.0") + "/status/7.status"));
  EXPECT_EQ(vm.StatusOf(7).level, StatusLevel::kSuccess);
}

TEST(Enable, APortChangeIsOneRestart) {
  FakeMachine vm;
  const std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
  vm.Set(0, kPort4243, certs);
  vm.Run("enable");
  vm.docker.starts = 0;
  vm.Set(1, R"({"docker": {"port": 5000}})", certs);
  vm.Run("enable");
  EXPECT_EQ(vm.docker.port(), 5000);
  EXPECT_EQ(vm.docker.starts, 1);
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess);
}

TEST(Enable, NewCertificatesAreServedAndTheOldSetIsRemoved) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  const std::string old_set = vm.LastKnownGoodEndpoint().tls_folder;
  const TestCredentials renewed = MakeCredentials(vm.clock.UtcNow());
  vm.Set(1, kPort4243, FakeMachine::Certs(renewed));
  vm.Run("enable");
  EXPECT_EQ(vm.docker.ProbeAnonymously(4243, {})->certificate_sha256,
            Sha256OfCertificate(renewed.server.certificate));
  EXPECT_FALSE(vm.files.Has(old_set));
}

TEST(Enable, APackageUpgradeThatChangesTheVendorCommandIsFollowed) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.files.Put(FakeDocker::kUnitPath, "[Service]\nExecStart=/usr/sbin/dockerd -H fd:// --new-vendor-flag\n");
  vm.Run("enable");
  EXPECT_THAT(vm.files.Content(DropInPath()),
              HasSubstr("ExecStart=/usr/sbin/dockerd -H fd:// --new-vendor-flag -H tcp"));
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST(Enable, ADeletedDropInIsRestored) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.files.Erase(DropInPath());
  vm.docker.DaemonReload();
  vm.Run("enable");
  EXPECT_TRUE(vm.files.Has(DropInPath()));
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

TEST(Enable, AStoppedAndDisabledEngineIsStartedAndEnabled) {
  FakeMachine vm;
  vm.docker.InstallPackage();
  vm.docker.Stop();
  vm.docker.unit_file_state = "disabled";
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_EQ(vm.docker.unit_file_state, "enabled");
  EXPECT_TRUE(LoadLedger(vm.files)->enabled_engine);
  EXPECT_THAT(LoadLedger(vm.files)->packages, IsEmpty());
}
}  // namespace
}  // namespace dockerext
