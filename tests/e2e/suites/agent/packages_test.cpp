// SPDX-License-Identifier: MIT
// What keeps apt from installing Docker, with the real agent in the VM: a full disk, a lock that another
// process holds, another extension that installs at the same time. Each is reported or waited for, and enable
// then succeeds.
#include <gmock/gmock.h>

#include <chrono>

#include "tests/e2e/suites/agent/agent_vm.hpp"

namespace dockerext {
namespace {

using std::chrono::steady_clock;
using testing::AllOf;
using testing::HasSubstr;

// Holds the lock as apt does.
constexpr const char* kHoldLock = R"(import fcntl, os, time
lock = open('/var/lib/dpkg/lock-frontend', 'a')
fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
open('/run/held', 'w')
while not os.path.exists('/run/let-go'):
    time.sleep(0.1)
)";

class AgentPackages : public AgentVm<AgentPackages> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithAgent;

 protected:
  static void ExpectNoSpaceError(const std::string& excerpt) {
    EXPECT_THAT(azure().Reported(), AllOf(HasSubstr("\"code\": 52"), HasSubstr(excerpt),
                                          HasSubstr("o space left on device"), HasSubstr("free some space")));
    EXPECT_FALSE(vm().IsOpen(4243));
  }

  // Holds the lock until /run/let-go exists. Returns the holder's pid.
  static std::string HoldLock() {
    Write("/root/hold_lock.py", kHoldLock);
    vm().Shell(
        "systemd-run -q --unit=holder python3 /root/hold_lock.py && "
        "for i in $(seq 100); do [ -e /run/held ] && exit 0; sleep 0.1; done; exit 1");
    return vm().Run({"/usr/bin/systemctl", "show", "-P", "MainPID", "holder"});
  }
};

// Two full disks: first dpkg fails halfway, then the engine does not start.
TEST_F(AgentPackages, AFullDiskIsReportedAndTheNextGoalStateContinues) {
  vm().Shell("mkdir -p /usr/share/docker.io && mount -t tmpfs -o size=4k none /usr/share/docker.io");
  azure().RequestSettings({"add", "--zip", Azure::kZip}, 4243);
  azure().Await("no space for the packages", "error");
  ExpectNoSpaceError("dpkg: error processing archive");
  vm().Shell("umount /usr/share/docker.io && mount -t tmpfs -o size=16k none /var/lib/docker");
  azure().Request({"again"});
  azure().Await("no space for the engine's data", "error");
  ExpectNoSpaceError("dockerd logged: ");
  vm().Shell("mount -o remount,size=64m /var/lib/docker");
  azure().Request({"again"});
  azure().Await("space freed");
  ExpectAnAnswerAt(4243);
  UninstallAndExpectNothingLeft();
}

TEST_F(AgentPackages, ALockHeldForTwoMinutesIsWaitedForAndItsHolderReported) {
  const std::string pid = HoldLock();
  azure().RequestSettings({"add", "--zip", Azure::kZip}, 4243);
  const std::string holder = "It is held by process " + pid + " (python3)";
  azure().AwaitReported(holder);
  const auto started = steady_clock::now();
  while (steady_clock::now() - started < std::chrono::minutes(2) && !HasFailure()) {
    EXPECT_THAT(azure().Reported(), AllOf(HasSubstr("\"status\": \"transitioning\""), HasSubstr(holder)));
    vm().Run({"/bin/sleep", "2"});
  }
  vm().Run({"/usr/bin/touch", "/run/let-go"});
  azure().Await("lock held for two minutes");
  ExpectAnAnswerAt(4243);
}

// The agent also tries the host plugin, and retries both after a minute.
TEST_F(AgentPackages, AnUpdateWhoseDownloadFailsAtFirstIsRetriedWithoutAnOutage) {
  const std::string pid = vm().EnginePid();
  const std::string package = "/packages/" + std::string(Azure::kName) + "__9.0.0.zip";
  azure().Request({"fault", package, "1", "--status", "404"});
  azure().Request({"update", "--zip", Azure::kNextZip});
  azure().Await("update that cannot be downloaded at first");
  vm().Shell("journalctl -u fabric | grep -q '" + package + ": 404'");
  EXPECT_THAT(azure().Reported(), HasSubstr("\"handlerVersion\": \"9.0.0\""));
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectAnAnswerAt(4243);
}

