// SPDX-License-Identifier: MIT
// The whole main scenario: the packaged ZIP on a VM without Docker, real apt, systemd and dockerd, and a
// client on another host. The tests share a VM and run in order; each leaves it listening on 4243.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "handler/base/text.hpp"
#include "tests/e2e/suites/support/shared_vm.hpp"
#include "tests/support/test_pki.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kDropIn = "/etc/systemd/system/docker.service.d/zz-docker-extension.conf";

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class Smoke : public SharedVm<Smoke> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kBare;
};

TEST_F(Smoke, AColdInstallAnswersAClientOnAnotherHost) {
  EXPECT_NE(vm().Exec({"/bin/sh", "-c", "command -v dockerd"}).exit_code, 0) << "Docker is already installed";
  EXPECT_EQ(vm().Harness({"run"}).exit_code, 0);
  for (const Vm::Output& info : {vm().DockerTls({"info"}), vm().DockerTlsVerify({"info"})}) {
    EXPECT_EQ(info.exit_code, 0) << info.err;
    EXPECT_THAT(info.out, HasSubstr("Server Version: "));
  }
}

TEST_F(Smoke, AContainerRunsOverTheConnection) {
  const std::string image = Variable("DX_GUEST_IMAGE") + "/image.tar";
  ASSERT_EQ(vm().DockerTlsVerify({"import", image, "tiny"}).exit_code, 0);
  const Vm::Output run = vm().DockerTlsVerify({"run", "--rm", "tiny", "echo", "hello from the container"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, "hello from the container\n");
}

TEST_F(Smoke, AClientWithoutACertificateOrOfAnotherCaIsRejected) {
  const std::string ca = "--tlscacert=" + vm().credentials() + "/ca.pem";
  EXPECT_NE(vm().Docker({"--tls", ca}, 4243, {"info"}).exit_code, 0);
  EXPECT_NE(vm().Docker({}, 4243, {"info"}).exit_code, 0);
  const TestCredentials other = MakeCredentials(std::chrono::system_clock::now());
  const std::string certificate = "--tlscert=" + vm().Put("other.pem", other.client.certificate);
  const std::string key = "--tlskey=" + vm().Put("other-key.pem", other.client.key);
  const Vm::Output rejected = vm().Docker({"--tls", ca, certificate, key}, 4243, {"info"});
  EXPECT_NE(rejected.exit_code, 0);
  EXPECT_THAT(rejected.out + rejected.err, HasSubstr("certificate"));
}

TEST_F(Smoke, TheLocalSocketStillAnswers) {
  EXPECT_THAT(vm().Run({"/usr/bin/docker", "info"}), HasSubstr("Server Version: "));
}

TEST_F(Smoke, RepeatedSettingsChangeNothing) {
  const std::string pid = vm().EnginePid();
  const std::string tree = vm().Tree();
  const std::string status = vm().StatusText(0);
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, 0);
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_EQ(vm().Tree(), tree);
  EXPECT_EQ(vm().StatusText(0), status);
}

TEST_F(Smoke, RepeatedSettingsRunAsOneTaskThatWritesOnlyItsLog) {
  vm().Run({"/usr/bin/strace", "-f", "-o", "/root/trace", "/usr/bin/env", "ConfigSequenceNumber=0", "/bin/sh",
            std::string(Vm::kFolder) + "/bin/docker-extension", "enable"});
  EXPECT_EQ(vm().Shell("cut -d' ' -f1 /root/trace | sort -u | wc -l"), "1");
  EXPECT_THAT(vm().Shell("grep -c execve /root/trace"), "3");  // env, the shim, the handler
  EXPECT_EQ(
      vm().Shell("grep -E 'open(at)?\\(.*(O_WRONLY|O_RDWR|O_CREAT)' /root/trace | grep -v '\"/dev/null\"' | "
                 "grep -vc '[/\"]docker-extension.log\"' || true"),
      "0");
  EXPECT_EQ(
      vm().Shell(
          "grep -cE '[0-9] (rename|unlink|mkdir|rmdir|link|symlink|chmod|chown|truncate|fork|vfork|clone)' "
          "/root/trace || true"),
      "0");
  vm().Run({"/bin/rm", "/root/trace"});
}

TEST_F(Smoke, ANewPortIsServedAndTheOldOneClosed) {
  EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, 0);
  EXPECT_EQ(vm().DockerTlsVerify({"version"}, 5000).exit_code, 0);
  EXPECT_FALSE(vm().IsOpen(4243));
  EXPECT_EQ(vm().Harness({"enable", "--port", "4243"}).exit_code, 0);
  EXPECT_FALSE(vm().IsOpen(5000));
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
}

TEST_F(Smoke, NewCertificatesAreServedAndOldClientsRejected) {
  const std::string old = vm().Scratch("old-credentials");
  std::filesystem::rename(vm().credentials(), old);
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, 0);
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
  EXPECT_NE(vm().Docker({"--tls", "--tlscacert=" + old + "/ca.pem", "--tlscert=" + old + "/cert.pem",
                         "--tlskey=" + old + "/key.pem"},
                        4243, {"version"})
                .exit_code,
            0);
  EXPECT_EQ(vm().Shell("ls -d /etc/docker/docker-extension/* | wc -l"), "1");
}

