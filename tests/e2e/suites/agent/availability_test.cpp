// SPDX-License-Identifier: MIT
// The real agent's goal states beside a running container: what dockerd's own socket and the container
// answer meanwhile. The tests share a VM and run in their order; each leaves the extension enabled.
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

  // From before the goal state until the agent has reported what became of it.
  static Answers During(const std::string& phase, const std::function<void()>& order) {
    AvailabilityProbe::Target container = container_.on_the_bridge();
    container.interval = kInterval;
    auto engine_pulse = AvailabilityProbe::FromInside(
        vm().guest(), {.address = "/var/run/docker.sock", .interval = kInterval});
    auto container_pulse = AvailabilityProbe::FromInside(vm().guest(), container);
    order();
    azure().Await(phase);
    const Answers answers{StopOf(engine_pulse), StopOf(container_pulse)};
    std::cout << "beats: " << phase << ": _ping " << Describe(answers.engine) << "; container "
              << Describe(answers.container) << std::endl;
    return answers;
  }

  static Availability StopOf(Result<AvailabilityProbe>& probe) {
    EXPECT_TRUE(probe.ok()) << probe.error().message;
    if (!probe.ok()) return {};
    const auto availability = probe->Stop();
    EXPECT_TRUE(availability.ok()) << availability.error().message;
    return availability.ok() ? *availability : Availability{};
  }

  static std::string Engine() {
    return vm().Say(
        {"/usr/bin/systemctl", "show", "-p", "MainPID,ExecMainStartTimestampMonotonic", "docker.service"});
  }

  static void ExpectUnnoticedByTheContainer(const Availability& availability, const std::string& identity) {
    EXPECT_GT(availability.sent, 0U);
    EXPECT_EQ(availability.lost, 0U);
    EXPECT_EQ(Container::Identity(vm()), identity);
  }

  static void ExpectUnnoticed(const std::string& phase, const std::function<void()>& order) {
    const std::string container = Container::Identity(vm());
    const std::string engine = Engine();
    const Answers answers = During(phase, order);
    ExpectUnnoticedByTheContainer(answers.container, container);
    EXPECT_GT(answers.engine.sent, 0U);
    EXPECT_EQ(answers.engine.lost, 0U);
    EXPECT_EQ(Engine(), engine);
  }

  static Container container_;
};
Container AgentAvailability::container_;

TEST_F(AgentAvailability, AnUpdate) {
  ExpectUnnoticed("update", [] { azure().Order({"update", "--zip", Azure::kNextZip}); });
}

TEST_F(AgentAvailability, TheDowngradeBack) {
  ExpectUnnoticed("downgrade", [] { azure().Order({"update", "--zip", Azure::kZip}); });
}

TEST_F(AgentAvailability, AGoalStateThatChangesNothing) {
  ExpectUnnoticed("no-op", [] { azure().Order({"again"}); });
}

// dockerd restarts; meanwhile systemd keeps its socket, and a ping waits there for the next dockerd, unless
// the old one had taken it already. A probe that did not notice would prove nothing above.
TEST_F(AgentAvailability, APortChangeIsNoticedAtTheSocketAlone) {
  const std::string container = Container::Identity(vm());
  const std::string engine = Engine();
  const Answers answers = During("port change", [] { azure().OrderSettings({"settings"}, 5000); });
  ExpectUnnoticedByTheContainer(answers.container, container);
  EXPECT_NE(Engine(), engine);
  EXPECT_GT(answers.engine.longest_gap_ms, 3 * static_cast<std::uint64_t>(kInterval.count()));
}

}  // namespace
}  // namespace dockerext
