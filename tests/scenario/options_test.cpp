// SPDX-License-Identifier: MIT
// dockerd's options: what is taken back is taken from the running engine too, by a change and by a rollback.
#include "handler/base/text.hpp"
#include "tests/scenario/existing_engine.hpp"

namespace dockerext {
namespace {

constexpr const char* kDebug = R"({"docker": {"port": "4243", "options": ["--debug"]}})";
constexpr const char* kOnlyOptions = R"({"docker": {"options": ["--debug"]}})";

using testing::AllOf;
using testing::Contains;
using testing::Field;

class Options : public ExistingEngineVm {
 protected:
  // The times of files and of the process differ.
  void Enable(std::uint64_t sequence, const char* settings,
              const std::optional<std::string>& protected_json) {
    vm.clock.elapsed += std::chrono::seconds(1);
    vm.Set(sequence, settings, protected_json);
    vm.Run("enable");
  }
  bool HasDebug() {
    const std::string argv = vm.files.Content("/proc/" + std::to_string(vm.docker.pid()) + "/cmdline");
    return argv.find("--debug") != std::string::npos;
  }
  void ExpectError(std::uint64_t sequence, int code, const std::string& message,
                   const std::string& clarification) {
    const StatusReport status = vm.StatusOf(sequence);
    EXPECT_EQ(status.code, code);
    EXPECT_THAT(status.message, testing::HasSubstr(message));
    EXPECT_THAT(status.substatuses,
                Contains(AllOf(Field(&Substatus::name, "ErrorClarification"),
                               Field(&Substatus::message, testing::StartsWith(clarification)))));
  }
  void FailToVerify() { vm.docker.accepts_anonymous_clients_with = "--debug"; }
};

TEST_F(Options, ThatAreTakenBackAreTakenFromTheEngineToo) {
  Enable(1, kDebug, certs);
  EXPECT_TRUE(HasDebug());
  Enable(2, kPort4243, certs);
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kSuccess) << vm.StatusOf(2).message;
  EXPECT_FALSE(HasDebug());
  EXPECT_EQ(vm.docker.outages, 0);
}

TEST_F(Options, WithoutAPortAreTakenBackToo) {
  Enable(1, kOnlyOptions, std::nullopt);
  EXPECT_TRUE(HasDebug());
  Enable(2, "{}", std::nullopt);
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kSuccess) << vm.StatusOf(2).message;
  EXPECT_FALSE(HasDebug());
}

// Port and certificates are the same, so only the options tell that another configuration runs.
TEST_F(Options, OfAChangeThatCannotBeVerifiedAreRolledBack) {
  Enable(1, kPort4243, certs);
  FailToVerify();
  Enable(2, kDebug, certs);
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kError);
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_FALSE(HasDebug());
}

// dockerd before 23.0 judges values only when it starts.
TEST_F(Options, ThatAnEngineWhichRanDoesNotStartWithAreTheSettingsFault) {
  Enable(1, kPort4243, certs);
  vm.docker.fails_to_start = [](const auto& argv) {
    return std::ranges::find(argv, "--debug") != argv.end();
  };
  Enable(2, kDebug, certs);
  EXPECT_EQ(vm.StatusOf(2).code, 53);
  EXPECT_THAT(vm.StatusOf(2).message, testing::HasSubstr("correct publicSettings.docker.options"));
  EXPECT_EQ(vm.docker.port(), 4243);
}

// Nobody can tell that the engine ran before, but its own line names the option.
TEST_F(Options, ThatAStoppedEngineNamesWhenItDoesNotStartAreTheSettingsFault) {
  vm.docker.Stop();
  vm.docker.fails_to_start = [](const auto& argv) {
    return std::ranges::find(argv, "--storage-driver=none") != argv.end();
  };
  vm.engine_journal = "failed to start daemon: error initializing graphdriver: driver not supported: none\n";
  Enable(1, R"({"docker": {"options": ["--debug", "--storage-driver=none"]}})", std::nullopt);
  ExpectError(1, 53, "correct publicSettings.docker.options[1], or remove it",
              "for the author of the settings: ");
}

