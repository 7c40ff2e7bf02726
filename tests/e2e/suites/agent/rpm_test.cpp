// SPDX-License-Identifier: MIT
// The real agent on a VM that plays a Rocky Linux whose owner has Docker's repository: dnf installs Docker,
// and removes it in the background when the extension is uninstalled.
#include "tests/e2e/suites/agent/agent_vm.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class RealAgentOnRpm : public AgentVm<RealAgentOnRpm> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithAgent;
};

TEST_F(RealAgentOnRpm, InstallsEnablesAgainAndUninstalls) {
  Write("/etc/yum.repos.d/docker-ce.repo",
        "[docker-ce-stable]\nname=Docker CE "
        "Stable\nbaseurl=file:///srv/rpm/docker/$releasever/$basearch/stable\n"
        "enabled=1\ngpgcheck=1\ngpgkey=file:///srv/rpm/docker-key.asc\n");
  const std::string packages = vm().Shell("rpm -qa | grep -v ^gpg-pubkey | sort");
  azure().RequestSettings({"add", "--zip", Azure::kZip}, 4243);
  azure().Await("cold install");
  ExpectAnAnswerAt(4243);
  EXPECT_THAT(azure().Reported(), AllOf(HasSubstr("installed docker-ce"), HasSubstr(" with dnf")));
  EXPECT_EQ(vm().Run({"/usr/bin/systemctl", "show", "--value", "-p", "ControlGroup", "docker"}),
            "/system.slice/docker.service");

  const std::string pid = vm().EnginePid();
  const std::string tree = vm().Tree();
  azure().Request({"again"});
  azure().Await("no-op");
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_EQ(vm().Tree(), tree);

  azure().Request({"uninstall"});
  azure().Await("uninstall", "gone");
  vm().Shell("for i in $(seq 300); do test -e /var/lib/docker-extension || exit 0; sleep 0.2; done; exit 1");
  EXPECT_EQ(vm().Shell("rpm -qa | grep -v ^gpg-pubkey | sort"), packages);
  EXPECT_EQ(
      vm().Shell(
          "ls -d /etc/docker/docker-extension /etc/systemd/system/docker.service.d 2>/dev/null | wc -l"),
      "0");
}

}  // namespace
}  // namespace dockerext
