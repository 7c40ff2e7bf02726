// SPDX-License-Identifier: MIT
// A VM that was made from the image of a configured one: the first VM's port is closed by whatever comes
// first, and never opened again.
#include <filesystem>

#include "tests/e2e/suites/handler/docker_vm.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;
using testing::Not;

class ImageOfAnotherVm : public DockerVm {
 protected:
  // Serves, and then the VM is another one by its ledger, with nothing of the first one's boot. The first
  // VM's endpoint is open.
  void SetUp() override {
    DockerVm::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    Serve();
    vm().Shell(std::string("sed -i -E 's/(\"vm\": *\")[^\"]*/\\100000000-1111-2222-3333-444444444444/' ") +
               kLedger);
    EXPECT_THAT(vm().Shell(std::string("cat ") + kLedger), HasSubstr("444444444444"));
    vm().Run({"/bin/rm", "-r", "/run/docker-extension"});
    ExpectServing();
  }

  void ExpectClosed() {
    AwaitEngine("active");
    EXPECT_FALSE(vm().IsOpen(4243)) << "the first VM's port is open";
    EXPECT_THAT(vm().Shell("cat /etc/systemd/system/docker.service.d/* 2>/dev/null; true"),
                Not(HasSubstr(":4243")));
    vm().Run({"/usr/bin/systemctl", "restart", "docker.service"});
    EXPECT_FALSE(vm().IsOpen(4243)) << "the first VM's port is open after the next start";
  }
};

TEST_F(ImageOfAnotherVm, IsClosedByWrongSettings) {
  EXPECT_EQ(vm().Harness({"enable", "--public", vm().Put("wrong.json", R"({"docker": {"port": "many"}})")})
                .exit_code,
            kStatusIsError);
  ExpectClosed();
}

TEST_F(ImageOfAnotherVm, IsClosedByInstallonly) {
  EXPECT_EQ(vm().Harness({"enable", "--public", vm().Put("only.json", R"({"installonly": true})")}).exit_code,
            kSuccess);
  ExpectClosed();
}

TEST_F(ImageOfAnotherVm, IsClosedByAnOptionThatDockerdRefuses) {
  EXPECT_NE(
      vm().Harness({"enable", "--public", Settings(5000, R"(["--storage-driver=nonexistent"])")}).exit_code,
      kSuccess);
  ExpectClosed();
  EXPECT_FALSE(vm().IsOpen(5000));
}

TEST_F(ImageOfAnotherVm, IsClosedByUpdate) {
  EXPECT_EQ(vm().Verb("update", 0).exit_code, 0);
  ExpectClosed();
}

TEST_F(ImageOfAnotherVm, IsNotOpenedAgainByUpdateAfterItsOwnerClosedIt) {
  vm().Shell(std::string("rm ") + kOurDropIn +
             " && systemctl daemon-reload && systemctl restart docker.service");
  EXPECT_EQ(vm().Verb("update", 0).exit_code, 0);
  ExpectClosed();
}

TEST_F(ImageOfAnotherVm, ServesItsOwnPortWithItsOwnCertificates) {
  const std::string first = vm().Scratch("first-credentials");
  std::filesystem::rename(vm().credentials(), first);
  EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, kSuccess);
  ExpectServing(5000);
  EXPECT_FALSE(vm().IsOpen(4243));
  EXPECT_NE(vm().Docker({"--tls", "--tlscacert=" + first + "/ca.pem", "--tlscert=" + first + "/cert.pem",
                         "--tlskey=" + first + "/key.pem"},
                        5000, {"version"})
                .exit_code,
            0);
}

}  // namespace
}  // namespace dockerext