// What Go refuses and our rules do not know.
TEST_F(Options, AreNotToBlameForACertificateThatDockerdRefuses) {
  vm.docker.fails_to_start = [this](const auto& argv) {
    for (const std::string& arg : argv) {
      if (!arg.starts_with("--tlscert=")) continue;
      const std::string cert = arg.substr(arg.find('=') + 1);
      vm.engine_journal = "failed to load listeners: error reading X509 key pair (cert: \"" + cert +
                          "\", key: \"" + ParentOf(cert) + "/key.pem\"): x509: no good\n";
      return true;
    }
    return false;
  };
  Enable(1, R"({"docker": {"port": 4243, "options": ["--debug"]}})", certs);
  ExpectError(1, 53, "send others than those in protectedSettings.certs.cert and protectedSettings.certs.key",
              "for the author of the settings: ");
}

TEST_F(Options, ThatAreAsBeforeAreNamedWhenTheEngineRefusesThemNow) {
  Enable(1, R"({"docker": {"options": ["--debug", "--storage-driver=btrfs"]}})", std::nullopt);
  ASSERT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess) << vm.StatusOf(1).message;
  vm.docker.Stop();
  vm.docker.fails_to_start = [](const auto&) { return true; };
  vm.engine_journal = "failed to start daemon: error initializing graphdriver: driver not supported: btrfs\n";
  Enable(2, R"({"docker": {"options": ["--debug", "--storage-driver=btrfs"]}})", std::nullopt);
  ExpectError(2, 53, "correct publicSettings.docker.options[1], or remove it",
              "for the author of the settings: ");
}

// "exit-code" is systemd's word, in our own sentence.
TEST_F(Options, ThatDockerdsOwnLineDoesNotNameAreNotToBlame) {
  vm.docker.Stop();
  vm.docker.fails_to_start = [](const auto&) { return true; };
  vm.engine_journal = "failed to start daemon: no graphdriver\n";
  Enable(1, R"({"docker": {"options": ["--label=exit-code"]}})", std::nullopt);
  ExpectError(1, 1, "dockerd logged: failed to start daemon: no graphdriver",
              "for the VM's owner: correct what dockerd names");
}

constexpr const char* kOverride = "/etc/systemd/system/docker.service.d/mm.conf";

