// SPDX-License-Identifier: MIT
// Docker is there and a container serves: whatever the extension does, no request to it is lost. The tests
// share a VM and run in their order; the first one configures the extension, the last one takes it away.
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

class Heartbeat : public SharedVm<Heartbeat> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;

 protected:
  static void SetUpTestSuite() {
    SharedVm::SetUpTestSuite();
    if (HasVm()) container_ = Container::Start(vm());
  }

  static Availability During(Result<AvailabilityProbe> probe, const std::function<void()>& act) {
    EXPECT_TRUE(probe.ok()) << probe.error().message;
    if (!probe.ok()) return {};
    act();
    const auto availability = probe->Stop();
    EXPECT_TRUE(availability.ok()) << availability.error().message;
    return availability.ok() ? *availability : Availability{};
  }

  // On the container's own address, from the VM itself: nothing but the container can fail to answer.
  static void ExpectUnnoticed(const std::string& step, const std::function<void()>& act) {
    const std::string before = Container::Identity(vm());
    const Availability availability =
        During(AvailabilityProbe::FromInside(vm().guest(), container_.on_the_bridge()), act);
    std::cout << "availability: " << step << ": " << Describe(availability) << std::endl;
    EXPECT_GT(availability.sent, 0U);
    EXPECT_EQ(availability.lost, 0U);
    EXPECT_EQ(Container::Identity(vm()), before);
  }

  // From the other host, as a customer's clients come: by the DNAT rules and the proxy that dockerd owns.
  static Availability AtThePublishedPort(const std::string& step, const std::function<void()>& act) {
    const Availability availability =
        During(AvailabilityProbe::FromOutside(vm().guest(), Container::Published(vm())), act);
    std::cout << "availability: published port: " << step << ": " << Describe(availability) << std::endl;
    return availability;
  }

  static void ExpectSuccess(const Vm::Words& words) { EXPECT_EQ(vm().Harness(words).exit_code, 0); }

  static Container container_;
};
Container Heartbeat::container_;

TEST_F(Heartbeat, AnOutageIsNoticed) {
  const std::string before = Container::Identity(vm());
  const Availability availability =
      During(AvailabilityProbe::FromInside(vm().guest(), container_.on_the_bridge()), [] {
        vm().Say({"/usr/bin/docker", "restart", "probed"});
      });
  EXPECT_GT(availability.lost, 0U);
  EXPECT_NE(Container::Identity(vm()), before);
}

TEST_F(Heartbeat, TheFirstEnable) {
  EXPECT_EQ(vm().Say({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}), "false");
  ExpectUnnoticed("first enable", [] { ExpectSuccess({"run"}); });
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
}

TEST_F(Heartbeat, LiveRestoreWasInForceBeforeDockerdStopped) {
  const std::string journal = vm().Shell("journalctl -u docker.service -o cat --no-pager");
  const auto reloaded = journal.find("Reloaded configuration: ");
  const auto stopped = journal.find("Processing signal 'terminated'");
  ASSERT_NE(reloaded, std::string::npos) << journal;
  ASSERT_NE(stopped, std::string::npos) << journal;
  EXPECT_LT(reloaded, stopped);
  EXPECT_THAT(journal.substr(reloaded, journal.find('\n', reloaded) - reloaded),
              HasSubstr("live-restore\\\":true"));
  EXPECT_EQ(vm().Say({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}), "true");
}

// The rows of the CIS Docker Benchmark that are ours to keep: owner, group and mode of what dockerd is
// configured by.
TEST_F(Heartbeat, TheFilesHaveTheModesOfTheCisBenchmark) {
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

TEST_F(Heartbeat, AChangeOfThePort) {
  ExpectUnnoticed("port change", [] { ExpectSuccess({"enable", "--port", "5000"}); });
  EXPECT_EQ(vm().DockerTlsVerify({"version"}, 5000).exit_code, 0);
}

TEST_F(Heartbeat, AChangeOfTheCertificates) {
  std::filesystem::rename(vm().credentials(), vm().Scratch("old-credentials"));
  ExpectUnnoticed("certificate change", [] { ExpectSuccess({"enable"}); });
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
}

// Between dockerd's end and the next one's rules the published port is nobody's; we add no outage to that of
// the restart.
TEST_F(Heartbeat, AChangeCostsThePublishedPortNoMoreThanARestartOfDockerd) {
  const Availability bare = AtThePublishedPort("systemctl restart docker", [] {
    vm().Say({"/usr/bin/systemctl", "restart", "docker.service"});
  });
  const Availability ours = AtThePublishedPort("port change", [] {
    ExpectSuccess({"enable", "--port", "5001"});
  });
  constexpr std::uint64_t kSlack = 50;  // half a second: the machine is shared
  EXPECT_LE(ours.lost, 2 * bare.lost + kSlack);
}

TEST_F(Heartbeat, DisableAndEnableAgain) {
  ExpectUnnoticed("disable", [] { ExpectSuccess({"disable"}); });
  EXPECT_FALSE(vm().IsOpen(5001));
  ExpectUnnoticed("enable again", [] { ExpectSuccess({"enable"}); });
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
}

TEST_F(Heartbeat, AnUpdateAndADowngrade) {
  ExpectUnnoticed("update", [] { ExpectSuccess({"update", "--zip", Variable("DX_ZIP_NEXT")}); });
  ExpectUnnoticed("downgrade", [] { ExpectSuccess({"update", "--zip", Variable("DX_ZIP")}); });
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
}

TEST_F(Heartbeat, Uninstall) {
  ExpectUnnoticed("uninstall", [] { ExpectSuccess({"uninstall"}); });
  EXPECT_EQ(vm().Say({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}), "false");
  EXPECT_EQ(vm().Shell("ls /etc/docker"), "key.json");  // dockerd's own
}

}  // namespace
}  // namespace dockerext
