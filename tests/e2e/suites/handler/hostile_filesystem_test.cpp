// SPDX-License-Identifier: MIT
// A hostile environment: enable still converges, its files have the right paths, owners and modes, and
// planted symlinks are never followed.
#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "handler/base/text.hpp"
#include "tests/e2e/suites/support/shared_vm.hpp"
#include "tests/support/test_pki.hpp"

namespace dockerext {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kLogFolder = "/var/log/azure/Example.Extensions.DockerExtension";
constexpr const char* kDropIn = "/etc/systemd/system/docker.service.d/zz-docker-extension.conf";
constexpr const char* kVictim = "/root/victim";

std::string TextOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class HostileFilesystem : public SharedVm<HostileFilesystem> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;

 protected:
  static void SetUpTestSuite() {
    SharedVm::SetUpTestSuite();
    if (!HasVm()) return;
    ASSERT_EQ(vm().Harness({"run"}).exit_code, 0);
  }

  void SetUp() override {
    SharedVm::SetUp();
    if (HasVm()) vm().Shell("mkdir -p " + std::string(kVictim) + "; echo theirs >" + kVictim + "/file");
  }

  void TearDown() override {
    if (HasVm()) {
      EXPECT_EQ(vm().Shell("ls -A " + std::string(kVictim) + "; cat " + kVictim + "/file"), "file\ntheirs");
    }
    SharedVm::TearDown();
  }

  // Resets the VM to the state before the first call, with the extension unpacked.
  static void ResetExtension() {
    EXPECT_EQ(vm().Verb("disable", 0).exit_code, 0);
    vm().Shell("cd " + std::string(Vm::kFolder) +
               " && rm -rf /var/lib/docker-extension /run/docker-extension status/* " + kLogFolder +
               "/docker-extension.log");
  }

