// SPDX-License-Identifier: MIT
// What is wrong with a repository is said with its setting; and what an interrupted run of rpm left.
#include "tests/unit/packages/installing.hpp"

namespace dockerext {
namespace {

using std::chrono::minutes;
using testing::AllOf;
using testing::HasSubstr;

TEST_F(Installing, ARepositoryThatLacksThePackageIsNamed) {
  const auto choice = Packages(kDnf).PinTo(
      kEngine, {}, {.is_wanted = Any, .repository = "docker-extension", .url = "https://m.example/9"});
  EXPECT_EQ(choice.error().code, Code::kNotFound);
  EXPECT_THAT(choice.error().Message(),
              HasSubstr("the repository https://m.example/9 does not offer docker-ce to this machine"));
}

// What is at fault is the setting, as far as the failure is about the repository that it names.
TEST_F(Installing, ARepositoryThatCannotBeReadIsNamedWithItsSetting) {
  const struct {
    const PackageManager& manager;
    const char* url;
    CommandOutput refresh;
    std::vector<const char*> says;
    bool is_waited_for = false;
  } cases[] = {
      {.manager = kApt,
       .url = "https://download.example/docker/",
       .refresh =
           {0, "",
            "Err:1 https://download.example/docker bookworm InRelease\n"
            "  Could not connect to download.example:443\n"
            "W: Failed to fetch https://download.example/docker/dists/bookworm/InRelease  Could not connect\n"
            "W: Some index files failed to download.\n"},
       .says = {"apt cannot read the repository https://download.example/docker/: ", "(network, DNS, proxy)",
                "publicSettings.docker.repository.url"},
       .is_waited_for = true},
      {.manager = kApt,
       .url = "file:///srv/docker",
       .refresh = {100, "",
                   "E: The repository 'file:/srv/docker bookworm Release' does not have a Release file.\n"},
       .says = {"apt cannot read the repository file:///srv/docker: ", "does not have a Release file",
                "publicSettings.docker.repository.url"}},
      {.manager = kApt,
       .url = "https://m.example",
       .refresh = {100, "",
                   "W: GPG error: https://m.example bookworm InRelease: The following signatures couldn't be "
                   "verified because the public key is not available: NO_PUBKEY 7EA0\n"
                   "E: The repository 'https://m.example bookworm InRelease' is not signed.\n"},
       .says = {"apt cannot verify the repository https://m.example with the key", "NO_PUBKEY 7EA0",
                "send the key that signs that repository in publicSettings.docker.repository.key"}},
      {.manager = kApt,
       .url = "https://m.example",
       .refresh = {100, "",
                   "E: Failed to fetch https://m.example/dists/bookworm/InRelease  403  Forbidden [IP: "
                   "192.0.2.1 443]\n"
                   "E: The repository 'https://m.example bookworm InRelease' is not signed.\n"},
       .says = {"apt cannot read the repository https://m.example: ", "403 Forbidden",
                "publicSettings.docker.repository.url"}},
      {.manager = kDnf,
       .url = "https://m.example/rpm",
       .refresh =
           {0, "",
            "Error: Failed to download metadata for repo 'docker-extension': Cannot download repomd.xml\n"
            "  - Status code: 404 for https://m.example/rpm/repodata/repomd.xml\n"},
       .says = {"dnf cannot read the repository https://m.example/rpm: ",
                "publicSettings.docker.repository.url"}},
      {.manager = kApt,
       .url = "https://m.example",
       .refresh = {100, "",
                   "E: The repository 'https://a.example bookworm Release' does not have a Release file.\n"},
       .says = {"the repository https://m.example does not offer docker-ce",
                "'https://a.example bookworm Release'", "/etc/apt/sources.list*"}},
  };
  for (const auto& [manager, url, refresh, says, is_waited_for] : cases) {
    tool.answers = {{"update", refresh}, {"makecache", refresh}};
    clock.elapsed = {};
    const std::string identifier = &manager == &kApt ? url : "docker-extension";
    const auto choice =
        Packages(manager).PinTo(kEngine, {}, {.is_wanted = Any, .repository = identifier, .url = url});
    EXPECT_EQ(choice.error().code, Code::kMissingDependency);
    EXPECT_EQ(clock.elapsed >= minutes(25), is_waited_for) << refresh.errors;
    for (const char* text : says) EXPECT_THAT(choice.error().Message(), HasSubstr(text));
  }
}

// dnf does not check an index unless it is told to, and a mirror need not sign it; apt always does.
TEST_F(Installing, AnIndexThatAnotherKeySignsIsAnError) {
  const auto check = [&](const PackageManager& manager) {
    return Packages(manager).CheckIndex("docker-extension", "https://m.example/9");
  };
  tool.answers = {
      {"makecache",
       {0, "",
        "Error: Failed to download metadata for repo 'docker-extension': repomd.xml GPG signature "
        "verification error: Bad GPG signature\nIgnoring repositories: docker-extension\n"}}};
  const Status wrong = check(kDnf);
  ASSERT_FALSE(wrong.ok());
  EXPECT_THAT(wrong.error().Message(),
              AllOf(HasSubstr("dnf cannot verify the repository https://m.example/9 with the key"),
                    HasSubstr("Bad GPG signature"), HasSubstr("publicSettings.docker.repository.key")));
  EXPECT_THAT(tool.run.back(),
              HasSubstr("makecache --repo=docker-extension --setopt=docker-extension.repo_gpgcheck=1"));
  tool.answers = {
      {"makecache",
       {0, "",
        "Error: Failed to download metadata for repo 'docker-extension': GPG verification is enabled, "
        "but GPG signature is not available.\nIgnoring repositories: docker-extension\n"}}};
  EXPECT_TRUE(check(kDnf).ok());
  tool.run.clear();
  EXPECT_TRUE(check(kApt).ok());
  EXPECT_THAT(tool.run, testing::IsEmpty());
}

TEST_F(Installing, WhatAnInterruptedRunReplacedIsErased) {
  tool.answers = {
      {"-qa",
       {0, "docker-ce 3:29.0.1-1.el9 20\ndocker-ce 3:28.5.2-1.el9 10\nglibc 2-1 1\nglibc 2-2 2\n", ""}}};
  EXPECT_TRUE(Packages(kDnf).EraseReplaced({"docker-ce", "runc"}).ok());
  EXPECT_EQ(tool.run.back(), "/usr/bin/rpm -e docker-ce-28.5.2-1.el9");
  EXPECT_TRUE(Packages(kDnf).EraseReplaced({"runc"}).ok());
  EXPECT_EQ(tool.Runs("rpm -e"), 0);
  tool.answers.push_back({"-e", {1, "", "error: Failed dependencies:\n"}});
  const Status failed = Packages(kDnf).EraseReplaced({"docker-ce"});
  ASSERT_FALSE(failed.ok());
  EXPECT_THAT(failed.error().Message(), AllOf(HasSubstr("erase what an interrupted run replaced"),
                                              HasSubstr("error: Failed dependencies")));
  tool.run.clear();
  EXPECT_TRUE(Packages(kApt).EraseReplaced({"docker-ce"}).ok());
  EXPECT_THAT(tool.run, testing::IsEmpty());
}

}  // namespace
}  // namespace dockerext
