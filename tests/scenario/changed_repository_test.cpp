// SPDX-License-Identifier: MIT
// A repository that the extension added and that the settings, its owner or a killed worker changed since.
#include <gmock/gmock.h>

#include "handler/state/ledger.hpp"
#include "tests/scenario/engine_source.hpp"

namespace dockerext {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class ChangedRepository : public EngineSourceOf {};

TEST_F(ChangedRepository, AFailedChangeOfTheRepositoryPutsTheFormerOneBack) {
  vm.madison = " docker-ce | 5:28.5.2-1 | file:/srv/docker bookworm/stable amd64 Packages\n";
  EXPECT_EQ(EnableFrom("file:///srv/docker").level, StatusLevel::kSuccess);
  const std::string source = Source();
  const std::string key = vm.files.Content(kKey);
  const nlohmann::json repository = {{"url", "file:///srv/nowhere"}, {"key", kDockerRpmKey}};
  const nlohmann::json wrong = {{"source", "custom"}, {"version", "99"}, {"repository", repository}};
  EXPECT_EQ(Enable(wrong.dump()).code, 52);
  EXPECT_EQ(Source(), source);
  EXPECT_EQ(vm.files.Content(kKey), key);
}

// A mirror that moved, or a key that was replaced: the engine itself stays as it is.
TEST_F(ChangedRepository, AChangedRepositoryIsAppliedToAnInstalledEngine) {
  const std::string kept = "/var/lib/apt/lists/_srv_docker_dists_bookworm_InRelease";
  vm.madison =
      " docker-ce | 5:28.5.2-1 | file:/srv/docker bookworm/stable amd64 Packages\n"
      " docker-ce | 5:29.0.1-1 | file:/srv/moved bookworm/stable amd64 Packages\n";
  EXPECT_EQ(EnableFrom("file:///srv/docker").level, StatusLevel::kSuccess);
  vm.files.Put(kept, "");
  vm.commands_run.clear();
  EXPECT_EQ(EnableFrom("file:///srv/moved").level, StatusLevel::kSuccess);
  EXPECT_THAT(Source(), HasSubstr("URIs: file:///srv/moved\n"));
  EXPECT_FALSE(Exists(vm.files, kept));
  for (const auto& argv : vm.commands_run) EXPECT_THAT(argv, Not(Contains("install")));
  EXPECT_FALSE(LoadLedger(vm.files)->former_repository);

  const nlohmann::json repository = {{"url", "file:///srv/moved"}, {"key", kDockerRpmKey}};
  const nlohmann::json other_key = {{"source", "custom"}, {"repository", repository}};
  EXPECT_EQ(Enable(other_key.dump()).level, StatusLevel::kSuccess);
  EXPECT_EQ(vm.files.Content(kKey), kDockerRpmKey);
}

TEST_F(ChangedRepository, ARepositoryThatDoesNotOfferTheEngineIsNotChangedTo) {
  vm.madison = " docker-ce | 5:28.5.2-1 | file:/srv/docker bookworm/stable amd64 Packages\n";
  EXPECT_EQ(EnableFrom("file:///srv/docker").level, StatusLevel::kSuccess);
  const std::string source = Source();
  const StatusReport status = EnableFrom("file:///srv/nowhere");
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message, HasSubstr("the repository file:///srv/nowhere does not offer docker-ce"));
  EXPECT_EQ(Source(), source);
  EXPECT_EQ(EnableFrom("file:///srv/docker").level, StatusLevel::kSuccess);
  EXPECT_EQ(Source(), source);
}

// A worker that was killed between the two, and the settings that are set back, or to any source, since.
TEST_F(ChangedRepository, AChangeThatWasNotCompletedIsTakenBack) {
  vm.madison = " docker-ce | 5:28.5.2-1 | file:/srv/docker bookworm/stable amd64 Packages\n";
  EXPECT_EQ(EnableFrom("file:///srv/docker").level, StatusLevel::kSuccess);
  const std::string source = Source();
  for (const bool is_set_back : {true, false}) {
    const Status amended = AmendLedger(vm.files, [&](Ledger& ledger) {
      ledger.former_repository =
          FormerRepository{.files = {{kKey, vm.files.Content(kKey)}, {kSource, source}}};
    });
    EXPECT_TRUE(amended.ok());
    vm.files.Put(kSource, "Types: deb\nURIs: file:///srv/half\n");
    const StatusReport status = is_set_back ? EnableFrom("file:///srv/docker") : Enable("{}");
    EXPECT_EQ(status.level, StatusLevel::kSuccess) << status.message;
    EXPECT_EQ(Source(), source);
    EXPECT_FALSE(LoadLedger(vm.files)->former_repository);
  }
}

