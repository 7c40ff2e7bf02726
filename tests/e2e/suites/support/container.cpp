// SPDX-License-Identifier: MIT
#include "tests/e2e/suites/support/container.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace dockerext {

Container Container::Start(const Vm& vm) {
  const Status copied = vm.guest().Copy(Variable("DX_AVAILABILITY_PROBE"), AvailabilityProbe::kProgram);
  EXPECT_TRUE(copied.ok()) << copied.error().Message();
  vm.Shell(
      "tar -c -C /usr/local/bin availability-probe | docker import --change 'ENTRYPOINT "
      "[\"/availability-probe\"]' - availability-probe "
      "&& "
      "docker run -d --name probed -p 8080:80 availability-probe serve 80");
  Container container;
  container.on_the_bridge_.address = vm.Run(
      {"/usr/bin/docker", "inspect", "-f", "{{.NetworkSettings.Networks.bridge.IPAddress}}", "probed"});
  return container;
}

std::string Container::Identity(const Vm& vm) {
  return vm.Run({"/usr/bin/docker", "inspect", "-f", "{{.State.Pid}} since {{.State.StartedAt}}", "probed"});
}

}  // namespace dockerext
