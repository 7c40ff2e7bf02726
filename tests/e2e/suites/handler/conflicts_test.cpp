// SPDX-License-Identifier: MIT
// Existing configuration that conflicts with the extension: the error names the file and the setting, the
// running engine is untouched, and no file is created.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "handler/base/text.hpp"
#include "tests/e2e/suites/support/shared_vm.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kDaemonJson = "/etc/docker/daemon.json";
constexpr int kCommandFailed = 3;  // the harness's exit code

std::string DropIn(const std::string& name) { return "/etc/systemd/system/docker.service.d/" + name; }

struct Conflict {
  std::string name;
  std::string path;
  std::string text;
  Vm::Args excerpts;  // in the error, besides the path
  Vm::Args options = {};

  friend void PrintTo(const Conflict& conflict, std::ostream* out) { *out << conflict.name; }
};

class Conflicts : public SharedVm<Conflicts>, public testing::WithParamInterface<Conflict> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;

 protected:
  static void Write(const std::string& path, const std::string& text) {
    vm().Run({"/bin/mkdir", "-p", ParentOf(path)});
    const Status written = vm().guest().WriteFile(path, text, 0644_mode);
    ASSERT_TRUE(written.ok()) << written.error().Message();
    vm().Run({"/usr/bin/systemctl", "daemon-reload"});
  }
  static void Remove(const std::string& path) {
    vm().Run({"/bin/rm", path});
    vm().Run({"/usr/bin/systemctl", "daemon-reload"});
  }

  static std::string Settings(const Vm::Args& options) {
    const nlohmann::json settings = {{"docker", {{"port", 4243}, {"options", options}}}};
    return vm().Put("public.json", settings.dump());
  }
};

TEST_P(Conflicts, AreReportedAndNothingIsChanged) {
  const Conflict& conflict = GetParam();
  Write(conflict.path, conflict.text);
  const std::string pid = vm().EnginePid();
  const std::string tree = vm().Tree();

  const Vm::Output rejected = vm().Harness({"run", "--public", Settings(conflict.options)});
  EXPECT_EQ(rejected.exit_code, kCommandFailed);
  EXPECT_THAT(Vm::VerdictLine(rejected), HasSubstr("(exit 53)"));
  EXPECT_THAT(Vm::VerdictLine(rejected), HasSubstr("'" + conflict.path + "'"));
  for (const std::string& excerpt : conflict.excerpts)
    EXPECT_THAT(Vm::VerdictLine(rejected), HasSubstr(excerpt));

  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_THAT(Differences(tree, vm().Tree()), IsEmpty());
  EXPECT_NE(vm().Exec({"/usr/bin/test", "-e", "/var/lib/docker-extension"}).exit_code, 0);
  Remove(conflict.path);
}

const std::string kLine = "/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock";

INSTANTIATE_TEST_SUITE_P(
    OfAnEngine, Conflicts,
    testing::Values(Conflict{"HostsInDaemonJson",
                             kDaemonJson,
                             R"({"hosts": ["fd://", "tcp://0.0.0.0:2375"]})",
                             {"sets hosts"}},
                    Conflict{"TlsInDaemonJson",
                             kDaemonJson,
                             R"({"tlsverify": true, "tlskey": "/k"})",
                             {"sets tlsverify", "sets tlskey"}},
                    Conflict{"InvalidDaemonJson", kDaemonJson, "{\"debug\": true,}", {"is not valid JSON"}},
                    Conflict{"OptionAlsoInDaemonJson",
                             kDaemonJson,
                             R"({"labels": ["a=b"]})",
                             {"--label", "labels"},
                             {"--label=c=d"}},
                    Conflict{"OptionAlsoInTheUnit",
                             DropIn("level.conf"),
                             "[Service]\nExecStart=\nExecStart=" + kLine + " --log-level=warn\n",
                             {"--log-level"},
                             {"--log-level=debug"}},
                    Conflict{"TcpInExecStart",
                             DropIn("10-tcp.conf"),
                             "[Service]\nExecStart=\nExecStart=" + kLine + " -H tcp://127.0.0.1:2375\n",
                             {"tcp://127.0.0.1:2375"}},
                    Conflict{"TlsInExecStart",
                             DropIn("10-tls.conf"),
                             "[Service]\nExecStart=\nExecStart=" + kLine + " --tlsverify\n",
                             {"--tlsverify"}},
                    Conflict{"TcpByEnvironment",
                             DropIn("env.conf"),
                             "[Service]\nEnvironment=\"DOCKER_OPTS=-H tcp://0.0.0.0:2375\"\n",
                             {"tcp://0.0.0.0:2375"}},
                    Conflict{"TcpByEnvironmentFile",
                             "/etc/default/docker",
                             "DOCKER_OPTS=\"-H tcp://0.0.0.0:2375\"\n",
                             {"tcp://0.0.0.0:2375"}},
                    Conflict{"TcpInTheSocket",
                             "/etc/systemd/system/docker.socket.d/tcp.conf",
                             "[Socket]\nListenStream=2375\n",
                             {"listen on [::]:2375"}},
                    Conflict{"LaterDropInWithExecStart",
                             DropIn("zzz-last.conf"),
                             "[Service]\nExecStart=\nExecStart=" + kLine + "\n",
                             {"sets ExecStart"}}),
    [](const auto& chosen) { return chosen.param.name; });

class NoConflicts : public SharedVm<NoConflicts> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;
};

TEST_F(NoConflicts, AreCausedByDropInsThatDoNotSetExecStart) {
  vm().Shell(
      "cd /etc/systemd/system && mkdir docker.service.d && cd docker.service.d && "
      "printf '[Service]\\nEnvironment=HTTP_PROXY=http://proxy.example:3128\\n' >http-proxy.conf && "
      "printf '[Service]\\nLimitNOFILE=65536\\n' >override.conf && "
      "printf '[Service]\\nTasksMax=infinity\\n' >zzz-tasks.conf && "
      "echo '{ \"log-level\" : \"warn\" }' >/etc/docker/daemon.json && systemctl daemon-reload && systemctl "
      "restart docker");
  EXPECT_EQ(vm().Harness({"run"}).exit_code, 0);
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
  EXPECT_THAT(vm().Run({"/usr/bin/docker", "info", "-f", "{{.HTTPProxy}}"}), "http://proxy.example:3128");
}

}  // namespace
}  // namespace dockerext