// Makes other.zip, an extension Example.Other whose enable installs other.deb and reports success.
constexpr const char* kMakeOther = R"python(import json, zipfile
shell = '''#!/bin/sh
[ "$1" = enable ] || exit 0
apt-get -o DPkg::Lock::Timeout=60 install -y --reinstall /srv/other.deb >>/run/other.log 2>&1 &&
  systemctl daemon-reload &&
  echo '[{"status": {"status": "success", "code": 0, "formattedMessage": {"lang": "en-US",
    "message": "installed"}}}]' >status/$ConfigSequenceNumber.status
'''
verbs = {verb + 'Command': 'bin/other ' + verb for verb in
         ('install', 'enable', 'disable', 'update', 'uninstall')}
manifest = [{'version': 1.0, 'handlerManifest': {**verbs, 'reportHeartbeat': False}}]
image = '''<ExtensionImage xmlns="http://schemas.microsoft.com/windowsazure">
<ProviderNameSpace>Example</ProviderNameSpace><Type>Other</Type><Version>1.0.0</Version></ExtensionImage>'''
with zipfile.ZipFile('/root/other.zip', 'w') as file:
    file.writestr('HandlerManifest.json', json.dumps(manifest))
    file.writestr('manifest.xml', image)
    file.writestr('bin/other', shell)
)python";

// The first of the two extensions to take apt's lock keeps it until the other one waits for it.
constexpr const char* kMeet = R"(#!/bin/sh
for i in $(seq 300); do
  [ ! -e /run/met ] || exit 0
  grep -qs 'Could not get lock' /run/other.log /var/lib/waagent/Example.Ext*/status/0.status && touch /run/met
  sleep 0.1
done
)";

class ConcurrentExtensions : public AgentVm<ConcurrentExtensions> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithAgent;

 protected:
  static constexpr const char* kOther = "Example.Other";
  static constexpr const char* kOtherSettings = "/root/other.json";

  static void MakeOther() {
    Write("/root/make_other.py", kMakeOther);
    Write("/srv/meet", kMeet);
    Write("/etc/apt/apt.conf.d/99meet", "DPkg::Pre-Invoke { \"/srv/meet\"; };\n");
    vm().Shell(
        "chmod 0700 /srv/meet && python3 /root/make_other.py && mkdir -p /tmp/other/DEBIAN && printf "
        "'Package: other\\nVersion: 1\\n"
        "Architecture: all\\nMaintainer: nobody <nobody@example.com>\\nDescription: other\\n' "
        ">/tmp/other/DEBIAN/control && dpkg-deb -b /tmp/other /srv/other.deb");
  }

  static void AwaitBoth(const std::string& step) {
    azure().Await(step);
    azure().Await(step + ", the other", "success", kOther);
  }
};

TEST_F(ConcurrentExtensions, InstallingAtTheSameTimeBothSucceed) {
  MakeOther();
  Write(kOtherSettings, "{}");
  vm().Run({"/usr/bin/systemctl", "stop", "walinuxagent"});
  azure().RequestSettings({"add", "--zip", Azure::kZip}, 4243);
  azure().Request({"add", "--zip", "/root/other.zip", "--public", kOtherSettings});
  vm().Run({"/usr/bin/systemctl", "start", "walinuxagent"});
  AwaitBoth("two installs");
  EXPECT_EQ(vm().Exec({"/usr/bin/test", "-e", "/run/met"}).exit_code, 0) << "neither waited for the other";
  EXPECT_EQ(vm().Shell("dpkg-query -W -f '${db:Status-Abbrev}' other docker.io"), "ii ii");
  ExpectAnAnswerAt(4243);
}

TEST_F(ConcurrentExtensions, NewSettingsOfTheOtherChangeNothing) {
  const std::string pid = vm().EnginePid();
  const std::string tree = vm().Tree();
  const int before = azure().Calls("enable");
  azure().Request({"settings", "--name", kOther, "--public", kOtherSettings});
  AwaitBoth("new settings for the other");
  EXPECT_EQ(azure().Calls("enable"), before + 1);
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_EQ(vm().Tree(), tree);
}

TEST_F(ConcurrentExtensions, APortChangeSucceedsWhileTheOtherInstallsAgain) {
  azure().RequestSettings({"settings", "--name", Azure::kName}, 5000);
  AwaitBoth("new port beside the other");
  ExpectAnAnswerAt(5000);
  EXPECT_FALSE(vm().IsOpen(4243));
}

}  // namespace
}  // namespace dockerext
