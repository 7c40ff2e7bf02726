// SPDX-License-Identifier: MIT
// Real firewalls that reject what no rule lets in: the client on the other host gets through after enable,
// and the firewall is as it was after disable. And one that is laid out as Azure Linux's.
#include "tests/e2e/suites/handler/docker_vm.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;
using testing::Not;

class Firewall : public DockerVm {
 protected:
  Firewall() : DockerVm(Guest::Image::kWithFirewalls) {}

  void SetUp() override {
    if (Variable("DX_GUEST_FIREWALLS_IMAGE").empty()) GTEST_SKIP() << "DX_GUEST_FIREWALLS_IMAGE is not set";
    DockerVm::SetUp();
  }

  int Enable(std::uint16_t port) {
    return vm().Harness({"enable", "--port", std::to_string(port)}).exit_code;
  }
  std::string EnabledPid() {
    EXPECT_EQ(vm().Harness({"enable"}).exit_code, kSuccess);
    return vm().EnginePid();
  }
  // Something listens on the port, and the other host does not reach it. Most firewalls drop what they
  // reject, so that a client would wait for minutes.
  void ExpectShielded(std::uint16_t port) {
    vm().Shell("ss -Hltn | grep -q :" + std::to_string(port));
    const std::string connect = "exec 3<>/dev/tcp/" + vm().guest().address() + "/" + std::to_string(port);
    const auto tried = vm().guest().Client({"/usr/bin/timeout", "2", "/bin/bash", "-c", connect});
    ASSERT_TRUE(tried.ok());
    EXPECT_NE(tried->exit_code, 0);
  }
  void Reboot() {
    const auto rebooted = vm().guest().Reboot();
    ASSERT_TRUE(rebooted.ok()) << rebooted.error().what;
  }
  // A program on port 5000 of the VM, to tell a port that is shielded from one that is closed.
  void ListenOn5000() {
    vm().Shell("systemd-run --quiet --unit=listener busybox nc -ll -p 5000 -e true");
    Await("ss -Hltn | grep -q :5000");
  }
};

// ---------------------------------------------------------------------------- firewalld

class Firewalld : public Firewall {
 protected:
  void SetUp() override {
    Firewall::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    vm().Shell(
        "systemctl enable --now firewalld 2>/dev/null && firewall-cmd --permanent --add-port=7000/tcp && "
        "firewall-cmd --add-port=7000/tcp");
  }
  std::string Rules() {
    return vm().Shell(
        "firewall-cmd --zone=public --list-all; firewall-cmd --permanent --zone=public --list-all");
  }
  std::string Ports() {
    return vm().Shell(
        "firewall-cmd --zone=public --list-ports; firewall-cmd --permanent --zone=public --list-ports");
  }
};

TEST_F(Firewalld, LetsTheClientInFromEnableToDisable) {
  const std::string before = Rules();
  ListenOn5000();
  ExpectShielded(5000);
  vm().Run({"/usr/bin/systemctl", "stop", "listener"});

  Serve();
  EXPECT_EQ(Ports(), "4243/tcp 7000/tcp\n4243/tcp 7000/tcp");
  vm().Run({"/usr/bin/firewall-cmd", "--reload"});
  ExpectServing();

  const std::string pid = vm().EnginePid();
  vm().Shell("firewall-cmd --permanent --remove-port=4243/tcp && firewall-cmd --reload");
  ExpectShielded(4243);
  EXPECT_EQ(EnabledPid(), pid);
  ExpectServing();

  EXPECT_EQ(Enable(5000), kSuccess);
  ExpectServing(5000);
  EXPECT_EQ(Ports(), "5000/tcp 7000/tcp\n5000/tcp 7000/tcp");
  Reboot();
  ExpectServing(5000);

  EXPECT_EQ(vm().Harness({"disable"}).exit_code, kSuccess);
  EXPECT_EQ(Rules(), before);
  ListenOn5000();
  ExpectShielded(5000);
}

TEST_F(Firewalld, ARuleOfTheOwnerStays) {
  vm().Shell("firewall-cmd --permanent --add-port=4000-5000/tcp && firewall-cmd --reload");
  const std::string before = Rules();
  Serve();
  EXPECT_EQ(Rules(), before);
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, kSuccess);
  EXPECT_EQ(Rules(), before);
}

