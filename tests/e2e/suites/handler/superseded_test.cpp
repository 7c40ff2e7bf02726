// SPDX-License-Identifier: MIT
// A newer operation that fails leaves nothing of the one that it superseded: the last known good
// configuration is served, and drop-in and ledger agree with it.
#include <nlohmann/json.hpp>

#include "tests/e2e/suites/handler/docker_vm.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;

// Port 5000 is committed, and superseded before it is verified.
class SupersededCommit : public DockerVm {
 protected:
  static constexpr const char* kNewStatus =
      "/var/lib/waagent/Example.Extensions.DockerExtension-1.0.0/status/2.status";

  // Delivers settings without waiting for the outcome of those that are superseded.
  Vm::Output Deliver(const std::string& public_settings, const std::string& seconds) {
    return vm().Harness(
        {"settings", "--public", public_settings, "--credentials", vm().credentials(), "--wait", seconds});
  }
  // Returns while the engine starts with port 5000.
  void CommitPort5000() {
    Serve();
    AddDropIn("10-slow.conf", "ExecStartPre=/bin/sleep 6");
    Deliver(Settings(5000), "1");
    Await("grep -q :5000 " + std::string(kOurDropIn));
    AwaitEngine("activating");
  }
  // Settings that were encrypted for another VM: the worker waits for their certificate.
  void DeliverForAnotherVm() {
    vm().Shell("cd " + std::string(Vm::kFolder) +
               "/config && sed -E 's/(\"protectedSettingsCertThumbprint\": *\")[^\"]*/"
               "\\10123456789ABCDEF0123456789ABCDEF01234567/' 1.settings >2.settings && "
               "grep -q 0123456789ABCDEF 2.settings");
    EXPECT_EQ(vm().Verb("enable", 2).exit_code, 0);
  }
  void KillWorkers() {
    vm().Shell("systemctl kill -s KILL --kill-who=main 'docker-extension-*.service'; true");
  }
  // The drop-in, the ledger and the engine agree on this port alone.
  void ExpectServedAndRecorded(std::uint16_t port) {
    AwaitEngine("active");
    ExpectServing(port);
    EXPECT_EQ(vm().Shell("ss -H -ltnp 'sport >= :4243 and sport <= :5000' | grep -c dockerd"), "1");
    EXPECT_THAT(vm().Shell("cat " + std::string(kOurDropIn)),
                HasSubstr("-H tcp://0.0.0.0:" + std::to_string(port)));
    EXPECT_EQ(RecordedPort(), port);
  }
  // 4243 or, for any other, 0.
  std::uint16_t RecordedPort() {
    const auto ledger = nlohmann::json::parse(vm().Shell("cat " + std::string(kLedger)), nullptr, false);
    const auto drop_in = ledger.value("/lastKnownGood/dropIn"_json_pointer, std::string());
    const auto at = drop_in.find(":4243 ");
    return at == std::string::npos ? std::uint16_t{0} : std::uint16_t{4243};
  }
};

TEST_F(SupersededCommit, IsRolledBackByANewerEnableWhoseOptionsDockerdRefuses) {
  CommitPort5000();
  EXPECT_EQ(Deliver(Settings(4244, R"(["--storage-driver=nonexistent"])"), "120").exit_code, kStatusIsError);
  ExpectServedAndRecorded(4243);
}

TEST_F(SupersededCommit, IsRolledBackByANewerEnableWhoseWorkerIsKilled) {
  CommitPort5000();
  DeliverForAnotherVm();
  Await("grep -q transitioning " + std::string(kNewStatus));
  KillWorkers();
  Await("grep -q '\"error\"' " + std::string(kNewStatus));
  ExpectServedAndRecorded(4243);
}

// A worker that waits longer than this for the certificate is ended.
TEST_F(SupersededCommit, IsRolledBackByANewerEnableThatFailsBeforeItsFirstStep) {
  CommitPort5000();
  DeliverForAnotherVm();
  vm().Shell(std::string("for i in $(seq 80); do grep -q '\"error\"' ") + kNewStatus +
             " && exit 0; sleep 1; done");
  if (StatusLevel() == "transitioning") KillWorkers();
  Await("grep -q '\"error\"' " + std::string(kNewStatus));
  ExpectServedAndRecorded(4243);
}

}  // namespace
}  // namespace dockerext
