// SPDX-License-Identifier: MIT
// A change that dockerd does not survive: what served before serves again, the container never notices, and
// the status says what dockerd said. The changes come one behind the other, far more often than systemd's
// start limit allows.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/suites/support/container.hpp"
#include "tests/e2e/suites/support/shared_vm.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int kStatusIsError = 4;  // the harness's exit code

// Passes every check that can be made before dockerd runs with it.
struct Fatal {
  std::string name;
  Vm::Words options;
  std::string last_words;  // of dockerd
  std::string machine;     // a script: what is wrong with this VM
  std::string repair;

  friend void PrintTo(const Fatal& fatal, std::ostream* out) { *out << fatal.name; }
};

class Transaction : public SharedVm<Transaction>, public testing::WithParamInterface<Fatal> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;

 protected:
  static void SetUpTestSuite() {
    SharedVm::SetUpTestSuite();
    if (!HasVm()) return;
    container_ = Container::Start(vm());
    EXPECT_EQ(vm().Harness({"run"}).exit_code, 0);
  }

  // Port 5000 and these options.
  static std::string Settings(const Vm::Words& options) {
    const nlohmann::json settings = {{"docker", {{"port", 5000}, {"options", options}}}};
    return vm().Put("public.json", settings.dump());
  }

  static Container container_;
};
Container Transaction::container_;

TEST_P(Transaction, BringsBackWhatServed) {
  const Fatal& fatal = GetParam();
  vm().Shell(fatal.machine);
  const std::string container = Container::Identity(vm());
  const std::string tree = vm().Tree();

  const Vm::Output enable = vm().Harness({"enable", "--public", Settings(fatal.options)});
  EXPECT_EQ(enable.exit_code, kStatusIsError);
  EXPECT_THAT(Vm::Verdict(enable), AllOf(HasSubstr("dockerd says: "), HasSubstr(fatal.last_words),
                                         HasSubstr("what was configured before is back")));

  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
  EXPECT_THAT(vm().Shell("ss -H -ltnp sport = :5000"), Not(HasSubstr("dockerd")));
  EXPECT_THAT(Differences(tree, vm().Tree()), IsEmpty());
  EXPECT_EQ(Container::Identity(vm()), container);
  vm().Shell(fatal.repair);
}

// No way forward and none back: the drop-in makes every start fail.
class NoWayBack : public SharedVm<NoWayBack> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;
};

TEST_F(NoWayBack, AFirstEnableThatFailsLeavesTheEngineAsItWas) {
  const Container container = Container::Start(vm());
  const std::string identity = Container::Identity(vm());
  const std::string before = vm().Snapshot();
  EXPECT_EQ(
      vm().Harness({"run", "--public",
                    vm().Put("public.json",
                             R"({"docker": {"port": 4243, "options": ["--storage-driver=nonexistent"]}})")})
          .exit_code,
      kStatusIsError);
  EXPECT_THAT(vm().StatusText(0), HasSubstr("what was configured before is back"));
  EXPECT_EQ(Container::Identity(vm()), identity);
  EXPECT_EQ(vm().Say({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}), "false");
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, 0);
  EXPECT_THAT(Differences(before, vm().Snapshot()), IsEmpty());
}

TEST_F(NoWayBack, BothErrorsAreToldAndTheNextEnableMends) {
  EXPECT_EQ(vm().Harness({"run"}).exit_code, 0);
  const std::string identity = vm().Say({"/usr/bin/pgrep", "-f", "/availability-probe serve"});
  vm().Shell(
      "cd /etc/systemd/system/docker.service.d && printf '[Service]\\nExecStartPre=/usr/bin/test -e "
      "/run/way\\n' >10-way.conf");
  const Vm::Output failed = vm().Harness({"enable", "--port", "5000"});
  EXPECT_EQ(failed.exit_code, kStatusIsError);
  EXPECT_THAT(Vm::Verdict(failed), HasSubstr("RestartUnit of docker.service ended as \"failed\""));
  EXPECT_THAT(
      failed.out,
      HasSubstr(
          "going back failed too, at previous-engine: StartUnit of docker.service ended as \"failed\""));
  vm().Shell("touch /run/way");
  EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, 0);
  EXPECT_EQ(vm().DockerTlsVerify({"version"}, 5000).exit_code, 0);
  EXPECT_EQ(vm().Say({"/usr/bin/pgrep", "-f", "/availability-probe serve"}), identity);
}

// A listener that comes between our check of the port and dockerd's bind. A unit of its own: what
// ExecStartPre leaves running would be killed before dockerd starts.
constexpr const char* kThief =
    "mkdir -p /etc/systemd/system/docker.service.d && cd /etc/systemd/system/docker.service.d && "
    "printf '[Service]\\nExecStartPre=-/usr/bin/systemd-run --unit=thief busybox nc -ll -p 5000\\n' "
    ">50-thief.conf && "
    "systemctl daemon-reload";
constexpr const char* kThiefGoes =
    "rm /etc/systemd/system/docker.service.d/50-thief.conf && systemctl daemon-reload && systemctl stop "
    "thief.service";

INSTANTIATE_TEST_SUITE_P(
    Fatals, Transaction,
    testing::Values(
        Fatal{"UnknownStorageDriver", {"--storage-driver=nonexistent"}, "driver not supported", "", ""},
        Fatal{"UnusableDataRoot", {"--data-root=/dev/null/docker"}, "/dev/null", "", ""},
        Fatal{"UnknownRuntime", {"--default-runtime=nonexistent"}, "nonexistent", "", ""},
        Fatal{"NoSeccompProfile", {"--seccomp-profile=/nonexistent.json"}, "/nonexistent.json", "", ""},
        Fatal{"UnknownUser", {"--userns-remap=nonexistent"}, "nonexistent", "", ""},
        Fatal{"ReadOnlyDataRoot",
              {"--data-root=/mnt/docker"},
              "read-only file system",
              "mount -t tmpfs -o ro none /mnt",
              "umount /mnt"},
        Fatal{"PortTakenMeanwhile", {}, "address already in use", kThief, kThiefGoes}),
    [](const auto& chosen) { return chosen.param.name; });

}  // namespace
}  // namespace dockerext
