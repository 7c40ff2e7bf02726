// SPDX-License-Identifier: MIT
#include "tests/guest/container.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace dockerext {

Container Container::Start(const Vm& vm) {
  const Status copied = vm.guest().Copy(Variable("DX_HEARTBEAT"), Pulse::kProgram);
  EXPECT_TRUE(copied.ok()) << copied.error().message;
  vm.Shell(
      "tar -c -C /usr/local/bin heartbeat | docker import --change 'ENTRYPOINT [\"/heartbeat\"]' - heartbeat "
      "&& "
      "docker run -d --name beating -p 8080:80 heartbeat serve 80");
  Container container;
  container.on_the_bridge_.address = vm.Say(
      {"/usr/bin/docker", "inspect", "-f", "{{.NetworkSettings.Networks.bridge.IPAddress}}", "beating"});
  return container;
}

std::string Container::Identity(const Vm& vm) {
  return vm.Say({"/usr/bin/docker", "inspect", "-f", "{{.State.Pid}} since {{.State.StartedAt}}", "beating"});
}

}  // namespace dockerext
