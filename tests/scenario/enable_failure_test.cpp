// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "handler/agent/error_report.hpp"
#include "handler/base/text.hpp"
#include "handler/docker/drop_in.hpp"
#include "handler/errors/agent_files.hpp"
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

TEST(EnableFailure, ADamagedTlsSetIsRepaired) {
  for (const bool changed : {false, true}) {
    FakeMachine vm;
    vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
    vm.Run("enable");
    const std::string key = vm.LastKnownGoodEndpoint().tls_folder + "/key.pem";
    const std::string content = vm.files.Content(key);
    vm.files.Put(key, changed ? "other" : content, changed ? 0400_mode : 0644_mode);
    EXPECT_EQ(vm.Run("enable").exit_code, 0);
    EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
    EXPECT_EQ(vm.files.Content(key), content);
    EXPECT_EQ(vm.files.Mode(key), 0400_mode);
  }
}

TEST(EnableFailure, ASymlinkInPlaceOfATlsSetIsReplacedAndNotFollowed) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  const std::string set = vm.LastKnownGoodEndpoint().tls_folder;
  vm.files.Erase(set);
  vm.files.PutFolder("/root/theirs");
  vm.files.PutLink(set, "/root/theirs");
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_TRUE(IsFolder(vm.files, set));
  EXPECT_THAT(*vm.files.List("/root/theirs"), IsEmpty());
}

TEST(EnableFailure, ASymlinkInPlaceOfTheExtensionsFolderIsRejectedAndItsTargetKept) {
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

TEST(EnableFailure, AnEngineThatHangsIsReportedInBoundedTime) {
  FakeMachine vm;
  const std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
  vm.Set(0, kPort4243, certs);
  vm.Run("enable");
  const std::string drop_in = vm.files.Content(DropInPath());
  vm.docker.hangs = true;
  for (const std::string settings : {kPort4243, R"({"docker": {"port": 5000}})"}) {
    SCOPED_TRACE(settings);
    vm.Set(0, settings, certs);
    vm.clock.elapsed = {};
    EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
    EXPECT_LE(vm.clock.elapsed, std::chrono::seconds(10));
    vm.Drain();
    EXPECT_LE(vm.clock.elapsed, std::chrono::minutes(4));
    EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
    EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("journalctl -u docker"));
  }
  EXPECT_EQ(vm.files.Content(DropInPath()), drop_in);
}

TEST(EnableFailure, ADamagedTlsSetThatTheSettingsCannotRepairIsAnError) {
  for (const char* file : {"/key.pem", "/cert.pem", "/ca.pem"}) {
    FakeMachine vm;
    vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
    vm.Run("enable");
    vm.files.Erase(vm.LastKnownGoodEndpoint().tls_folder + file);
    vm.Set(1, kPort4243, std::nullopt);
    vm.clock.elapsed = {};
    vm.Run("enable");
    EXPECT_LT(vm.clock.elapsed, std::chrono::seconds(10)) << file;
    EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
    EXPECT_EQ(vm.StatusOf(1).code, 53);
    EXPECT_THAT(vm.StatusOf(1).message, HasSubstr("are damaged, and the settings contain none"));
  }
}

TEST(EnableFailure, AnEngineThatDoesNotStartIsRolledBackToTheOldOne) {
  FakeMachine vm;
  const std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
  vm.Set(0, kPort4243, certs);
  vm.Run("enable");
  const std::string drop_in = vm.files.Content(DropInPath());
  vm.docker.fails_to_start = [](const std::vector<std::string>& argv) {
    return std::find(argv.begin(), argv.end(), "--data-root=/nowhere") != argv.end();
  };
  vm.Set(1, R"({"docker": {"options": ["--data-root=/nowhere"]}})", certs);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  const StatusReport status = vm.StatusOf(1);
  EXPECT_EQ(status.level, StatusLevel::kError);
  EXPECT_THAT(status.message, HasSubstr("rolled back to the previous configuration"));
  EXPECT_EQ(vm.files.Content(DropInPath()), drop_in);
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST(EnableFailure, APortThatAnswersAnonymousClientsIsRolledBack) {
  FakeMachine vm;
  vm.docker.accepts_anonymous_clients_with = "";
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("answered a client without a certificate"));
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_TRUE(vm.docker.running());
  EXPECT_FALSE(vm.files.Has(DropInPath()));
  EXPECT_FALSE(vm.files.Has("/etc/docker/docker-extension"));
}

// As an engine that another program was put in front of does.
TEST(EnableFailure, APortThatAnswersAnonymousClientsByNowIsClosed) {
  for (const char* settings : {kPort4243, R"({"docker": {"port": 5000}})"}) {
    FakeMachine vm;
    vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
    vm.Run("enable");
    ASSERT_EQ(vm.docker.port(), 4243);
    vm.docker.accepts_anonymous_clients_with = "";
    vm.Set(1, settings, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
    vm.Run("enable");
    EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
    EXPECT_THAT(vm.StatusOf(1).message,
                HasSubstr("closed the port, which answers clients without a certificate"));
    EXPECT_EQ(vm.docker.port(), 0);
    EXPECT_TRUE(vm.docker.running());
    EXPECT_FALSE(vm.files.Has(DropInPath()));
  }
}

TEST(EnableFailure, APortThatAnswersAnonymousClientsByNowIsClosedWhereverTheWorkerIsKilled) {
  for (int at = 1; at < 60; ++at) {
    SCOPED_TRACE("killed before change " + std::to_string(at));
    FakeMachine vm;
    const std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
    vm.Set(0, kPort4243, certs);
    vm.Run("enable");
    vm.docker.accepts_anonymous_clients_with = "";
    vm.Set(1, R"({"docker": {"port": 5000}})", certs);
    vm.RunVerb("enable");
    vm.files.kill_at_change = vm.files.changes + at;
    vm.Drain();
    const bool was_killed = !vm.files.kill_at_change.has_value();
    EXPECT_EQ(vm.docker.port(), 0);
    if (!was_killed) break;
  }
}

TEST(EnableFailure, APortInUseIsFoundBeforeAnythingChanges) {
  FakeMachine vm;
  vm.docker.InstallPackage();
  vm.docker.ports_in_use = {4243};
  const auto pid = vm.docker.pid();
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).code, 53);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("4243 is in use"));
  EXPECT_EQ(vm.docker.pid(), pid);
}

