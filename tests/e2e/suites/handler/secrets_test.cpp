// SPDX-License-Identifier: MIT
// A secret in every place where one can stand is in no status, log, journal entry or output of the extension,
// whatever verb meets it.
#include <nlohmann/json.hpp>

#include "handler/base/pem.hpp"
#include "tests/e2e/suites/handler/docker_vm.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "pl4nted53cret";

class Secrets : public DockerVm {
 protected:
  explicit Secrets(Guest::Image image = Guest::Image::kWithDocker) : DockerVm(image) {}

  // Runs the harness, whose output has status, stderr and log, and looks into every place that the extension
  // writes. The settings themselves are the agent's file.
  Vm::Output Run(const Vm::Args& harness) {
    const Vm::Output output = vm().Harness(harness);
    const std::string written =
        output.out + output.err +
        vm().Shell(
            "cat /var/lib/waagent/*/status/* /var/log/azure/*/* 2>/dev/null; "
            "journalctl --no-pager -o export SYSLOG_IDENTIFIER=docker-extension; "
            "journalctl --no-pager -o export -u 'docker-extension-*'; "
            "find /var/lib/waagent/*/events -type f -exec cat {} + 2>/dev/null; true");
    EXPECT_THAT(written, Not(HasSubstr(kSecret))) << harness.front();
    EXPECT_THAT(written, Not(HasSubstr("PRIVATE KEY"))) << harness.front();
    return output;
  }
  Vm::Output RunWith(const std::string& public_settings) {
    return Run({"enable", "--public", vm().Put("public.json", public_settings)});
  }
  static std::string Planted(const std::string& before, const std::string& after) {
    return before + kSecret + after;
  }
};

TEST_F(Secrets, OfTheSettingsAreInNoOutput) {
  Run({"run"});
  for (const std::string& settings :
       {nlohmann::json({{"docker", {{"port", PemText("PRIVATE KEY", kSecret)}}}}).dump(),
        Planted(R"({"docker": {"port": 4243}, "password": ")", R"("})"),
        Planted(R"({"docker": {"port": 4243, "options": ["--log-opt=splunk-token=)",
                R"("], "x": {"a": 1}}})"),
        Planted(R"({"docker": {"port": 4243, "options": ["--registry-mirror=ftp://user:)",
                R"(@mirror.example"]}})"),
        Planted(R"({"docker": {"port": 4243, "options": ["--nonexistent=https://user:)",
                R"(@proxy.example"]}})"),
        Planted(R"({"docker": {"port": 4243, "options": ["--storage-opt", "token=)", R"("]}})")})
    RunWith(settings);
  Run({"disable"});
  Run({"enable", "--port", "4243"});
  Run({"update", "--zip", Variable("DX_ZIP"), "--version", "1.0.1"});
  Run({"uninstall"});
}

// dockerd prints the values of a flag and of a key that contradict each other.
TEST_F(Secrets, ThatDockerdPrintsAreInNoOutput) {
  Serve();
  Write(kDaemonJson,
        Planted(R"({"log-opts": {"splunk-token": ")", R"("}, "registry-mirrors": ["mirror.example"]})"));
  AddDropIn("proxy.conf", Planted("Environment=\"HTTPS_PROXY=http://user:",
                                  "@proxy.example\" "
                                  "\"DOCKER_OPTS=--log-opt splunk-token=other\""));
  vm().Exec({"/usr/bin/systemctl", "restart", "docker.service"});
  EXPECT_NE(Run({"enable", "--port", "5000"}).exit_code, kSuccess);
  Run({"disable"});
  Run({"uninstall"});
}

class SecretsOfApt : public Secrets {
 protected:
  SecretsOfApt() : Secrets(Guest::Image::kBare) {}
};

TEST_F(SecretsOfApt, AreInNoOutput) {
  vm().Shell(Planted("sed -i 's!file:/srv/apt!http://user:", "@127.0.0.1:9/debian!' /etc/apt/sources.list"));
  EXPECT_NE(Run({"run", "--wait", "15"}).exit_code, kSuccess);
  Run({"uninstall"});
}

}  // namespace
}  // namespace dockerext
