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
using testing::Not;

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
            "certificate's last day is 2027-11-24; the network security group must let TCP port 4243 in");
  EXPECT_EQ(vm.docker.port(), 4243);
  const auto visit = vm.docker.VisitAsStranger(4243, {});
  EXPECT_EQ(visit->certificate_sha256, Sha256OfCertificate(credentials.server.certificate));
  const auto ledger = LoadLedger(vm.files);
  EXPECT_THAT(ledger->packages, ElementsAre("runc", "docker.io"));
  EXPECT_EQ(ledger->proven->port, 4243);
}

TEST(Enable, EveryStepThatActedIsToldWithItsTime) {
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
  const std::string folder = LoadLedger(vm.files)->proven->tls_folder;
  EXPECT_EQ(vm.files.Mode(folder + "/ca.pem"), 0444_mode);
  EXPECT_EQ(vm.files.Mode(folder + "/cert.pem"), 0444_mode);
  EXPECT_EQ(vm.files.Mode(folder + "/key.pem"), 0400_mode);
  EXPECT_EQ(vm.files.Mode(DropInPath()), 0644_mode);
}

TEST(Enable, TheSameSettingsAgainTouchNothing) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.files.changes = 0;
  vm.ran.clear();
  const auto pid = vm.docker.pid();

  vm.clock.elapsed += std::chrono::hours(5);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);

  EXPECT_EQ(vm.files.changes, 0);
  EXPECT_THAT(vm.ran, IsEmpty());
  EXPECT_EQ(vm.docker.pid(), pid);
}

// Opening the envelope and judging the certificates is most of such an enable's work.
TEST(Enable, SettingsThatWereAppliedNeedNotBeDecryptedAgain) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.crypto.opened = 0;
  vm.Run("enable");
  EXPECT_EQ(vm.crypto.opened, 0);
}

TEST(Enable, AnotherVersionJudgesTheSettingsItself) {
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

TEST(Enable, ACertificateThatSoonExpiresIsWarnedOfWhenTheTimeHasCome) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.clock.elapsed += std::chrono::hours(24 * 340);
  vm.Run("enable");
  EXPECT_THAT(vm.StatusOf(0).substatuses, Contains(Warning("expires on")));
}

TEST(Enable, TheKeptCertificatesThatSoonExpireAreWarnedOfToo) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.Set(1, kPort4243, std::nullopt);
  vm.Run("enable");
  vm.clock.elapsed += std::chrono::hours(24 * 340);
  vm.Run("enable");
  EXPECT_THAT(vm.StatusOf(1).substatuses, Contains(Warning("expires on")));
}

TEST(Enable, ADamagedTlsSetIsMended) {
  for (const bool changed : {false, true}) {
    FakeMachine vm;
    vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
    vm.Run("enable");
    const std::string key = LoadLedger(vm.files)->proven->tls_folder + "/key.pem";
    const std::string content = vm.files.Content(key);
    vm.files.Put(key, changed ? "other" : content, changed ? 0400_mode : 0644_mode);
    EXPECT_EQ(vm.Run("enable").exit_code, 0);
    EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
    EXPECT_EQ(vm.files.Content(key), content);
    EXPECT_EQ(vm.files.Mode(key), 0400_mode);
  }
}

TEST(Enable, ALinkInPlaceOfATlsSetIsReplacedAndNotFollowed) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  const std::string set = LoadLedger(vm.files)->proven->tls_folder;
  vm.files.Erase(set);
  vm.files.PutFolder("/root/theirs");
  vm.files.PutLink(set, "/root/theirs");
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_TRUE(IsFolder(vm.files, set));
  EXPECT_THAT(*vm.files.List("/root/theirs"), IsEmpty());
}

TEST(Enable, ALinkInPlaceOfOurFolderIsRefusedAndNothingSweptWhereItLeads) {
  FakeMachine vm;
  vm.files.Put("/root/theirs/file", "theirs");
  vm.files.PutLink("/etc/docker/docker-extension", "/root/theirs");
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("'/etc/docker/docker-extension' is not a folder; remove it"));
  vm.Run("disable");
  vm.Run("uninstall");
  EXPECT_THAT(*vm.files.List("/root/theirs"), ElementsAre("file"));
}