TEST_F(Smoke, AMismatchedKeyIsRejectedAndNothingChanges) {
  const std::string pid = vm().EnginePid();
  const std::string tree = vm().Tree();
  const nlohmann::json mixed = {{"certs",
                                 {{"ca", ReadFile(vm().credentials() + "/ca.pem")},
                                  {"cert", ReadFile(vm().credentials() + "/server-cert.pem")},
                                  {"key", ReadFile(vm().credentials() + "/key.pem")}}}};
  const Vm::Output rejected = vm().Harness({"enable", "--protected", vm().Put("mixed.json", mixed.dump())});
  EXPECT_EQ(rejected.exit_code, 3);
  EXPECT_THAT(rejected.out + rejected.err, HasSubstr("protectedSettings.certs.key"));
  EXPECT_THAT(rejected.out + rejected.err, HasSubstr("does not match the certificate"));
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_EQ(vm().Tree(), tree);
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
}

TEST_F(Smoke, ThePrivateKeyIsOnlyInItsFile) {
  // A line from the middle of the key, and the same bytes in base64 again, at each of the three alignments.
  const std::string key = ReadFile(vm().credentials() + "/server-key.pem");
  const std::string line = Split(key, '\n').at(2);
  std::string patterns = line + "\n";
  for (const std::string& shift : {std::string(), std::string("x"), std::string("xx")}) {
    const std::string encoded = EncodeBase64(shift + line);
    patterns += encoded.substr(4, encoded.size() - 8) + "\n";
  }
  ASSERT_TRUE(vm().guest().WriteFile("/dev/shm/patterns", patterns, 0600_mode).ok());
  const std::string found = vm().Shell(
      "grep -rlIF -f /dev/shm/patterns /etc /var /run /root /tmp /home /opt /srv 2>/dev/null; "
      "journalctl --no-pager | grep -cF -f /dev/shm/patterns >&2; "
      "for p in /proc/[0-9]*; do for f in cmdline environ; do "
      "tr '\\0' '\\n' <$p/$f 2>/dev/null | grep -qF -f /dev/shm/patterns && echo $p/$f; done; done; true");
  const std::string folder = vm().Shell("ls -d /etc/docker/docker-extension/*");
  EXPECT_EQ(found, folder + "/key.pem");
  EXPECT_EQ(vm().Shell("journalctl --no-pager | grep -cF -f /dev/shm/patterns || true"), "0");
  EXPECT_EQ(vm().Shell("stat -c '%a %U %G' " + folder + "/key.pem"), "400 root root");
  vm().Run({"/bin/rm", "/dev/shm/patterns"});
}

TEST_F(Smoke, RemoteAccessSurvivesAReboot) {
  const Status rebooted = vm().guest().Reboot();
  ASSERT_TRUE(rebooted.ok()) << rebooted.error().Message();
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
  const std::string pid = vm().EnginePid();
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, 0);
  EXPECT_EQ(vm().EnginePid(), pid);
}

TEST_F(Smoke, DisableClosesRemoteAccessAndEnableOpensItAgain) {
  EXPECT_EQ(vm().Harness({"disable"}).exit_code, 0);
  EXPECT_FALSE(vm().IsOpen(4243));
  EXPECT_THAT(vm().Run({"/usr/bin/docker", "info"}), HasSubstr("Server Version: "));
  EXPECT_EQ(vm().Shell("ls /etc/docker"), "daemon.json\nkey.json");  // live-restore stays
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, 0);
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
}

TEST_F(Smoke, UninstallTwiceLeavesNothingOfTheExtension) {
  EXPECT_EQ(vm().Verb("disable", 0).exit_code, 0);
  EXPECT_EQ(vm().Verb("uninstall", 0).exit_code, 0);
  EXPECT_FALSE(vm().IsOpen(4243));
  EXPECT_EQ(vm().Verb("uninstall", 0).exit_code, 0);
  // The packages are removed in the background.
  vm().Shell("for i in $(seq 300); do test -e /var/lib/docker-extension || exit 0; sleep 0.2; done; exit 1");
  EXPECT_EQ(vm().Verb("uninstall", 0).exit_code, 0);
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, 0);
  EXPECT_EQ(
      vm().Shell("ls -d /etc/docker/docker-extension /var/lib/docker-extension /var/lib/waagent/Example* "
                 "/etc/systemd/system/docker.service.d 2>/dev/null | wc -l"),
      "0");
  EXPECT_EQ(vm().Shell("ls /etc/docker"), "key.json");  // written by dockerd
  EXPECT_EQ(vm().Shell("systemctl list-units --all --no-legend 'docker-extension*' | wc -l"), "0");
  EXPECT_THAT(vm().Shell("dpkg-query -W -f '${Package} ${db:Status-Abbrev}\\n'"),
              Not(HasSubstr("docker.io ii")));
}

TEST_F(Smoke, TheCertificatesOf2014WorkInAFreshInstall) {
  std::filesystem::rename(vm().credentials(), vm().Scratch("modern-credentials"));
  EXPECT_EQ(vm().Harness({"run", "--style", "2014"}).exit_code, 0);
  const Vm::Output info = vm().DockerTls({"info"});
  EXPECT_EQ(info.exit_code, 0) << info.err;
  EXPECT_NE(vm().DockerTlsVerify({"info"}).exit_code, 0);
  EXPECT_THAT(vm().StatusText(0), HasSubstr("a client with a certificate is answered"));
  EXPECT_THAT(vm().StatusText(0), HasSubstr("no DNS name and no IP address"));
  EXPECT_EQ(vm().Shell("ls " + std::string(kDropIn)), kDropIn);
}

}  // namespace
}  // namespace dockerext
