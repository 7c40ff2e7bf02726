// SPDX-License-Identifier: MIT
// Faults on a VM that serves, with the real agent: a power cut, an agent or an enable that is killed, updates
// that fail, a removal without an uninstall call. Clients are answered, the container keeps running, and the
// next goal state succeeds. The tests share a VM and run in order.
#include <gmock/gmock.h>

#include "tests/e2e/suites/agent/agent_vm.hpp"
#include "tests/e2e/suites/support/container.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kHoldAgent =
    "mkdir -p /etc/systemd/system/walinuxagent.service.d && "
    "printf '[Service]\\nExecStart=\\nExecStart=/bin/sh -c \"until [ -e /run/let-agent-start ]; do sleep "
    "0.1; done; exec /usr/sbin/waagent -daemon\"\\n' >/etc/systemd/system/walinuxagent.service.d/held.conf";

// New workers wait until kill_enable.py has killed the enable.
constexpr const char* kHoldWorkers =
    "mkdir -p /run/systemd/system/docker-extension-.service.d && "
    "printf '[Service]\\nExecStartPre=/bin/sh -c \"until [ -e /run/enable-is-killed ]; do sleep 0.1; "
    "done\"\\n' >/run/systemd/system/docker-extension-.service.d/held.conf && systemctl daemon-reload";

// kill_enable.py WHEN: kills the next enable of the agent when it has "begun" and waits for a lock, or when
// it has "launched" its worker and waits for it. Returns when the lock is held.
constexpr const char* kKillEnable = R"python(import fcntl, glob, os, signal, sys, time
def is_enable(process):
    try:
        words = open(process + '/cmdline').read().split('\0')
    except OSError:
        return False
    return words[0].endswith('/docker-extension') and words[1:2] == ['enable']
def wait(ask):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if found := ask():
            return found
    sys.exit('too late')
lock = open('/run/docker-extension/record.lock', 'a')
if sys.argv[1] == 'begun':
    fcntl.flock(lock, fcntl.LOCK_EX)
if os.fork():
    os._exit(0)
enable = wait(lambda: list(filter(is_enable, glob.glob('/proc/[0-9]*'))))[0]
if sys.argv[1] == 'launched':
    wait(lambda: glob.glob('/run/systemd/transient/docker-extension-*.service'))
os.kill(int(enable.split('/')[2]), signal.SIGKILL)
open('/run/enable-is-killed', 'w')
)python";

// Holds the operation lock, so that the next worker waits.
constexpr const char* kHoldOperation =
    "rm -f /run/release-operation; mkdir -p -m 700 /run/docker-extension && exec "
    "9>>/run/docker-extension/operation.lock && "
    "flock 9 && { (until [ -e /run/release-operation ]; do sleep 0.1; done) >/dev/null 2>&1 & }";

// make_zip.py SOURCE TARGET VERSION: repacks the extension as that version; the verb in /root/fail-verb
// fails.
constexpr const char* kMakeZip = R"python(import re, sys, zipfile
source, target, version = sys.argv[1:]
shell = '''#!/bin/sh
[ "$(cat /root/fail-verb 2>/dev/null)" != "$1" ] || { echo "$1 fails on purpose" >&2; exit 1; }
exec "${0%/*}/real-extension" "$@"
'''
with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as new:
    for name in old.namelist():
        content = old.read(name)
        if name == 'manifest.xml':
            content = re.sub(b'<Version>.*</Version>', b'<Version>%s</Version>' % version.encode(), content)
        if name == 'bin/docker-extension':
            new.writestr(name, shell)
            name = 'bin/real-extension'
        new.writestr(name, content)
)python";

class AgentTrouble : public AgentVm<AgentTrouble> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithAgent;

 protected:
  static std::string Folders() { return vm().Shell("cd /var/lib/waagent && ls -d Example*-*"); }

  // Requests this port, and runs the script while the worker is active.
  static void ChangePortWhile(const std::string& step, std::uint16_t port, const std::string& script) {
    const std::string container = Container::Identity(vm());
    vm().Shell(kHoldOperation);
    azure().RequestSettings({"settings"}, port);
    const std::string status = vm().Shell(
        "for i in $(seq 300); do systemctl -q is-active 'docker-extension-*' && break; sleep 0.1; done; "
        "cat $(ls -t /var/lib/waagent/Example*/status/*.status | head -n 1); " +
        script + "; touch /run/release-operation");
    EXPECT_THAT(status, HasSubstr("transitioning"));
    azure().Await(step);
    ExpectAnAnswerAt(port);
    EXPECT_EQ(Container::Identity(vm()), container);
  }

  // Requests this port, and kills the enable that applies it.
  static void KillEnable(const std::string& when, std::uint16_t port) {
    Write("/root/kill_enable.py", kKillEnable);
    vm().Shell("rm -f /run/enable-is-killed && python3 /root/kill_enable.py " + when);
    azure().RequestSettings({"settings"}, port);
    azure().Await("enable killed when it has " + when, "error");
    EXPECT_THAT(azure().Reported(), AllOf(HasSubstr("\"code\": 1009"), HasSubstr("exit code: 137")));
  }

  // Updates to a version whose verb fails, and again without the fault.
  static void UpdateWithFailing(const std::string& verb, const std::string& version, int agent_code) {
    const std::string container = Container::Identity(vm());
    const std::string pid = vm().EnginePid();
    const auto expect_unnoticed = [&] {
      EXPECT_EQ(Container::Identity(vm()), container);
      EXPECT_EQ(vm().EnginePid(), pid);
      ExpectAnAnswerAt(kPort);
    };
    Write("/root/make_zip.py", kMakeZip);
    Write("/root/fail-verb", verb);
    vm().Run({"/usr/bin/python3", "/root/make_zip.py", Azure::kNextZip, "/root/failing.zip", version});
    azure().Request({"update", "--zip", "/root/failing.zip"});
    azure().Await("update to " + version + " whose " + verb + " fails", "error");
    EXPECT_THAT(azure().Reported(), AllOf(HasSubstr("\"code\": " + std::to_string(agent_code)),
                                          HasSubstr(verb + " fails on purpose")));
    expect_unnoticed();
    vm().Shell("rm /root/fail-verb");
    azure().Request({"again"});
    azure().Await("update to " + version + " once more");
    expect_unnoticed();
    EXPECT_EQ(Folders(), std::string(Azure::kName) + "-" + version);
  }

  static constexpr std::uint16_t kPort = 5000;  // the port after the interrupted changes
};