// The owner's edit, which his engine did not have to start with yet.
TEST_F(Options, AreNotToBlameForTheUnitsNewLine) {
  Enable(1, kPort4243, certs);
  vm.files.Put(kOverride, "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// foo\n");
  vm.docker.DaemonReload();
  vm.docker.fails_to_start = [](const auto& argv) { return std::ranges::find(argv, "foo") != argv.end(); };
  vm.engine_journal = "\"dockerd\" accepts no argument(s).\n";
  Enable(2, kDebug, certs);
  ExpectError(2, 1, std::string("or the ExecStart= of '") + kOverride + "'", "for the VM's owner: ");
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST_F(Options, AreNotToBlameForAFlagOfTheUnit) {
  vm.validates = true;
  vm.rejection = "unknown flag: --nope";
  vm.files.Put(kOverride, "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// --nope\n");
  vm.docker.DaemonReload();
  Enable(1, kDebug, certs);
  ExpectError(1, 53, std::string("('") + kOverride + "'): unknown flag: --nope", "for the VM's owner: ");
}

TEST_F(Options, AreNotToBlameForADockerdThatCannotBeExecuted) {
  vm.dockerd_is_empty = true;
  Enable(1, kDebug, certs);
  ExpectError(1, 1, "'/usr/sbin/dockerd' cannot be executed", "for the VM's owner: make it executable");
}

TEST_F(Options, AreRolledBackAtASecondAttempt) {
  Enable(1, kPort4243, certs);
  int starts = 0;
  vm.docker.fails_to_start = [&](const auto&) { return ++starts <= 2; };
  Enable(2, kDebug, certs);
  ExpectError(2, 53, "; rolled back to the previous configuration", "for the author of the settings: ");
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST_F(Options, AreNotToBlameForAMachineThatDoesNotStartThePreviousOnesEither) {
  Enable(1, kPort4243, certs);
  vm.docker.fails_to_start = [](const auto&) { return true; };
  vm.engine_journal = "failed to start daemon: Iptables not found\n";
  Enable(2, kDebug, certs);
  ExpectError(2, 1, "rolling back failed too: ", "for the VM's owner: correct what dockerd names");
}

TEST_F(Options, OfAWorkerThatIsKilledAtAnyChangeDoNotStay) {
  for (int at = 1; at < 60; ++at) {
    SCOPED_TRACE("killed before change " + std::to_string(at));
    FakeMachine killed;
    killed.docker.InstallPackage();
    killed.Set(0, kPort4243, certs);
    killed.Run("enable");
    killed.clock.elapsed += std::chrono::seconds(1);
    killed.docker.accepts_anonymous_clients_with = "--debug";
    killed.Set(1, kDebug, certs);
    killed.RunVerb("enable");
    killed.files.before_change = [&](const std::string&) { killed.clock.elapsed += std::chrono::seconds(1); };
    killed.files.kill_at_change = killed.files.changes + at;
    killed.Drain();
    const bool was_killed = !killed.files.kill_at_change.has_value();
    const std::string argv =
        killed.files.Content("/proc/" + std::to_string(killed.docker.pid()) + "/cmdline");
    EXPECT_EQ(argv.find("--debug"), std::string::npos);
    EXPECT_EQ(killed.docker.port(), 4243);
    if (!was_killed) break;
  }
}

struct Rejection {
  const char* reason;
  const char* place;
};

TEST_F(Options, ThatDockerdRejectsAreNamedByTheirPath) {
  vm.validates = true;
  for (const Rejection& rejection :
       {Rejection{"invalid argument \"wide\" for \"--mtu\" flag", "(publicSettings.docker.options[3]): "},
        Rejection{"unknown flag: --mtu-of-all", "(publicSettings.docker.options[4]): "},
        Rejection{"invalid logging level: bogus", "(publicSettings.docker.options[1]): "},
        Rejection{"invalid argument \"c\" for \"--label\" flag: bad format: ccc",
                  "(publicSettings.docker.options[6]): "},
        Rejection{"invalid key", "(publicSettings.docker.options): "}}) {
    vm.rejection = rejection.reason;
    Enable(
        1,
        R"({"docker": {"options": ["-D", "-l", "bogus", "--mtu=wide", "--mtu-of-all", "--label=aaa", "--label=ccc"]}})",
        std::nullopt);
    EXPECT_THAT(vm.StatusOf(1).message, testing::HasSubstr(std::string(rejection.place) + rejection.reason));
  }
}

// Without a word about an option, what the machine's owner wrote may be at fault.
TEST_F(Options, AreNotToBlameForARejectionThatNamesNone) {
  vm.validates = true;
  vm.rejection = "invalid key";
  const std::string owner = "for the VM's owner: correct what dockerd names there";
  Enable(1, "{}", certs);
  ExpectError(1, 53, std::string("(") + FakeDocker::kUnitPath + "): invalid key", owner);
  vm.files.Put(kDaemonJson, R"({"debug": true})");
  Enable(2, "{}", certs);
  ExpectError(2, 53, "(/etc/docker/daemon.json): invalid key", owner);
  Enable(3, R"({"docker": {"options": ["--mtu=1400"]}})", certs);
  ExpectError(3, 53, "(publicSettings.docker.options, or /etc/docker/daemon.json): invalid key", owner);
}

// Only the running engine shows what an option that the extension does not know does.
TEST_F(Options, ThatTurnOutToListenAreRolledBackAndNamed) {
  vm.docker.api_ports = {2375};
  vm.docker.fails_to_start = [this](const std::vector<std::string>& argv) {
    const bool listens = std::ranges::find(argv, "--from-the-future=0.0.0.0:2375") != argv.end();
    if (listens) vm.docker.other_listeners = {{"0.0.0.0", 2375}};
    return false;
  };
  Enable(1, R"({"docker": {"port": "4243", "options": ["--debug", "--from-the-future", "0.0.0.0:2375"]}})",
         certs);
  EXPECT_EQ(vm.StatusOf(1).code, 53);
  EXPECT_THAT(
      vm.StatusOf(1).message,
      testing::AllOf(testing::HasSubstr("dockerd serves its API on 0.0.0.0:2375"),
                     testing::HasSubstr("perhaps by publicSettings.docker.options[1] (--from-the-future)")));
  EXPECT_FALSE(HasDebug());
  EXPECT_THAT(vm.docker.other_listeners, testing::IsEmpty());
}

TEST_F(Options, OfTheTemplatesOf2015AreReadAsDockerdWould) {
  Enable(1, R"({"docker": {"port": "4243", "options": ["-l debug", "--label", "a=b", "-D"]}})", certs);
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess) << vm.StatusOf(1).message;
  const std::string argv = vm.files.Content("/proc/" + std::to_string(vm.docker.pid()) + "/cmdline");
  const std::string wanted = std::string("--log-level=debug\0--label=a=b\0--debug\0", 38);
  EXPECT_NE(argv.find(wanted), std::string::npos);
}

}  // namespace
}  // namespace dockerext