TEST(EnableFailure, AnOptionUnknownToDockerdIsFoundBeforeAnythingChanges) {
  FakeMachine vm;
  vm.docker.InstallPackage();
  const auto pid = vm.docker.pid();
  vm.Set(0, R"({"docker": {"options": ["-D", "--unknown-option"]}})", std::nullopt);
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).code, 53);
  EXPECT_THAT(vm.StatusOf(0).message,
              HasSubstr("rejects the configuration (publicSettings.docker.options[1]): "
                        "unknown flag: --unknown-option"));
  EXPECT_EQ(vm.docker.pid(), pid);
}

TEST(EnableFailure, TheSignOfAnErrorsClarificationNamesItsOwner) {
  FakeMachine vm;
  vm.Set(0, R"({"docker": {"port": 0}})", std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 53);
  EXPECT_THAT(
      vm.StatusOf(0).substatuses,
      Contains(AllOf(Field(&Substatus::name, "ErrorClarification"), Field(&Substatus::code, 53),
                     Field(&Substatus::message, HasSubstr("for the author of the settings: write")))));
}

TEST(EnableFailure, AnEngineThatDoesNotStartIsForTheVmsOwner) {
  FakeMachine vm;
  vm.docker.fails_to_start = [](const auto&) { return true; };
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).code, 1);
  EXPECT_THAT(vm.StatusOf(0).substatuses,
              Contains(AllOf(
                  Field(&Substatus::name, "ErrorClarification"), Field(&Substatus::code, 1),
                  Field(&Substatus::message, HasSubstr("for the VM's owner: correct what dockerd names")))));
}

TEST(EnableFailure, AFullDiskIsForTheVmsOwnerWithTheFile) {
  FakeMachine vm;
  vm.files.failing_paths = {DropInPath()};
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).code, 1);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("writing '" + DropInPath() + "': No space left on device"));
  EXPECT_THAT(vm.StatusOf(0).substatuses,
              Contains(AllOf(Field(&Substatus::name, "ErrorClarification"), Field(&Substatus::code, 1),
                             Field(&Substatus::message, HasSubstr("for the VM's owner: free some space")))));
}

TEST(EnableFailure, NothingIsBegunThatCouldNotBeReported) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  const std::string status = FakeMachine::FolderOf(vm.version) + "/status/0.status";
  vm.files.failing_paths = {status};
  const RunResult ended = vm.Run("enable");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("writing the status: writing '" + status + "'"));
  EXPECT_TRUE(vm.commands_run.empty());
  vm.files.failing_paths.clear();
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << vm.StatusOf(0).message;
}

// The VM's certificate may arrive late, but in the end its absence is the settings' (53), as documented.
TEST(EnableFailure, AMissingCertificateOfTheVmHasTheCodeOfItsRow) {
  FakeMachine vm;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  const std::string folder = ParentOf(FakeMachine::FolderOf(vm.version));
  for (const std::string& name : *vm.files.List(folder)) {
    if (name.ends_with(".crt")) vm.files.Erase(folder + "/" + name);
  }
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).code, ExitCodeOf(errors::kNoVmCertificate.code));
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("which this VM does not have"));
}

TEST(EnableFailure, AnInternalErrorIsReportedAsThePublishers) {
  FakeMachine vm;
  vm.crypto.has_a_bug = true;
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  EXPECT_EQ(vm.Run("enable").exit_code, 1);
  EXPECT_EQ(vm.StatusOf(0).message, "internal error: a bug; report it to the extension's publisher");
  EXPECT_EQ(vm.StatusOf(0).substatuses.at(0).code, -1);
}

TEST(EnableFailure, ABrokenEnvironmentFileIsReportedInTheDefaultStatusFolder) {
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

TEST(EnableFailure, OversizedSettingsAreRejected) {
  FakeMachine vm;
  vm.files.Put(FakeMachine::FolderOf("1.0.0") + "/config/0.settings", std::string(10'000'000, '['));
  EXPECT_EQ(vm.Run("enable").exit_code, 53);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("0.settings' is 10000000 bytes"));
}

TEST(EnableFailure, AnUnsupportedDistributionIsCode51) {
  FakeMachine vm;
  vm.files.Put("/etc/os-release", "ID=slackware\nVERSION_ID=15.0\n");
  vm.Set(0, kPort4243, std::nullopt);
  EXPECT_EQ(vm.Run("install").exit_code, 51);
  EXPECT_EQ(vm.Run("enable").exit_code, 51);
  EXPECT_EQ(vm.StatusOf(0).code, 51);
}

TEST(EnableFailure, AMissingSystemdIsCode52) {
  FakeMachine vm;
  vm.files.Erase("/run/systemd/system");
  vm.Set(0, kPort4243, std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 52);
}
}  // namespace
}  // namespace dockerext