TEST_F(AgentTrouble, RemoteAccessIsAvailableAfterAPowerCutBeforeTheAgentStarts) {
  azure().RequestSettings({"add", "--zip", Azure::kZip}, 4243);
  azure().Await("cold install");
  vm().Shell(kHoldAgent);
  const Status booted = vm().guest().PowerCut();
  ASSERT_TRUE(booted.ok()) << booted.error().Message();
  ExpectAnAnswerAt(4243);
  const std::string pid = vm().EnginePid();
  const std::string tree = vm().Tree();
  EXPECT_EQ(azure().Calls("enable"), 1);

  vm().Shell("touch /run/let-agent-start");
  AwaitCalls("enable", 1);
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_EQ(vm().Tree(), tree);
  ExpectAnAnswerAt(4243);
  vm().Shell("rm /etc/systemd/system/walinuxagent.service.d/held.conf && systemctl daemon-reload");
}

TEST_F(AgentTrouble, AnAgentThatIsRestartedDuringAChangeDoesNotStopIt) {
  Container::Start(vm());
  ChangePortWhile("changed port, agent restarted", 4343, "systemctl restart walinuxagent");
}

TEST_F(AgentTrouble, AnAgentThatIsKilledDuringAChangeDoesNotStopIt) {
  ChangePortWhile("changed port, agent killed", 4443,
                  "systemctl kill -s KILL walinuxagent && systemctl restart walinuxagent");
}

TEST_F(AgentTrouble, AnEnableThatIsKilledAtItsStartChangesNothing) {
  const std::string pid = vm().EnginePid();
  KillEnable("begun", kPort);
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectAnAnswerAt(4443);
  azure().Request({"again"});
  azure().Await("the killed enable again");
  ExpectAnAnswerAt(kPort);
}

// Its worker succeeds without it.
TEST_F(AgentTrouble, AnEnableThatIsKilledAfterStartingItsWorkerStillConverges) {
  vm().Shell(kHoldWorkers);
  KillEnable("launched", 4443);
  azure().AwaitReported("tcp://0.0.0.0:4443");
  ExpectAnAnswerAt(4443);
  vm().Shell("rm -r /run/systemd/system/docker-extension-.service.d && systemctl daemon-reload");
  const std::string pid = vm().EnginePid();
  azure().Request({"again"});
  azure().Await("the enable of the killed one's settings");
  EXPECT_EQ(vm().EnginePid(), pid);
  azure().RequestSettings({"settings"}, kPort);
  azure().Await("changed port");
}

TEST_F(AgentTrouble, AnUpdateThatFailsInUpdateIsCompletedByTheNext) {
  UpdateWithFailing("update", "9.0.0", 1008);
}

// The old version has already been uninstalled at that point.
TEST_F(AgentTrouble, AnUpdateThatFailsInInstallIsCompletedByTheNext) {
  UpdateWithFailing("install", "9.1.0", 1007);
}

TEST_F(AgentTrouble, AnUpdateThatFailsInEnableIsCompletedByTheNext) {
  UpdateWithFailing("enable", "9.2.0", 1009);
}

// The agent removes the folder without calling the handler.
TEST_F(AgentTrouble, TheNextInstallAdoptsAnExtensionThatWasRemovedWithoutACall) {
  const std::string container = Container::Identity(vm());
  const std::string pid = vm().EnginePid();
  azure().Request({"forget"});
  azure().Await("forget", "gone");
  const bool keeps_it = Variable("DX_RELEASE") == "bullseye";  // 2.2.47 does not clean up unused folders
  EXPECT_EQ(vm().Shell("ls -d /var/lib/waagent/Example*-* 2>/dev/null | wc -l"), keeps_it ? "1" : "0");
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectAnAnswerAt(kPort);

  azure().RequestSettings({"add", "--zip", Azure::kZip}, 4243);
  azure().Await("install after a removal without a call");
  ExpectAnAnswerAt(4243);
  EXPECT_FALSE(vm().IsOpen(kPort));
  EXPECT_EQ(Container::Identity(vm()), container);
  vm().Run({"/usr/bin/docker", "rm", "-f", "probed"});
  UninstallAndExpectNothingLeft();
  EXPECT_FALSE(vm().IsOpen(4243));
}

// As README describes: with the copy of the binary that the last worker ran from.
TEST_F(AgentTrouble, AnExtensionThatWasRemovedWithoutACallCanBeUninstalledByHand) {
  Install();
  azure().Request({"forget"});
  azure().Await("forget", "gone");
  vm().Shell("/var/lib/docker-extension/bin/*/docker-extension uninstall");
  ExpectNothingLeft();
  EXPECT_FALSE(vm().IsOpen(4243));
}

}  // namespace
}  // namespace dockerext