TEST(Enable, AnEngineThatSaysNothingIsToldInBoundedTime) {
  FakeMachine vm;
  const std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
  vm.Set(0, kPort4243, certs);
  vm.Run("enable");
  const std::string drop_in = vm.files.Content(DropInPath());
  const auto pid = vm.docker.pid();
  vm.docker.silent_on = &vm.clock;
  for (const std::string settings : {kPort4243, R"({"docker": {"port": 5000}})"}) {
    vm.Set(0, settings, certs);
    vm.clock.elapsed = {};
    EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
    EXPECT_LE(vm.clock.elapsed, std::chrono::seconds(10));
    vm.Drain();
    EXPECT_LE(vm.clock.elapsed, std::chrono::seconds(20));
    EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
    EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("no answer on /var/run/docker.sock"));
    EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("systemctl restart docker"));
  }
  EXPECT_EQ(vm.files.Content(DropInPath()), drop_in);
  EXPECT_EQ(vm.docker.pid(), pid);
}

TEST(Enable, ADamagedTlsSetThatTheSettingsCannotMendIsAnError) {
  for (const char* file : {"/key.pem", "/cert.pem", "/ca.pem"}) {
    FakeMachine vm;
    vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
    vm.Run("enable");
    vm.files.Erase(LoadLedger(vm.files)->proven->tls_folder + file);
    vm.Set(1, kPort4243, std::nullopt);
    vm.clock.elapsed = {};
    vm.Run("enable");
    EXPECT_LT(vm.clock.elapsed, std::chrono::seconds(10)) << file;
    EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
    EXPECT_EQ(vm.StatusOf(1).code, 53);
    EXPECT_THAT(vm.StatusOf(1).message, HasSubstr("are damaged, and the settings bring none"));
  }
}

// Neither of these proves an endpoint.
TEST(Enable, WithoutAPortTheSameSettingsAgainStartNothingEither) {
  for (const char* settings : {"{}", R"({"installonly": true})"}) {
    FakeMachine vm;
    vm.Set(0, settings, std::nullopt);
    vm.Run("enable");
    EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << settings;
    vm.ran.clear();
    vm.files.changes = 0;
    EXPECT_EQ(vm.Run("enable").exit_code, 0) << settings;
    EXPECT_THAT(vm.ran, IsEmpty()) << settings;
    EXPECT_EQ(vm.files.changes, 0) << settings;
  }
}

TEST(Enable, TheSameSettingsUnderANewNumberOnlyReport) {
  FakeMachine vm;
  const std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
  vm.Set(0, kPort4243, certs);
  vm.Run("enable");
  vm.files.changed.clear();
  vm.Set(7, kPort4243, certs);
  vm.Run("enable");
  EXPECT_THAT(vm.files.changed, ElementsAre(FakeMachine::FolderOf("1.0.0") + "/status/7.status"));
  EXPECT_EQ(vm.StatusOf(7).level, StatusLevel::kSuccess);
}

TEST(Enable, AnotherPortIsOneRestart) {
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

TEST(Enable, NewCertificatesAreServedAndTheOldSetGoes) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  const std::string old_set = LoadLedger(vm.files)->proven->tls_folder;
  const TestCredentials renewed = MakeCredentials(vm.clock.UtcNow());
  vm.Set(1, kPort4243, FakeMachine::Certs(renewed));
  vm.Run("enable");
  EXPECT_EQ(vm.docker.VisitAsStranger(4243, {})->certificate_sha256,
            Sha256OfCertificate(renewed.server.certificate));
  EXPECT_FALSE(vm.files.Has(old_set));
}

TEST(Enable, TheSettingsOf2014AreUnderstood) {
  FakeMachine vm;
  const TestCredentials old = Make2014Credentials(vm.clock.UtcNow());
  const std::string protected_json = R"({"ca":")" + EncodeBase64(old.ca.certificate) +
                                     R"(","server-cert":")" + EncodeBase64(old.server.certificate) +
                                     R"(","server-key":")" + EncodeBase64(old.server.key) + R"("})";
  vm.Set(0, R"({"dockerport": "4243"})", protected_json);
  vm.Run("enable");
  const StatusReport status = vm.StatusOf(0);
  EXPECT_EQ(status.level, StatusLevel::kSuccess);
  EXPECT_THAT(status.substatuses, Contains(Warning("no subject alternative name")));
  EXPECT_THAT(status.substatuses,
              Contains(Field(&Substatus::message, HasSubstr("a client with a certificate gets"))));
}

