// SPDX-License-Identifier: MIT
// A restart leaves no engine down and no dependent unit stopped, whether the change is verified or refused by
// dockerd. DX_SLOW_STOP is the seconds that a slow stop takes.
#include "tests/e2e/suites/handler/docker_vm.hpp"

namespace dockerext {
namespace {

class Restart : public DockerVm {
 protected:
  // Nothing on this VM reaches port 5000 of its own, so no change to it can be verified.
  void MakePort5000Unverifiable() {
    vm().Run({"/usr/sbin/iptables", "-I", "INPUT", "-i", "lo", "-p", "tcp", "--dport", "5000", "-j", "DROP"});
  }
};

TEST_F(Restart, AnEngineThatStopsSlowlyIsServingAgainAfterARollback) {
  Serve();
  const int slow_stop = SoakNumber("DX_SLOW_STOP", 12);
  AddDropIn("10-slow.conf", "TimeoutStopSec=infinity\nExecStop=/bin/sleep " + std::to_string(slow_stop));
  MakePort5000Unverifiable();
  EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, kStatusIsError);
  AwaitEngine("active");
  ExpectServing(4243);
  EXPECT_FALSE(vm().IsOpen(5000));
}

class DependentUnit : public Restart {
 protected:
  void Start() {
    Write(
        "/etc/systemd/system/needs-docker.service",
        "[Unit]\nRequires=docker.service\nAfter=docker.service\n[Service]\nExecStart=/bin/sleep infinity\n");
    vm().Shell("systemctl daemon-reload && systemctl start needs-docker.service");
  }
  void ExpectActive(const std::string& step) {
    EXPECT_EQ(vm().Exec({"/usr/bin/systemctl", "is-active", "needs-docker.service"}).out, "active\n") << step;
    vm().Exec({"/usr/bin/systemctl", "start", "needs-docker.service"});
  }
};

TEST_F(DependentUnit, IsActiveAfterEveryOperation) {
  Start();
  Serve();
  ExpectActive("first enable");
  EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, kSuccess);
  ExpectActive("port change");
  EXPECT_EQ(
      vm().Harness({"enable", "--public", Settings(5000, R"(["--storage-driver=nonexistent"])")}).exit_code,
      kStatusIsError);
  ExpectServing(5000);
  ExpectActive("option that dockerd refuses");
  EXPECT_EQ(vm().Harness({"enable", "--public", Settings(5000)}).exit_code, kSuccess);
  const std::string pid = vm().EnginePid();
  EXPECT_EQ(vm().Harness({"update", "--zip", Variable("DX_ZIP"), "--version", "1.0.1"}).exit_code, kSuccess);
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectActive("update that changes nothing");
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, kSuccess);
  ExpectActive("uninstall");
}

}  // namespace
}  // namespace dockerext
