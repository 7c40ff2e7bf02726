// SPDX-License-Identifier: MIT
// dockerd's options: what is taken back is taken from the running engine too, by a change and by a rollback.
#include "tests/scenario/existing_engine.hpp"

namespace dockerext {
namespace {

constexpr const char* kDebug = R"({"docker": {"port": "4243", "options": ["--debug"]}})";
constexpr const char* kOnlyOptions = R"({"docker": {"options": ["--debug"]}})";

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
  void FailToVerify() { vm.docker.accepts_anonymous_clients = true; }
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

TEST_F(Options, OfAWorkerThatIsKilledAtAnyChangeDoNotStay) {
  for (int at = 1; at < 60; ++at) {
    SCOPED_TRACE("killed before change " + std::to_string(at));
    FakeMachine killed;
    killed.docker.InstallPackage();
    killed.Set(0, kPort4243, certs);
    killed.Run("enable");
    killed.clock.elapsed += std::chrono::seconds(1);
    killed.docker.accepts_anonymous_clients = true;
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
        Rejection{"invalid key", "(publicSettings.docker.options, or /etc/docker/daemon.json): "}}) {
    vm.rejection = rejection.reason;
    Enable(
        1,
        R"({"docker": {"options": ["-D", "-l", "bogus", "--mtu=wide", "--mtu-of-all", "--label=aaa", "--label=ccc"]}})",
        std::nullopt);
    EXPECT_THAT(vm.StatusOf(1).message, testing::HasSubstr(std::string(rejection.place) + rejection.reason));
  }
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
