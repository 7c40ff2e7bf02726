// SPDX-License-Identifier: MIT
// A container serves on a VM with Docker: no operation of the extension loses a request to it. The tests
// share a VM and run in order; an early one configures the extension, the last one uninstalls it.
#include <gmock/gmock.h>

#include <filesystem>
#include <functional>
#include <iostream>

#include "handler/base/text.hpp"
#include "tests/e2e/suites/support/container.hpp"
#include "tests/e2e/suites/support/shared_vm.hpp"

namespace dockerext {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ContainerAvailability : public SharedVm<ContainerAvailability> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;

 protected:
  static void SetUpTestSuite() {
    SharedVm::SetUpTestSuite();
    if (HasVm()) container_ = Container::Start(vm());
  }

  static Availability During(Result<AvailabilityProbe> probe, const std::function<void()>& act) {
    EXPECT_TRUE(probe.ok()) << probe.error().Message();
    if (!probe.ok()) return {};
    act();
    const auto availability = probe->Stop();
    EXPECT_TRUE(availability.ok()) << availability.error().Message();
    return availability.ok() ? *availability : Availability{};
  }

  // Probes the container's own address from within the VM, where only the container itself can fail to
  // answer.
  static void ExpectNoOutage(const std::string& step, const std::function<void()>& act) {
    const std::string before = Container::Identity(vm());
    const Availability availability =
        During(AvailabilityProbe::FromInside(vm().guest(), container_.on_the_bridge()), act);
    std::cout << "availability: " << step << ": " << Describe(availability) << std::endl;
    EXPECT_GT(availability.sent, 0U);
    EXPECT_EQ(availability.lost, 0U);
    EXPECT_EQ(Container::Identity(vm()), before);
  }

  // Probes from the other host, as a customer's client does: through the DNAT rules and the proxy of dockerd.
  static Availability AtThePublishedPort(const std::string& step, const std::function<void()>& act) {
    const Availability availability =
        During(AvailabilityProbe::FromOutside(vm().guest(), Container::Published(vm())), act);
    std::cout << "availability: published port: " << step << ": " << Describe(availability) << std::endl;
    return availability;
  }

  static void ExpectSuccess(const Vm::Args& args) { EXPECT_EQ(vm().Harness(args).exit_code, 0); }

  static Container container_;
};
Container ContainerAvailability::container_;

TEST_F(ContainerAvailability, TheProbeDetectsAnOutage) {
  const std::string before = Container::Identity(vm());
  const Availability availability =
      During(AvailabilityProbe::FromInside(vm().guest(), container_.on_the_bridge()), [] {
        vm().Run({"/usr/bin/docker", "restart", "probed"});
      });
  EXPECT_GT(availability.lost, 0U);
  EXPECT_NE(Container::Identity(vm()), before);
}

TEST_F(ContainerAvailability, TheFirstEnableLosesNoRequest) {
  EXPECT_EQ(vm().Run({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}), "false");
  ExpectNoOutage("first enable", [] { ExpectSuccess({"run"}); });
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
}

TEST_F(ContainerAvailability, LiveRestoreIsActiveBeforeDockerdStops) {
  const std::string journal = vm().Shell("journalctl -u docker.service -o cat --no-pager");
  const auto reloaded = journal.find("Reloaded configuration: ");
  const auto stopped = journal.find("Processing signal 'terminated'");
  ASSERT_NE(reloaded, std::string::npos) << journal;
  ASSERT_NE(stopped, std::string::npos) << journal;
  EXPECT_LT(reloaded, stopped);
  EXPECT_THAT(journal.substr(reloaded, journal.find('\n', reloaded) - reloaded),
              HasSubstr("live-restore\\\":true"));
  EXPECT_EQ(vm().Run({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}), "true");
}

// The checks of the CIS Docker Benchmark that concern the extension: owner, group and mode of the files that
// configure dockerd.
TEST_F(ContainerAvailability, TheFilesHaveTheModesOfTheCisBenchmark) {
  const auto modes = [](const std::string& paths) {
    return Split(vm().Shell("stat -c '%a %U:%G %n' " + paths + " | sed 's|/tls-[0-9a-f]*/|/tls/|'"), '\n');
  };
  EXPECT_THAT(modes("$(systemctl show -p FragmentPath --value docker.service docker.socket | grep .)"),
              ElementsAre("644 root:root /lib/systemd/system/docker.service",
                          "644 root:root /lib/systemd/system/docker.socket"));
  EXPECT_THAT(modes("/etc/systemd/system/docker.service.d/*"),
              ElementsAre("644 root:root /etc/systemd/system/docker.service.d/zz-docker-extension.conf"));
  EXPECT_THAT(modes("/etc/docker /etc/docker/docker-extension /etc/docker/daemon.json"),
              ElementsAre("755 root:root /etc/docker", "755 root:root /etc/docker/docker-extension",
                          "644 root:root /etc/docker/daemon.json"));
  EXPECT_THAT(modes("/etc/docker/docker-extension/*/*"),
              ElementsAre("444 root:root /etc/docker/docker-extension/tls/ca.pem",
                          "444 root:root /etc/docker/docker-extension/tls/cert.pem",
                          "400 root:root /etc/docker/docker-extension/tls/key.pem"));
}

TEST_F(ContainerAvailability, APortChangeLosesNoRequest) {
  ExpectNoOutage("port change", [] { ExpectSuccess({"enable", "--port", "5000"}); });
  EXPECT_EQ(vm().DockerTlsVerify({"version"}, 5000).exit_code, 0);
}

TEST_F(ContainerAvailability, ACertificateChangeLosesNoRequest) {
  std::filesystem::rename(vm().credentials(), vm().Scratch("old-credentials"));
  ExpectNoOutage("certificate change", [] { ExpectSuccess({"enable"}); });
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
}

// The published port is closed from the stop of dockerd until the next dockerd has set its rules. The
// extension adds nothing to the outage of that restart.
TEST_F(ContainerAvailability, APortChangeInterruptsThePublishedPortNoLongerThanARestartOfDockerd) {
  const Availability restart = AtThePublishedPort("systemctl restart docker", [] {
    vm().Run({"/usr/bin/systemctl", "restart", "docker.service"});
  });
  const Availability port_change = AtThePublishedPort("port change", [] {
    ExpectSuccess({"enable", "--port", "5001"});
  });
  constexpr std::uint64_t kSlack = 50;  // half a second: the machine is shared
  EXPECT_LE(port_change.lost, 2 * restart.lost + kSlack);
}

TEST_F(ContainerAvailability, DisableAndEnableLoseNoRequest) {
  ExpectNoOutage("disable", [] { ExpectSuccess({"disable"}); });
  EXPECT_FALSE(vm().IsOpen(5001));
  ExpectNoOutage("enable again", [] { ExpectSuccess({"enable"}); });
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
}

TEST_F(ContainerAvailability, AnUpdateAndADowngradeLoseNoRequest) {
  ExpectNoOutage("update", [] { ExpectSuccess({"update", "--zip", Variable("DX_ZIP_NEXT")}); });
  ExpectNoOutage("downgrade", [] { ExpectSuccess({"update", "--zip", Variable("DX_ZIP")}); });
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
}

TEST_F(ContainerAvailability, UninstallLosesNoRequest) {
  ExpectNoOutage("uninstall", [] { ExpectSuccess({"uninstall"}); });
  EXPECT_EQ(vm().Run({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}), "false");
  EXPECT_EQ(vm().Shell("ls /etc/docker"), "key.json");  // written by dockerd
}

}  // namespace
}  // namespace dockerext
