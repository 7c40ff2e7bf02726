// SPDX-License-Identifier: MIT
// The first enable on a VM whose network is not there yet, or whose dpkg has the trouble of another package.
#include "tests/e2e/suites/handler/docker_vm.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class FirstBoot : public DockerVm {
 protected:
  FirstBoot() : DockerVm(Guest::Image::kBare) {}
  std::string DockerPackage() {
    return vm().Run({"/usr/bin/dpkg-query", "-W", "-f", "${db:Status-Abbrev}", "docker.io"});
  }
};

TEST_F(FirstBoot, WaitsForANameServerThatIsNotThereYet) {
  vm().Shell(
      "cp /etc/apt/sources.list /root && sed -i 's!file:/srv/apt!http://archive.invalid/debian!' "
      "/etc/apt/sources.list");
  auto enable = InBackground({"run"});
  Await("grep -q archive.invalid /var/lib/waagent/Example.*/status/0.status");
  EXPECT_EQ(StatusLevel(), "transitioning") << LastStatus();
  vm().Run({"/bin/sleep", "15"});
  EXPECT_EQ(StatusLevel(), "transitioning") << LastStatus();
  EXPECT_THAT(LastStatus(), AllOf(HasSubstr("waiting"), HasSubstr("archive.invalid")));
  vm().Run({"/bin/cp", "/root/sources.list", "/etc/apt/sources.list"});
  EXPECT_EQ(enable.get(), kSuccess) << LastStatus();
  ExpectServing();
}

// Its script fails whenever dpkg configures it, and so does apt, although Docker is installed whole.
TEST_F(FirstBoot, SucceedsDespiteTheFailingScriptOfAnotherPackage) {
  vm().Shell(
      "mkdir -p /tmp/broken/DEBIAN && printf 'Package: broken\\nVersion: 1\\nArchitecture: all\\nMaintainer: "
      "nobody "
      "<nobody@example.com>\\nDescription: broken\\n' >/tmp/broken/DEBIAN/control && printf "
      "'#!/bin/sh\\nexit 1\\n' "
      ">/tmp/broken/DEBIAN/postinst && chmod 0755 /tmp/broken/DEBIAN/postinst && dpkg-deb -b /tmp/broken "
      "/tmp/broken.deb && ! dpkg -i /tmp/broken.deb");
  EXPECT_EQ(vm().Harness({"run"}).exit_code, kSuccess);
  EXPECT_THAT(LastStatus(), AllOf(HasSubstr("\"warning\""), HasSubstr("broken")));
  EXPECT_EQ(DockerPackage(), "ii");
  ExpectServing();
}

}  // namespace
}  // namespace dockerext