// The status says that it was rolled back, and it is: at once, not with the next enable.
TEST_F(ChangedRepository, AWorkerKilledAtAnyChangeLeavesTheFormerOrTheNewRepository) {
  vm.madison =
      " docker-ce | 5:28.5.2-1 | file:/srv/docker bookworm/stable amd64 Packages\n"
      " docker-ce | 5:28.5.2-1 | file:/srv/moved bookworm/stable amd64 Packages\n";
  EXPECT_EQ(EnableFrom("file:///srv/docker").level, StatusLevel::kSuccess);
  const std::string former = Source();
  bool was_killed = true;
  for (int at = 1; was_killed; ++at) {
    SCOPED_TRACE("killed before change " + std::to_string(at));
    vm.Set(++vm.sequence, R"({"docker": )" + CustomSource("file:///srv/moved") + "}", std::nullopt);
    vm.RunVerb("enable");
    vm.files.kill_at_change = vm.files.changes + at;
    vm.Drain();
    was_killed = !vm.files.kill_at_change.has_value();
    vm.files.kill_at_change.reset();
    EXPECT_FALSE(LoadLedger(vm.files)->former_repository);
    EXPECT_THAT(Source(), testing::AnyOf(former, HasSubstr("file:///srv/moved")));
    vm.Run("enable");
    EXPECT_EQ(vm.StatusOf(vm.sequence).level, StatusLevel::kSuccess) << vm.StatusOf(vm.sequence).message;
    EXPECT_THAT(Source(), HasSubstr("file:///srv/moved"));
    EXPECT_EQ(EnableFrom("file:///srv/docker").level, StatusLevel::kSuccess);
    EXPECT_EQ(Source(), former);
  }
}

// apt goes on with none until the next update.
TEST_F(ChangedRepository, TheListsOfARepositoryThatIsPutBackAreReadAgain) {
  vm.madison = " docker-ce | 5:28.5.2-1 | file:/srv/docker bookworm/stable amd64 Packages\n";
  EXPECT_EQ(EnableFrom("file:///srv/docker").level, StatusLevel::kSuccess);
  const std::string partial = "/var/lib/apt/lists/partial/_srv_nowhere_dists_bookworm_InRelease";
  vm.on_apt = [&] { vm.files.Put(partial, ""); };
  vm.commands_run.clear();
  EXPECT_EQ(EnableFrom("file:///srv/nowhere").code, 52);
  const auto last =
      std::ranges::find_if(vm.commands_run.rbegin(), vm.commands_run.rend(), [](const auto& argv) {
        return std::ranges::find(argv, "update") != argv.end() ||
               std::ranges::find(argv, "madison") != argv.end();
      });
  ASSERT_NE(last, vm.commands_run.rend());
  EXPECT_THAT(*last, Contains("update"));
}

TEST_F(ChangedRepository, TheRepositoryGivesWayToOneThatItsOwnerAddedSince) {
  EXPECT_EQ(Enable(R"({"source": "upstream"})").level, StatusLevel::kSuccess);
  vm.files.Put("/etc/apt/sources.list.d/docker.list",
               "deb [trusted=yes] https://download.docker.com/linux/debian bookworm stable\n");
  vm.madison = " docker-ce | 5:28.5.2-1 | https://download.docker.com/linux/debian x\n";
  const StatusReport status = Enable(R"({"source": "upstream", "options": ["--debug"]})");
  EXPECT_EQ(status.level, StatusLevel::kSuccess) << status.message;
  EXPECT_FALSE(HasRepository());
  EXPECT_THAT(
      status.substatuses,
      Contains(testing::Field(
          &Substatus::message,
          "the signatures of Docker's packages are not checked: '/etc/apt/sources.list.d/docker.list', "
          "which its owner wrote, has trusted=yes for that repository")));
  vm.files.Erase("/etc/apt/sources.list.d/docker.list");
  EXPECT_EQ(Enable(R"({"source": "upstream"})").level, StatusLevel::kSuccess);
  EXPECT_TRUE(HasRepository());
}

TEST_F(ChangedRepository, UninstallRemovesWhatAptKeepsOfTheRepository) {
  const std::string kept = "/var/lib/apt/lists/download.docker.com_linux_debian_dists_bookworm_InRelease";
  const std::string owners = "/var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_InRelease";
  EXPECT_EQ(Enable(R"({"source": "upstream"})").level, StatusLevel::kSuccess);
  for (const auto& path : {kept, owners}) vm.files.Put(path, "");
  vm.Run("disable");
  vm.Run("uninstall");
  EXPECT_FALSE(Exists(vm.files, kept));
  EXPECT_TRUE(Exists(vm.files, owners));
}

}  // namespace
}  // namespace dockerext