// firewalld merges the extension's rule into it.
TEST_F(Firewalld, ARangeThatTheOwnerAddedSinceStaysWhole) {
  Serve();
  vm().Shell("firewall-cmd --permanent --add-port=4000-4300/tcp && firewall-cmd --reload");
  EXPECT_EQ(Enable(5000), kSuccess);
  EXPECT_EQ(Ports(), "4000-4300/tcp 5000/tcp 7000/tcp\n4000-4300/tcp 5000/tcp 7000/tcp");
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, kSuccess);
  EXPECT_EQ(Ports(), "4000-4300/tcp 7000/tcp\n4000-4300/tcp 7000/tcp");
}

// ---------------------------------------------------------------------------- ufw

class Ufw : public Firewall {
 protected:
  void SetUp() override {
    Firewall::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    vm().Shell("ufw default deny incoming && ufw allow 7000/tcp && ufw --force enable");
  }
  std::string Rules() {
    return vm().Shell("ufw status verbose; cat /etc/ufw/user.rules /etc/ufw/user6.rules");
  }
};

TEST_F(Ufw, LetsTheClientInFromEnableToUninstall) {
  const std::string before = Rules();
  Serve();
  EXPECT_THAT(Rules(), HasSubstr("# docker-extension"));
  vm().Run({"/usr/sbin/ufw", "reload"});
  ExpectServing();

  const std::string pid = vm().EnginePid();
  vm().Run({"/usr/sbin/ufw", "delete", "allow", "4243/tcp"});
  ExpectShielded(4243);
  EXPECT_EQ(EnabledPid(), pid);
  ExpectServing();

  EXPECT_EQ(Enable(5000), kSuccess);
  EXPECT_THAT(Rules(), Not(HasSubstr("4243")));
  Reboot();
  ExpectServing(5000);
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, kSuccess);
  EXPECT_EQ(Rules(), before);
}

TEST_F(Ufw, ARuleOfTheOwnerStaysAndOneThatRejectsThePortIsAWarning) {
  vm().Run({"/usr/sbin/ufw", "allow", "4243/tcp"});
  vm().Run({"/usr/sbin/ufw", "deny", "5000/tcp"});
  const std::string before = Rules();
  Serve();
  EXPECT_EQ(Rules(), before);
  EXPECT_EQ(Enable(5000), kSuccess);
  EXPECT_THAT(LastStatus(), HasSubstr("rejects TCP port 5000 in the firewall ufw"));
  ExpectShielded(5000);
  EXPECT_EQ(vm().Harness({"disable"}).exit_code, kSuccess);
  EXPECT_EQ(Rules(), before);
}

TEST_F(Ufw, ARuleThatTheOwnerMadeHisOwnStays) {
  Serve();
  vm().Run({"/usr/sbin/ufw", "allow", "4243/tcp", "comment", "mine"});
  const std::string before = Rules();
  EXPECT_EQ(vm().Harness({"disable"}).exit_code, kSuccess);
  EXPECT_EQ(Rules(), before);
}

// ---------------------------------------------------------------------------- Azure Linux

// Its unit, its files, and a script that loads them: what the handler looks at.
class AzureLinuxScript : public Firewall {
 protected:
  static constexpr const char* kRules =
      "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n"
      "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
      "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n";

  void SetUp() override {
    Firewall::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    Write("/etc/systemd/scripts/ip4save", kRules, 0600_mode);
    Write("/etc/systemd/scripts/ip6save", kRules, 0600_mode);
    Write("/etc/systemd/scripts/iptables",
          "#!/bin/sh\niptables-restore </etc/systemd/scripts/ip4save\n"
          "ip6tables-restore </etc/systemd/scripts/ip6save\n",
          0700_mode);
    Write("/etc/systemd/system/iptables.service",
          "[Unit]\nBefore=docker.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\n"
          "ExecStart=/etc/systemd/scripts/iptables\n[Install]\nWantedBy=multi-user.target\n");
    vm().Shell("systemctl daemon-reload && systemctl enable --now iptables.service 2>/dev/null");
  }
  std::string Rules() {
    return vm().Shell("iptables -S INPUT; ip6tables -S INPUT; cat /etc/systemd/scripts/ip?save");
  }
};

TEST_F(AzureLinuxScript, LetsTheClientInFromEnableToDisable) {
  const std::string before = Rules();
  Serve();
  vm().Run({"/usr/bin/systemctl", "restart", "iptables.service"});
  ExpectServing();
  Reboot();
  ExpectServing();
  EXPECT_EQ(vm().Harness({"disable"}).exit_code, kSuccess);
  EXPECT_EQ(Rules(), before);
}

}  // namespace
}  // namespace dockerext