TEST(Enable, AKeyOfAnotherCertificateChangesNothing) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  const auto before = vm.Tree();
  const auto pid = vm.docker.pid();
  TestCredentials mixed = MakeCredentials(vm.clock.UtcNow());
  mixed.server.key = mixed.client.key;
  vm.Set(1, kPort4243, FakeMachine::Certs(mixed));

  const Outcome outcome = vm.Run("enable");

  EXPECT_EQ(outcome.exit_code, 53);
  EXPECT_THAT(outcome.err,
              HasSubstr("protectedSettings.certs.key: the private key does not belong to the certificate"));
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
  EXPECT_EQ(vm.StatusOf(1).code, 53);
  EXPECT_EQ(vm.Tree(), before);
  EXPECT_EQ(vm.docker.pid(), pid);
}

TEST(Enable, APortWithoutCertificatesIsRefused) {
  FakeMachine vm;
  vm.Set(0, kPort4243, std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 53);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("a port is never opened without them"));
  EXPECT_FALSE(vm.docker.installed());
}

TEST(Enable, NoSettingsInstallDockerAndOpenNothing) {
  FakeMachine vm;
  vm.files.Put(FakeMachine::FolderOf("1.0.0") + "/config/0.settings", "");
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  const StatusReport status = vm.StatusOf(0);
  EXPECT_EQ(status.level, StatusLevel::kSuccess);
  EXPECT_THAT(status.message, HasSubstr("no TCP port is open"));
  EXPECT_THAT(status.substatuses, Contains(Warning("neither a port nor certificates")));
  EXPECT_TRUE(vm.docker.running());
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_FALSE(vm.files.Has(DropInPath()));
}

TEST(Enable, CertificatesInUseAreKeptWhenNoneAreSent) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  const std::string set = LoadLedger(vm.files)->proven->tls_folder;
  vm.Set(1, R"({"docker": {"port": 5000}})", std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.StatusOf(1).substatuses, Contains(Warning("those that are in use were kept")));
  EXPECT_EQ(vm.docker.port(), 5000);
  EXPECT_EQ(LoadLedger(vm.files)->proven->tls_folder, set);
}

// The agent's file of 0 bytes, and what it makes of settings that it cannot read.
TEST(Enable, WhatServesIsKeptAsItIsWhenThereAreNoSettings) {
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
    EXPECT_THAT(status.substatuses, Contains(Warning("port, options and uninstallPolicy were kept")));
    EXPECT_EQ(vm.docker.port(), 5000);
    EXPECT_EQ(vm.docker.pid(), pid);
    EXPECT_EQ(LoadLedger(vm.files)->uninstall_policy, "keep");
  }
}

TEST(Enable, EmptySettingsAreAWishForTheDefaults) {
  FakeMachine vm;
  vm.Set(0, R"({"docker": {"port": 5000, "options": ["--debug"]}})",
         FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.Set(1, "{}", std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_THAT(vm.StatusOf(1).substatuses, Contains(Warning("those that are in use were kept")));
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_TRUE(LoadLedger(vm.files)->settled->options.empty());
}

TEST(Enable, AnEngineThatWasToBeLeftAloneStillIsWhenThereAreNoSettings) {
  FakeMachine vm;
  vm.Set(0, R"({"docker": {"port": 5000}})", FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.Set(1, R"({"installonly": true})", std::nullopt);
  vm.Run("enable");
  const auto pid = vm.docker.pid();
  vm.Set(2, "null", std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kSuccess) << vm.StatusOf(2).message;
  EXPECT_EQ(vm.docker.port(), 5000);
  EXPECT_EQ(vm.docker.pid(), pid);
}

TEST(Enable, OnAnotherVmACapturedPortIsClosedUnlessCertificatesCome) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.files.Put("/sys/class/dmi/id/product_uuid", "0f0e0d0c-1111-2222-3333-444444444444\n");
  vm.Set(1, kPort4243, std::nullopt);
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
  EXPECT_EQ(vm.StatusOf(1).code, 53);
  EXPECT_THAT(vm.StatusOf(1).message, HasSubstr("made from an image"));
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_TRUE(vm.docker.running());
}

TEST(Enable, TheOtherByteOrderOfTheUuidIsTheSameVm) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.files.Put("/sys/class/dmi/id/product_uuid", "44454c4c-4200-1035-8052-b4c04f4e3732\n");
  vm.files.changes = 0;
  vm.Run("enable");
  EXPECT_EQ(vm.files.changes, 0);
}

TEST(Enable, InstallonlyLeavesTheDaemonAsItIs) {
  FakeMachine vm;
  vm.Set(0, R"({"dockerport": "4243", "installonly": "true"})", std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("left as it is"));
  EXPECT_EQ(vm.docker.starts, 1);  // the package's own
  EXPECT_FALSE(vm.files.Has(DropInPath()));
}

TEST(Enable, OptionsReachDockerdEvenWithoutAPort) {
  FakeMachine vm;
  vm.Set(0, R"({"docker": {"options": ["-D", "--label=a=b c$d%e"]}})", std::nullopt);
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.files.Content(DropInPath()), HasSubstr(R"(--debug "--label=a=b c$$d%%e")"));
  EXPECT_EQ(vm.docker.port(), 0);
}

