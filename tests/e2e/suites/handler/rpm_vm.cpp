// SPDX-License-Identifier: MIT
#include "tests/e2e/suites/handler/rpm_vm.hpp"

#include <array>

namespace dockerext {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kKey = "/srv/rpm/docker-key.asc";

const std::vector<std::string> kUpstreamPackages = {"docker-ce", "docker-ce-cli", "containerd.io",
                                                    "docker-buildx-plugin", "docker-compose-plugin"};

PlayedDistribution Rocky(const std::string& release, const std::string& source, const std::string& url,
                         const std::string& rpm_lock) {
  return {.release = release,
          .manager = "dnf",
          .source = source,
          .url = url,
          .engine = "docker-ce",
          .packages = kUpstreamPackages,
          .plugins = "/usr/libexec/docker/cli-plugins",
          .install = "dnf -y -q install",
          .locks = {{"/var/cache/dnf/metadata_lock.pid", LockKind::kPidFile},
                    {"/var/lib/dnf/rpmdb_lock.pid", LockKind::kPidFile},
                    {rpm_lock, LockKind::kFcntl}}};
}

// dnf5 has neither lock of dnf 4.
PlayedDistribution Fedora() {
  PlayedDistribution fedora =
      Rocky("fedora", "upstream", "file:///srv/rpm", "/usr/lib/sysimage/rpm/.rpm.lock");
  fedora.locks.erase(fedora.locks.begin(), fedora.locks.end() - 1);
  return fedora;
}

const std::array<PlayedDistribution, 4>& Distributions() {
  static const std::array<PlayedDistribution, 4> kDistributions = {
      Rocky("rocky9", "custom", "file:///srv/rpm/docker/{major}/x86_64/{channel}", "/var/lib/rpm/.rpm.lock"),
      Rocky("rocky10", "upstream", "file:///srv/rpm", "/usr/lib/sysimage/rpm/.rpm.lock"), Fedora(),
      PlayedDistribution{
          .release = "opensuse",
          .manager = "zypper",
          .source = "distribution",
          .url = "",
          .engine = "docker",
          .packages = {"docker", "containerd", "runc", "docker-buildx", "docker-compose"},
          .plugins = "/usr/lib/docker/cli-plugins",
          .install = "zypper --non-interactive --quiet install",
          .locks = {{"/run/zypp.pid", LockKind::kPidFile}, {"/var/lib/rpm/.rpm.lock", LockKind::kFcntl}}}};
  return kDistributions;
}

}  // namespace

const PlayedDistribution& Played() {
  for (const PlayedDistribution& distribution : Distributions()) {
    if (distribution.release == Variable("DX_RELEASE")) return distribution;
  }
  return Distributions().front();
}

nlohmann::json RpmVm::Settings() {
  if (Played().url.empty()) return {{"source", Played().source}};
  // Upstream's folders are named after the distributions.
  vm().Shell("for name in rhel fedora; do [ -e /srv/rpm/$name ] || ln -s docker /srv/rpm/$name; done");
  return world().Repository(Played().source, Played().url, kKey);
}

std::string RpmVm::Packages() { return vm().Shell("rpm -qa | grep -v ^gpg-pubkey | sort"); }

std::string RpmVm::Keys() { return vm().Shell("rpm -q gpg-pubkey --qf '%{summary}\\n' | sort; true"); }

void RpmVm::ExpectDocker() {
  const std::string packages = "\n" + Packages();
  for (const std::string& package : Played().packages) EXPECT_THAT(packages, HasSubstr("\n" + package + "-"));
}

void RpmVm::ExpectNoDocker() {
  const std::string packages = "\n" + Packages();
  for (const std::string& package : Played().packages)
    EXPECT_THAT(packages, Not(HasSubstr("\n" + package + "-")));
  EXPECT_EQ(RepositoryFiles(), "");
  EXPECT_THAT(Keys(), Not(HasSubstr("docker@localhost")));
}

std::string RpmVm::RepositoryFiles() {
  return vm().Shell(
      "find /etc/yum.repos.d /etc/zypp/repos.d /etc/pki -name '*docker*' 2>/dev/null | sort; true");
}

void RpmVm::AddOwnersRepository() {
  if (Played().url.empty()) return;
  const std::string text =
      "[docker-ce-stable]\nname=Docker CE Stable\n"
      "baseurl=file:///srv/rpm/docker/$releasever/$basearch/stable\nenabled=1\ngpgcheck=1\ngpgkey=file://" +
      std::string(kKey) + "\n";
  const Status written = vm().guest().WriteFile("/etc/yum.repos.d/owner.repo", text, 0644_mode);
  ASSERT_TRUE(written.ok()) << written.error().Message();
}

}  // namespace dockerext
