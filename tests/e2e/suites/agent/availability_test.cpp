// SPDX-License-Identifier: MIT
// Availability of dockerd's local socket and of a running container during goal states of the real agent. The
// tests share a VM and run in order; each leaves the extension enabled.
#include <gmock/gmock.h>

#include <functional>
#include <iostream>

#include "tests/e2e/suites/agent/agent_vm.hpp"
#include "tests/e2e/suites/support/container.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::milliseconds kInterval{20};

class AgentAvailability : public AgentVm<AgentAvailability> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithAgent;

 protected:
  static void SetUpTestSuite() {
    AgentVm::SetUpTestSuite();
    if (!HasVm() || HasFailure()) return;
    Install();
    container_ = Container::Start(vm());
  }

  struct Answers {
    Availability engine;
    Availability container;
  };

  // Probes from before the goal state until the agent has reported its outcome.
  static Answers During(const std::string& phase, const std::function<void()>& act) {
    AvailabilityProbe::Target container = container_.on_the_bridge();
    container.interval = kInterval;
    auto engine_probe = AvailabilityProbe::FromInside(
        vm().guest(), {.address = "/var/run/docker.sock", .interval = kInterval});
    auto container_probe = AvailabilityProbe::FromInside(vm().guest(), container);
    act();
    azure().Await(phase);
    const Answers answers{StopOf(engine_probe), StopOf(container_probe)};
    std::cout << "availability: " << phase << ": _ping " << Describe(answers.engine) << "; container "
              << Describe(answers.container) << std::endl;
    return answers;
  }

  static Availability StopOf(Result<AvailabilityProbe>& probe) {
    EXPECT_TRUE(probe.ok()) << probe.error().Message();
    if (!probe.ok()) return {};
    const auto availability = probe->Stop();
    EXPECT_TRUE(availability.ok()) << availability.error().Message();
    return availability.ok() ? *availability : Availability{};
  }

  static std::string Engine() {
    return vm().Run(
        {"/usr/bin/systemctl", "show", "-p", "MainPID,ExecMainStartTimestampMonotonic", "docker.service"});
  }

  static void ExpectNoContainerOutage(const Availability& availability, const std::string& identity) {
    EXPECT_GT(availability.sent, 0U);
    EXPECT_EQ(availability.lost, 0U);
    EXPECT_EQ(Container::Identity(vm()), identity);
  }

  static void ExpectNoOutage(const std::string& phase, const std::function<void()>& act) {
    const std::string container = Container::Identity(vm());
    const std::string engine = Engine();
    const Answers answers = During(phase, act);
    ExpectNoContainerOutage(answers.container, container);
    EXPECT_GT(answers.engine.sent, 0U);
    EXPECT_EQ(answers.engine.lost, 0U);
    EXPECT_EQ(Engine(), engine);
  }

  static Container container_;
};
Container AgentAvailability::container_;

TEST_F(AgentAvailability, AnUpdateInterruptsNothing) {
  ExpectNoOutage("update", [] { azure().Request({"update", "--zip", Azure::kNextZip}); });
}

TEST_F(AgentAvailability, ADowngradeInterruptsNothing) {
  ExpectNoOutage("downgrade", [] { azure().Request({"update", "--zip", Azure::kZip}); });
}

TEST_F(AgentAvailability, ANoOpGoalStateInterruptsNothing) {
  ExpectNoOutage("no-op", [] { azure().Request({"again"}); });
}

// dockerd restarts while systemd keeps its socket: a ping waits there for the next dockerd, unless the old
// one has already accepted it. This also shows that the probe detects an interruption.
TEST_F(AgentAvailability, APortChangeInterruptsOnlyTheLocalSocket) {
  const std::string container = Container::Identity(vm());
  const std::string engine = Engine();
  const Answers answers = During("port change", [] { azure().RequestSettings({"settings"}, 5000); });
  ExpectNoContainerOutage(answers.container, container);
  EXPECT_NE(Engine(), engine);
  EXPECT_GT(answers.engine.longest_gap_ms, 3 * static_cast<std::uint64_t>(kInterval.count()));
}

}  // namespace
}  // namespace dockerext
