// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "handler/packages/package_manager.hpp"
#include "handler/packages/repository.hpp"

namespace dockerext {
namespace {

using testing::ElementsAre;

const Repository kRepository{"https://download.docker.com/linux/debian", "bookworm", "stable", "a key\n"};

TEST(RepositoryFiles, OfAptAreDeb822SignedByTheKeyBesideIt) {
  EXPECT_THAT(AptRepositoryFiles(kRepository),
              ElementsAre(RepositoryFile{"/etc/apt/keyrings/docker-extension.asc", "a key\n"},
                          RepositoryFile{
                              "/etc/apt/sources.list.d/docker-extension.sources",
                              "# Added by the Docker VM extension, which removes it when it is uninstalled.\n"
                              "Types: deb\n"
                              "URIs: https://download.docker.com/linux/debian\n"
                              "Suites: bookworm\n"
                              "Components: stable\n"
                              "Signed-By: /etc/apt/keyrings/docker-extension.asc\n"}));
}

TEST(RepositoryFiles, OfTheRpmFamiliesCheckSignaturesByOurKeyAlone) {
  for (const auto& files : {DnfRepositoryFiles(kRepository), ZypperRepositoryFiles(kRepository)}) {
    ASSERT_EQ(files.size(), 2U);
    EXPECT_EQ(files[0], (RepositoryFile{"/etc/pki/rpm-gpg/RPM-GPG-KEY-docker-extension", "a key\n"}));
    EXPECT_THAT(files[1].text, testing::HasSubstr("\nbaseurl=https://download.docker.com/linux/debian\n"));
    EXPECT_THAT(files[1].text, testing::HasSubstr("\ngpgcheck=1\ngpgkey=file:///etc/pki/rpm-gpg/"
                                                  "RPM-GPG-KEY-docker-extension\n"));
  }
  EXPECT_EQ(DnfRepositoryFiles(kRepository)[1].path, "/etc/yum.repos.d/docker-extension.repo");
  EXPECT_EQ(ZypperRepositoryFiles(kRepository)[1].path, "/etc/zypp/repos.d/docker-extension.repo");
}

TEST(AptList, HasARepositoryThatIsEnabledInIt) {
  const struct {
    const char* path;
    const char* text;
    bool has;
  } cases[] = {
      {"sources.list", "", false},
      {"sources.list", "deb https://download.docker.com/linux/debian bookworm stable\n", true},
      {"sources.list", "deb\thttps://download.docker.com/linux/debian/  bookworm\tstable", true},
      {"docker.list",
       "deb [arch=amd64 signed-by=/usr/share/keyrings/d.gpg] https://download.docker.com/linux/debian "
       "bookworm "
       "stable\n",
       true},
      {"docker.list", "# deb https://download.docker.com/linux/debian bookworm stable\n", false},
      {"docker.list", "deb https://deb.example x # https://download.docker.com/linux/debian bookworm\n",
       false},
      {"docker.list", "deb-src https://download.docker.com/linux/debian bookworm stable\n", false},
      {"docker.list", "deb https://download.docker.com/linux/debian trixie stable\n", false},
      {"docker.list", "deb https://download.docker.com/linux/ubuntu bookworm stable\n", false},
      {"d.sources", "Types: deb\nURIs: https://download.docker.com/linux/debian\nSuites: bookworm\n", true},
      {"d.sources",
       "Types: deb\nURIs: https://a.example\n https://download.docker.com/linux/debian/\nSuites: trixie "
       "bookworm\n",
       true},
      {"d.sources", "Types: deb-src\nURIs: https://download.docker.com/linux/debian\nSuites: bookworm\n",
       false},
      {"d.sources",
       "Enabled: no\nTypes: deb\nURIs: https://download.docker.com/linux/debian\nSuites: bookworm\n", false},
      {"d.sources",
       "Enabled: no\nTypes: deb\nURIs: https://a.example\nSuites: x\n\nTypes: deb\nURIs: "
       "https://download.docker.com/linux/debian\nSuites: bookworm\n",
       true},
      {"d.sources",
       "Types: deb\nURIs: https://a.example\n#URIs: https://download.docker.com/linux/debian\nSuites: "
       "bookworm\n",
       false},
      {"d.sources",
       "Types: deb\nURIs: https://download.docker.com/linux/debian\nSuites: x\n\nTypes: deb\nURIs: "
       "https://a.example\nSuites: bookworm\n",
       false},
  };
  for (const auto& [path, text, has] : cases)
    EXPECT_EQ(FindInAptList(path, text, kRepository).identifier, has ? kRepository.url : "") << text;
}

TEST(AptList, TellsWhetherSignaturesAreChecked) {
  const std::string of_url = "https://download.docker.com/linux/debian bookworm stable\n";
  const std::string stanza = "Types: deb\nURIs: https://download.docker.com/linux/debian\nSuites: bookworm\n";
  EXPECT_EQ(FindInAptList("d.list", "deb [trusted=yes] " + of_url, kRepository).unchecked, "trusted=yes");
  EXPECT_EQ(FindInAptList("d.list", "deb [signed-by=/k] " + of_url, kRepository).unchecked, "");
  EXPECT_EQ(FindInAptList("d.sources", stanza + "Trusted: yes\n", kRepository).unchecked, "Trusted: yes");
  EXPECT_EQ(FindInAptList("d.sources", stanza + "Trusted: no\n", kRepository).unchecked, "");
  EXPECT_EQ(FindInAptList("d.sources", "Trusted: yes\n\n" + stanza, kRepository).unchecked, "");
}

// As apt 2.6 names them.
TEST(AptLists, OfARepositoryHaveNamesOfItsUrl) {
  const std::vector<std::pair<std::string, std::string>> names = {
      {"https://download.docker.com/linux/debian", "download.docker.com_linux_debian"},
      {"https://user:pass@mirror.example:8443/a_b/c=d/", "mirror.example:8443_a%5fb_c%3dd"},
      {"file:///srv/docker", "_srv_docker"},
      {"file:/srv/docker/", "_srv_docker"}};
  for (const auto& [url, name] : names) {
    Repository repository = kRepository;
    repository.url = url;
    EXPECT_THAT(kApt.kept_lists(AptRepositoryFiles(repository)),
                ElementsAre("/var/lib/apt/lists/" + name + "_dists_*",
                            "/var/lib/apt/lists/partial/" + name + "_dists_*"));
  }
}

TEST(RepoFile, HasARepositoryThatIsEnabledInIt) {
  const Repository rhel{.url = "https://download.docker.com/linux/rhel/9/$basearch/stable"};
  const struct {
    const char* text;
    const char* section;  // empty: none
  } cases[] = {
      {"", ""},
      {"[docker-ce-stable]\nbaseurl=https://download.docker.com/linux/rhel/9/$basearch/stable\n",
       "docker-ce-stable"},
      {"[d]\nname=D\nbaseurl = "
       "https://download.docker.com/linux/rhel/$releasever/$basearch/stable/\nenabled=1\n",
       "d"},
      {"[d]\nbaseurl=https://download.docker.com/linux/rhel/9/x86_64/stable\n[e]\nbaseurl=https://e\n", "d"},
      {"[d]\nbaseurl=https://e\n[e]\nbaseurl=https://download.docker.com/linux/rhel/9/x86_64/stable\n", "e"},
      {"[d]\nbaseurl=https://download.docker.com/linux/rhel/9/x86_64/stable\nenabled=0\n", ""},
      {"[d]\nbaseurl=https://download.docker.com/linux/rhel/9/x86_64/test\n", ""},
      {"[d]\nbaseurl=https://download.docker.com/linux/rhel/10/x86_64/stable\n", ""},
      {"[d]\nbaseurl=https://mirror.example/linux/rhel/9/x86_64/stable\n", ""},
  };
  for (const auto& [text, section] : cases)
    EXPECT_EQ(FindInRepoFile("d.repo", text, rhel).identifier, section) << text;
}

TEST(RepoFile, TellsWhetherSignaturesAreChecked) {
  const std::string section = "[d]\nbaseurl=https://download.docker.com/linux/debian\n";
  EXPECT_EQ(FindInRepoFile("d.repo", section + "gpgcheck=1\n", kRepository).unchecked, "");
  EXPECT_EQ(FindInRepoFile("d.repo", section + "gpgcheck=0\n", kRepository).unchecked, "gpgcheck=0");
  EXPECT_EQ(FindInRepoFile("d.repo", section + "pkg_gpgcheck = no\n", kRepository).unchecked,
            "pkg_gpgcheck=no");
  EXPECT_EQ(FindInRepoFile("d.repo", section + "[e]\ngpgcheck=0\n", kRepository).unchecked, "");
}

TEST(RepositoryFiles, NameTheRepositoryByItsIdentifier) {
  for (const PackageManager* manager : {&kApt, &kDnf, &kDnf5, &kTdnf, &kZypper}) {
    const RepositoryFile file = manager->repository_files(kRepository).back();
    EXPECT_EQ(manager->find(file.path, file.text, kRepository).identifier,
              manager == &kApt ? kRepository.url : "docker-extension");
  }
}

// As apt 2.6 prints the URLs of sources that end with a slash or begin with file:///.
TEST(Apt, VersionsOfARepositoryAreThoseOfItsUrl) {
  constexpr std::string_view kList =
      " docker-ce | 5:29.0.1-1 | https://mirror.example/debian bookworm/stable amd64 Packages\n"
      " docker-ce | 5:28.5.2-1 | https://download.docker.com/linux/debian bookworm/stable amd64 Packages\n"
      " docker-ce | 5:27.5.1-1 | file:/srv/docker bookworm/stable amd64 Packages\n";
  for (const auto& [url, version] : {std::pair{"https://mirror.example/debian/", "5:29.0.1-1"},
                                     {"https://download.docker.com/linux/debian", "5:28.5.2-1"},
                                     {"file:///srv/docker/", "5:27.5.1-1"}})
    EXPECT_THAT(kApt.versions(kList, "docker-ce", url), ElementsAre(version)) << url;
  EXPECT_THAT(kApt.versions(kList, "docker-ce", "https://download.docker.com/linux"), testing::IsEmpty());
}

TEST(Apt, VersionsAreThoseOfThePackageTheNewestFirst) {
  constexpr std::string_view kList =
      " docker-ce | 5:29.0.1-1~debian.12~bookworm | https://download.docker.com/linux/debian bookworm/stable "
      "amd64 "
      "Packages\n"
      " docker-ce | 5:28.5.2-1~debian.12~bookworm | https://download.docker.com/linux/debian bookworm/stable "
      "amd64 "
      "Packages\n"
      " docker-ce | 5:28.5.2-1~debian.12~bookworm | https://mirror.example bookworm/stable amd64 Packages\n"
      "docker-ce-cli | 5:27.5.1-1~debian.12~bookworm | https://download.docker.com/linux/debian x\n"
      "N: Unable to locate package nothing\n";
  EXPECT_THAT(kApt.versions(kList, "docker-ce", ""),
              testing::ElementsAre("5:29.0.1-1~debian.12~bookworm", "5:28.5.2-1~debian.12~bookworm"));
  EXPECT_THAT(kApt.versions(kList, "nothing", ""), testing::IsEmpty());
  EXPECT_EQ(kApt.pinned("docker-ce", "5:28"), "docker-ce=5:28");
}

}  // namespace
}  // namespace dockerext