  // Waits for the worker to write the final status.
  static json FinalStatus(std::uint64_t sequence = 0) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (true) {
      const json document = json::parse(vm().StatusText(sequence), nullptr, false);
      const json::json_pointer where("/0/status");
      json status = document.contains(where) ? document.at(where) : json::object();
      if (status.value("status", "") != "transitioning" || std::chrono::steady_clock::now() > deadline) {
        return status;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }

  static std::string Enable() {
    EXPECT_EQ(vm().Verb("enable", 0).exit_code, 0);
    const json status = FinalStatus();
    return status.value("status", "") + ": " +
           status.value(json::json_pointer("/formattedMessage/message"), std::string());
  }

  static void ExpectServing() {
    EXPECT_THAT(Enable(), HasSubstr("success: "));
    EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
  }

  // Of every file and folder of the extension.
  static std::string Modes() {
    return vm().Shell("find " + std::string(kDropIn) +
                      " /etc/docker/docker-extension /var/lib/docker-extension /run/docker-extension " +
                      Vm::kFolder + "/status/0.status " + kLogFolder +
                      "/docker-extension.log -printf '%m %u:%g %p\\n' | "
                      "sed -E 's/[0-9a-f]{32}/HASH/' | sort -k 3");
  }
};

constexpr const char* kModes =
    "755 root:root /etc/docker/docker-extension\n"
    "755 root:root /etc/docker/docker-extension/tls-HASH\n"
    "444 root:root /etc/docker/docker-extension/tls-HASH/ca.pem\n"
    "444 root:root /etc/docker/docker-extension/tls-HASH/cert.pem\n"
    "400 root:root /etc/docker/docker-extension/tls-HASH/key.pem\n"
    "644 root:root /etc/systemd/system/docker.service.d/zz-docker-extension.conf\n"
    "700 root:root /run/docker-extension\n"
    "600 root:root /run/docker-extension/operation.lock\n"
    "600 root:root /run/docker-extension/record.json\n"
    "600 root:root /run/docker-extension/record.lock\n"
    "700 root:root /var/lib/docker-extension\n"
    "700 root:root /var/lib/docker-extension/bin\n"
    "700 root:root /var/lib/docker-extension/bin/HASH\n"
    "700 root:root /var/lib/docker-extension/bin/HASH/docker-extension\n"
    "600 root:root /var/lib/docker-extension/ledger.json\n"
    "600 root:root /var/lib/waagent/Example.Extensions.DockerExtension-1.0.0/status/0.status\n"
    "600 root:root /var/log/azure/Example.Extensions.DockerExtension/docker-extension.log";

TEST_F(HostileFilesystem, InheritedProcessStateDoesNotAffectTheFiles) {
  // A configuration that would break OpenSSL, and paths that are not libraries.
  vm().Shell(
      "printf 'openssl_conf = x\\n[x]\\nengines = y\\n[y]\\nz = w\\n[w]\\nengine_id = none\\n' "
      ">/root/evil.cnf");
  const std::string program = std::string(Vm::kFolder) + "/bin/docker-extension enable";
  const std::string variables =
      "ConfigSequenceNumber=0 PATH= LD_PRELOAD=/root/evil.so LD_LIBRARY_PATH=/root LD_AUDIT=/root/evil.so "
      "OPENSSL_CONF=/root/evil.cnf OPENSSL_MODULES=/root OPENSSL_ENGINES=/root SSL_CERT_FILE=/root/evil.cnf "
      "SSL_CERT_DIR=/root DOCKER_HOST=tcp://192.0.2.77:1 DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=/root "
      "DOCKER_CONFIG=/root DOCKER_OPTS=-Htcp://0.0.0.0:2375 HTTP_PROXY=http://192.0.2.77:1 TMPDIR=/nowhere "
      "LC_ALL=tr_TR DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere NOTIFY_SOCKET=/nowhere IFS=/";
  for (const std::string& start :
       {"umask 0; exec /usr/bin/env -i " + variables + " " + program,
        "umask 0777; cd /; exec /usr/bin/env -i ConfigSequenceNumber=0 " + program + " 0<&- 1>&- 2>&-",
        "umask 0; export ConfigSequenceNumber=0; exec " + program + " 0<&- 5<>/dev/null 6<>/dev/null"}) {
    ResetExtension();
    const Vm::Output enable = vm().Exec({"/bin/sh", "-c", start});
    EXPECT_EQ(enable.exit_code, 0) << start << ": " << enable.err;
    EXPECT_EQ(FinalStatus().value("status", ""), "success") << start;
    EXPECT_EQ(Modes(), kModes) << start;
    EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
    EXPECT_FALSE(vm().IsOpen(2375));
  }
}

TEST_F(HostileFilesystem, AFullReadOnlyOrMissingLogFolderDoesNotStopEnable) {
  const std::string folder(kLogFolder);
  for (const std::string& damage : {"mount -t tmpfs -o size=4k none " + folder +
                                        "; head -c 8192 /dev/zero >" + folder + "/full 2>&1; true",
                                    "mount -t tmpfs -o ro none " + folder,
                                    "mount -t tmpfs none " + folder + "; rmdir " + folder + "/x"}) {
    ResetExtension();
    vm().Exec({"/bin/sh", "-c", damage});
    ExpectServing();
    vm().Shell("umount " + folder);
  }
  EXPECT_THAT(vm().Shell("journalctl -t docker-extension --no-pager | grep 'cannot log to'"),
              HasSubstr("logging only to the journal"));
}

// A disk that is full or read-only is no fault of the extension.
TEST_F(HostileFilesystem, AFullOrReadOnlyFolderIsForTheVmsOwnerWithARemedy) {
  const std::vector<std::pair<std::string, std::string>> mounts = {
      {"mount -t tmpfs -o ro none /etc/docker", "for the VM's owner: mount it writable"},
      {"mount -t tmpfs -o size=4k none /etc/docker; head -c 8192 /dev/zero >/etc/docker/full 2>&1; true",
       "for the VM's owner: free some space"}};
  for (const auto& [mount, remedy] : mounts) {
    ResetExtension();
    vm().Exec({"/bin/sh", "-c", mount});
    vm().Verb("enable", 0);
    const std::string status = FinalStatus().dump();
    EXPECT_THAT(status, AllOf(HasSubstr(R"("status":"error")"), HasSubstr("/etc/docker"), HasSubstr(remedy)));
    EXPECT_FALSE(vm().IsOpen(4243));
    vm().Shell("umount /etc/docker");
  }
  ExpectServing();
}

// Only the status tells what a worker finds.
TEST_F(HostileFilesystem, AStatusFolderThatIsReadOnlyFailsBeforeAnythingIsBegun) {
  ResetExtension();
  const std::string folder = std::string(Vm::kFolder) + "/status";
  vm().Shell("mount -t tmpfs -o ro none " + folder);
  const auto enabled = vm().Verb("enable", 0);
  vm().Shell("umount " + folder);
  EXPECT_EQ(enabled.exit_code, 1);
  EXPECT_THAT(enabled.out + enabled.err,
              AllOf(HasSubstr("writing the status: "), HasSubstr("mount it writable")));
  EXPECT_FALSE(vm().IsOpen(4243));
  ExpectServing();
}

TEST_F(HostileFilesystem, AnImmutableFolderIsForTheVmsOwnerWithTheCommandThatEndsIt) {
  ResetExtension();
  vm().Shell("chattr +i /etc/docker");
  vm().Verb("enable", 0);
  const std::string status = FinalStatus().dump();
  vm().Shell("chattr -i /etc/docker");
  EXPECT_THAT(status, AllOf(HasSubstr(R"("status":"error")"), HasSubstr("/etc/docker"),
                            HasSubstr("for the VM's owner: see whether it is immutable")));
  ExpectServing();
}

TEST_F(HostileFilesystem, SymlinksInPlaceOfFilesAreReplacedAndNotFollowed) {
  ResetExtension();
  vm().Shell("mkdir -m 0700 /var/lib/docker-extension /run/docker-extension && for path in " +
             std::string(Vm::kFolder) + "/status/0.status " + kDropIn +
             " /var/lib/docker-extension/ledger.json /run/docker-extension/record.json " + kLogFolder +
             "/docker-extension.log; do rm -f $path; ln -s " + kVictim + "/nothing $path; done");
  ExpectServing();
  EXPECT_EQ(vm().Shell("find " + std::string(Vm::kFolder) +
                       "/status /etc/systemd/system/docker.service.d /var/lib/docker-extension "
                       "/run/docker-extension -type l"),
            "");
  vm().Shell("rm " + std::string(kLogFolder) + "/docker-extension.log");
}

TEST_F(HostileFilesystem, ASymlinkToAnExistingFileIsReplaced) {
  ResetExtension();
  vm().Shell("for path in " + std::string(Vm::kFolder) + "/status/0.status " + kDropIn + " " + kLogFolder +
             "/docker-extension.log; do rm -f $path; ln -s " + kVictim + "/file $path; done");
  ExpectServing();
  vm().Shell("rm " + std::string(kLogFolder) + "/docker-extension.log");
}

// The name of the set is predictable.
TEST_F(HostileFilesystem, ASymlinkInPlaceOfTheTlsFolderIsReplaced) {
  const std::string set = vm().Shell("echo /etc/docker/docker-extension/tls-*");
  ResetExtension();
  vm().Shell("mkdir -p /etc/docker/docker-extension && ln -s " + std::string(kVictim) + " " + set);
  ExpectServing();
  EXPECT_EQ(vm().Shell("stat -c %F " + set), "directory");
}

TEST_F(HostileFilesystem, ExtensionFoldersThatAreSymlinksAreRejectedByName) {
  for (const std::string path :
       {"/etc/docker/docker-extension", "/var/lib/docker-extension", "/run/docker-extension"}) {
    ResetExtension();
    vm().Shell("ln -s " + std::string(kVictim) + " " + path);
    vm().Verb("enable", 0);
    const std::string status = FinalStatus().dump();
    EXPECT_THAT(status, AllOf(HasSubstr(R"("status":"error")"), HasSubstr(path))) << path;
    EXPECT_FALSE(vm().IsOpen(4243));
    vm().Shell("rm " + path);
  }
  ExpectServing();
}

// The agent may download a certificate of the VM after it has called enable.
TEST_F(HostileFilesystem, EnableWaitsForALateCertificateOfTheVm) {
  const std::string credentials = vm().credentials();
  const json certs = {{"certs",
                       {{"ca", TextOf(credentials + "/ca.pem")},
                        {"cert", TextOf(credentials + "/server-cert.pem")},
                        {"key", TextOf(credentials + "/server-key.pem")}}}};
  const TestPair late = MakePair({.key = "RSA:2048"});
  const std::string thumbprint = Thumbprint(late.certificate);
  const json settings = {
      {"publicSettings", {{"docker", {{"port", 4243}}}}},
      {"protectedSettings", EncodeBase64(Encrypt(certs.dump(), late.certificate, "AES-256-CBC"))},
      {"protectedSettingsCertThumbprint", thumbprint}};
  const json file = {{"runtimeSettings", json::array({{{"handlerSettings", settings}}})}};
  const std::string folder(Vm::kFolder);
  ASSERT_TRUE(vm().guest().WriteFile(folder + "/config/1.settings", file.dump(), 0600_mode).ok());

  EXPECT_EQ(vm().Verb("enable", 1).exit_code, 0);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  EXPECT_THAT(vm().StatusText(1), HasSubstr(R"("status":"transitioning")"));
  const std::string stem = ParentOf(folder) + "/" + thumbprint;
  ASSERT_TRUE(vm().guest().WriteFile(stem + ".prv", late.key, 0600_mode).ok());
  ASSERT_TRUE(vm().guest().WriteFile(stem + ".crt", late.certificate, 0600_mode).ok());

  EXPECT_EQ(FinalStatus(1).value("status", ""), "success");
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
}

// systemd and shells would interpret some of these characters.
TEST_F(HostileFilesystem, OptionValuesReachDockerdLiterally) {
  const json labels = {"a=it's \"quoted\"", "b= two  blanks ", "c=100%i %%", "d=$HOME ${HOME} $$",
                       "e=back\\slash\\n",  "f=;#|&<>`id`",    "g=caf\u00e9"};
  json options = json::array();
  for (const std::string label : labels) options.push_back("--label=" + label);
  const json settings = {{"docker", {{"port", 4243}, {"options", options}}}};
  EXPECT_EQ(vm().Harness({"enable", "--public", vm().Put("public.json", settings.dump())}).exit_code, 0);
  const json reported =
      json::parse(vm().DockerTlsVerify({"info", "-f", "{{json .Labels}}"}).out, nullptr, false);
  EXPECT_THAT(reported, testing::UnorderedElementsAreArray(labels));
}

// Another program listens on the socket of dockerd.
TEST_F(HostileFilesystem, AnEngineThatAnswersGarbageForAWhileIsWaitedForAndLeftRunning) {
  ExpectServing();
  const std::string pid = vm().EnginePid();
  vm().Shell(
      "mv /run/docker.sock /run/real.sock && cd /run/systemd/system && "
      "printf '[Socket]\\nListenStream=/run/docker.sock\\nAccept=yes\\n' >garbage.socket && "
      "printf '[Service]\\nExecStart=/bin/sh -c \"echo garbage; timeout 0.2 cat "
      ">/dev/null\"\\nStandardInput=socket\\n' >garbage@.service && "
      "systemctl daemon-reload && systemctl start garbage.socket");
  EXPECT_EQ(vm().Verb("enable", 0).exit_code, 0);
  vm().Shell("for i in $(seq 150); do grep -q 'waiting for an answer of the engine' " +
             std::string(Vm::kFolder) + "/status/0.status && exit 0; sleep 0.2; done; exit 1");
  vm().Shell(
      "systemctl stop garbage.socket && rm -f /run/docker.sock /run/systemd/system/garbage* && "
      "mv /run/real.sock /run/docker.sock");
  EXPECT_EQ(FinalStatus().value("status", ""), "success");
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectServing();
}

}  // namespace
}  // namespace dockerext