TEST(Enable, AnEngineThatDoesNotStartBringsTheOldOneBack) {
  FakeMachine vm;
  const std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
  vm.Set(0, kPort4243, certs);
  vm.Run("enable");
  const std::string drop_in = vm.files.Content(DropInPath());
  vm.docker.refuses = [](const std::vector<std::string>& argv) {
    return std::find(argv.begin(), argv.end(), "--data-root=/nowhere") != argv.end();
  };
  vm.Set(1, R"({"docker": {"options": ["--data-root=/nowhere"]}})", certs);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  const StatusReport status = vm.StatusOf(1);
  EXPECT_EQ(status.level, StatusLevel::kError);
  EXPECT_THAT(status.message, HasSubstr("what was configured before is back"));
  EXPECT_EQ(vm.files.Content(DropInPath()), drop_in);
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST(Enable, APortThatAnswersStrangersIsTakenBack) {
  FakeMachine vm;
  vm.docker.answers_strangers = true;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("answered a client without a certificate"));
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_TRUE(vm.docker.running());
  EXPECT_FALSE(vm.files.Has(DropInPath()));
  EXPECT_FALSE(vm.files.Has("/etc/docker/docker-extension"));
}

TEST(Enable, ATakenPortIsFoundBeforeAnythingChanges) {
  FakeMachine vm;
  vm.docker.InstallPackage();
  vm.docker.taken_ports = {4243};
  const auto pid = vm.docker.pid();
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).code, 53);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("4243 is in use"));
  EXPECT_EQ(vm.docker.pid(), pid);
}

TEST(Enable, AnOptionThatDockerdDoesNotKnowIsFoundBeforeAnythingChanges) {
  FakeMachine vm;
  vm.docker.InstallPackage();
  const auto pid = vm.docker.pid();
  vm.Set(0, R"({"docker": {"options": ["--unknown-option"]}})", std::nullopt);
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).code, 53);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("unknown flag: --unknown-option"));
  EXPECT_EQ(vm.docker.pid(), pid);
}

TEST(Enable, APackageUpgradeThatChangesTheVendorLineIsFollowed) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.files.Put(FakeDocker::kUnitPath, "[Service]\nExecStart=/usr/sbin/dockerd -H fd:// --new-vendor-flag\n");
  vm.Run("enable");
  EXPECT_THAT(vm.files.Content(DropInPath()),
              HasSubstr("ExecStart=/usr/sbin/dockerd -H fd:// --new-vendor-flag -H tcp"));
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST(Enable, ADeletedDropInComesBack) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.files.Erase(DropInPath());
  vm.docker.Load();
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

TEST(Enable, AnErrorSaysWhoCanMendItByASign) {
  FakeMachine vm;
  vm.Set(0, R"({"docker": {"port": 0}})", std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 53);
  EXPECT_THAT(vm.StatusOf(0).substatuses,
              Contains(AllOf(Field(&Substatus::name, "ErrorClarification"), Field(&Substatus::code, 53))));
}

