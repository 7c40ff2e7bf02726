// SPDX-License-Identifier: MIT
// A change with which dockerd does not start: the previous configuration is restored, the container keeps
// running, and the status quotes the error in the error of dockerd. The changes follow each other more often
// than systemd's start limit allows.
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

// A change that passes every check before dockerd starts with it.
struct FatalChange {
  std::string name;
  Vm::Args options;
  std::string excerpt;  // of dockerd
  std::string setup;    // a script that prepares the VM
  std::string cleanup;

  friend void PrintTo(const FatalChange& change, std::ostream* out) { *out << change.name; }
};

class Transaction : public SharedVm<Transaction>, public testing::WithParamInterface<FatalChange> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;

 protected:
  static void SetUpTestSuite() {
    SharedVm::SetUpTestSuite();
    if (!HasVm()) return;
    container_ = Container::Start(vm());
    EXPECT_EQ(vm().Harness({"run"}).exit_code, 0);
  }

  // Settings with port 5000 and these options.
  static std::string Settings(const Vm::Args& options) {
    const nlohmann::json settings = {{"docker", {{"port", 5000}, {"options", options}}}};
    return vm().Put("public.json", settings.dump());
  }

  static Container container_;
};
Container Transaction::container_;

TEST_P(Transaction, RollsBackToTheLastKnownGood) {
  const FatalChange& change = GetParam();
  vm().Shell(change.setup);
  const std::string container = Container::Identity(vm());
  const std::string tree = vm().Tree();

  const Vm::Output enable = vm().Harness({"enable", "--public", Settings(change.options)});
  EXPECT_EQ(enable.exit_code, kStatusIsError);
  EXPECT_THAT(Vm::VerdictLine(enable), AllOf(HasSubstr("dockerd logged: "), HasSubstr(change.excerpt),
                                             HasSubstr("rolled back to the previous configuration")));

  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
  EXPECT_THAT(vm().Shell("ss -H -ltnp sport = :5000"), Not(HasSubstr("dockerd")));
  EXPECT_THAT(Differences(tree, vm().Tree()), IsEmpty());
  EXPECT_EQ(Container::Identity(vm()), container);
  vm().Shell(change.cleanup);
}

// Neither the change nor its rollback succeeds: a drop-in makes every start fail.
class FailedRollback : public SharedVm<FailedRollback> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;
};

TEST_F(FailedRollback, AFirstEnableThatFailsLeavesTheEngineAsItWas) {
  const Container container = Container::Start(vm());
  const std::string identity = Container::Identity(vm());
  const std::string before = vm().Snapshot();
  EXPECT_EQ(
      vm().Harness({"run", "--public",
                    vm().Put("public.json",
                             R"({"docker": {"port": 4243, "options": ["--storage-driver=nonexistent"]}})")})
          .exit_code,
      kStatusIsError);
  EXPECT_THAT(vm().StatusText(0), HasSubstr("rolled back to the previous configuration"));
  EXPECT_EQ(Container::Identity(vm()), identity);
  EXPECT_EQ(vm().Run({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}), "false");
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, 0);
  EXPECT_THAT(Differences(before, vm().Snapshot()), IsEmpty());
}

TEST_F(FailedRollback, BothErrorsAreReportedAndTheNextEnableConverges) {
  EXPECT_EQ(vm().Harness({"run"}).exit_code, 0);
  const std::string identity = vm().Run({"/usr/bin/pgrep", "-f", "/availability-probe serve"});
  vm().Shell(
      "cd /etc/systemd/system/docker.service.d && printf '[Service]\\nExecStartPre=/usr/bin/test -e "
      "/run/allow-start\\n' >10-allow-start.conf && touch --date='1 hour ago' 10-allow-start.conf");
  const Vm::Output failed = vm().Harness({"enable", "--port", "5000"});
  EXPECT_EQ(failed.exit_code, kStatusIsError);
  EXPECT_THAT(Vm::VerdictLine(failed),
              AllOf(HasSubstr("docker.service did not start (exit-code)"),
                    HasSubstr("rolling back failed too: docker.service did not start (exit-code)")));
  vm().Shell("touch /run/allow-start");
  EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, 0);
  EXPECT_EQ(vm().DockerTlsVerify({"version"}, 5000).exit_code, 0);
  EXPECT_EQ(vm().Run({"/usr/bin/pgrep", "-f", "/availability-probe serve"}), identity);
}

// Takes the port between the check by the extension and the bind by dockerd. Runs as a separate unit, since
// systemd kills what ExecStartPre leaves running before dockerd starts.
constexpr const char* kStartPortHolder =
    "mkdir -p /etc/systemd/system/docker.service.d && cd /etc/systemd/system/docker.service.d && "
    "printf '[Service]\\nExecStartPre=-/usr/bin/systemd-run --unit=port-holder busybox nc -ll -p 5000\\n' "
    ">50-port-holder.conf && "
    "systemctl daemon-reload";
constexpr const char* kStopPortHolder =
    "rm /etc/systemd/system/docker.service.d/50-port-holder.conf && systemctl daemon-reload && systemctl "
    "stop "
    "port-holder.service";

INSTANTIATE_TEST_SUITE_P(
    Fatals, Transaction,
    testing::Values(
        FatalChange{"UnknownStorageDriver", {"--storage-driver=nonexistent"}, "driver not supported", "", ""},
        FatalChange{"UnusableDataRoot", {"--data-root=/dev/null/docker"}, "/dev/null", "", ""},
        FatalChange{"UnknownRuntime", {"--default-runtime=nonexistent"}, "nonexistent", "", ""},
        FatalChange{"NoSeccompProfile", {"--seccomp-profile=/nonexistent.json"}, "/nonexistent.json", "", ""},
        FatalChange{"UnknownUser", {"--userns-remap=nonexistent"}, "nonexistent", "", ""},
        FatalChange{"ReadOnlyDataRoot",
                    {"--data-root=/mnt/docker"},
                    "read-only file system",
                    "mount -t tmpfs -o ro none /mnt",
                    "umount /mnt"},
        FatalChange{
            "PortTakenAfterTheCheck", {}, "address already in use", kStartPortHolder, kStopPortHolder}),
    [](const auto& chosen) { return chosen.param.name; });

}  // namespace
}  // namespace dockerext