TEST(Enable, ABugIsAnErrorThatSaysWhoseItIs) {
  FakeMachine vm;
  vm.crypto.has_a_bug = true;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  EXPECT_EQ(vm.Run("enable").exit_code, 1);
  EXPECT_EQ(vm.StatusOf(0).message, "internal error: a bug; tell the extension's publisher");
  EXPECT_EQ(vm.StatusOf(0).substatuses.at(0).code, -1);
}

TEST(Enable, ABrokenEnvironmentFileIsToldWhereEveryAgentLooks) {
  for (const std::string text : {"", "[{", "[]", R"([{"handlerEnvironment": {"logFolder": "/l"}}])"}) {
    FakeMachine vm;
    vm.Set(0, kPort4243, std::nullopt);
    vm.files.Put(FakeMachine::FolderOf("1.0.0") + "/HandlerEnvironment.json", text);
    EXPECT_EQ(vm.Run("enable").exit_code, 53) << text;
    EXPECT_THAT(vm.StatusOf(0).message,
                AllOf(HasSubstr("HandlerEnvironment.json' "), HasSubstr("restart the Azure Linux Agent")));
  }
  FakeMachine vm;
  vm.Set(0, kPort4243, std::nullopt);
  vm.files.Erase(FakeMachine::FolderOf("1.0.0") + "/HandlerEnvironment.json");
  EXPECT_EQ(vm.Run("enable").exit_code, 53);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("HandlerEnvironment.json' is missing"));
}

TEST(Enable, SettingsThatNobodyWroteByHandAreNotRead) {
  FakeMachine vm;
  vm.files.Put(FakeMachine::FolderOf("1.0.0") + "/config/0.settings", std::string(10'000'000, '['));
  EXPECT_EQ(vm.Run("enable").exit_code, 53);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("0.settings' has 10000000 bytes"));
}

TEST(Enable, AnUnsupportedDistributionIs51) {
  FakeMachine vm;
  vm.files.Put("/etc/os-release", "ID=slackware\nVERSION_ID=15.0\n");
  vm.Set(0, kPort4243, std::nullopt);
  EXPECT_EQ(vm.Run("install").exit_code, 51);
  EXPECT_EQ(vm.Run("enable").exit_code, 51);
  EXPECT_EQ(vm.StatusOf(0).code, 51);
}

TEST(Enable, NoSystemdIs52) {
  FakeMachine vm;
  vm.files.Erase("/run/systemd/system");
  vm.Set(0, kPort4243, std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 52);
}

TEST(Enable, ACertificateOfTheVmThatComesLateIsWaitedFor) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  const std::string key_path = "/var/lib/waagent/" + Thumbprint(vm.vm.certificate) + ".prv";
  vm.files.Erase(key_path);
  EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
  vm.files.Put(key_path, vm.vm.key);
  vm.Drain();
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

TEST(Enable, ACertificateOfTheVmThatNeverComesIsNamed) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.files.Erase("/var/lib/waagent/" + Thumbprint(vm.vm.certificate) + ".crt");
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_EQ(vm.StatusOf(0).code, 53);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr(Thumbprint(vm.vm.certificate)));
}

TEST(Enable, WithoutASequenceNumberTheLastModifiedSettingsCount) {
  FakeMachine vm;
  vm.Set(9, kPort4243, std::nullopt);
  vm.clock.elapsed += std::chrono::seconds(1);
  vm.Set(2, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable", {{"ConfigSequenceNumber", ""}});
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kSuccess);
}

TEST(Enable, NoSecretReachesLogStatusOrOutput) {
  FakeMachine vm;
  const TestCredentials credentials = MakeCredentials(vm.clock.UtcNow());
  vm.Set(0, kPort4243, FakeMachine::Certs(credentials));
  const Outcome outcome = vm.Run("enable");
  const std::string secret = credentials.server.key.substr(60, 40);
  EXPECT_THAT(vm.log.lines, Not(Contains(HasSubstr(secret))));
  EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr(secret)));
  int holders = 0;
  for (const std::string& line : vm.files.Tree({"/etc", "/run", "/var/log", "/var/lib/docker-extension"})) {
    holders += line.find(secret) != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(holders, 1);
}

}  // namespace
}  // namespace dockerext
