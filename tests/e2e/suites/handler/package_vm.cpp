// SPDX-License-Identifier: MIT
#include "tests/e2e/suites/handler/package_vm.hpp"

#include <algorithm>

namespace dockerext {
namespace {

using nlohmann::json;

// lock.pl FILE KIND HOLDER: returns once a process of that name holds the lock, which releases it once the
// status names it.
constexpr const char* kLock = R"(use Fcntl;
my ($file, $kind, $holder) = @ARGV;
pipe(my $in, my $out);
if (fork()) { close($out); exit(<$in> eq "held\n" ? 0 : 1); }
$0 = $holder;
open(my $lock, ">>", $file) or die "$file: $!";
if ($kind eq "fcntl") {
  my $wanted = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0);
  fcntl($lock, F_SETLK, $wanted) or die "$file: $!";
} else {
  syswrite($lock, "$$\n");
}
syswrite($out, "held\n"); close($out);
sub reported {
  return `cat /var/lib/waagent/*/status/*.status` =~
    /waiting for another package manager: E: Could not get lock \Q$file. It is held by process $$ ($0)\E/;
}
for (1 .. 600) { last if reported(); select(undef, undef, undef, 0.1); }
if (reported()) { open(my $log, ">>", "/run/reported"); print $log "$file\n"; }
unlink($file) if $kind ne "fcntl";
)";

}  // namespace

json PackageWorld::Repository(const std::string& source, const std::string& url,
                              const std::string& key) const {
  const auto text = vm_.guest().ReadFile(key);
  EXPECT_TRUE(text.ok()) << text.error().Message();
  return {{"source", source}, {"repository", {{"url", url}, {"key", text.ok() ? *text : ""}}}};
}

std::string PackageWorld::Public(json docker) const {
  docker["port"] = 4243;
  return vm_.Put("public.json", json{{"docker", std::move(docker)}}.dump());
}

int PackageWorld::Enable(json docker, const Vm::Args& options) const {
  Vm::Args args = {"run", "--public", Public(std::move(docker))};
  args.insert(args.end(), options.begin(), options.end());
  return vm_.Harness(args).exit_code;
}

int PackageWorld::Change(json docker) const {
  return vm_.Harness({"settings", "--public", Public(std::move(docker)), "--credentials", vm_.credentials()})
      .exit_code;
}

void PackageWorld::ExpectFailedUpgrade(const json& docker, const std::string& files) const {
  const std::string version = EngineVersion();
  const std::string pid = vm_.EnginePid();
  EXPECT_NE(vm_.Shell("find /srv -name '" + files + "' -print -exec mv '{}' '{}.away' ';'"), "");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Change(docker), kStatusIsError);
    EXPECT_THAT(LastStatus(), testing::HasSubstr("\"code\":52"));
  }
  EXPECT_EQ(EngineVersion(), version);
  EXPECT_EQ(vm_.EnginePid(), pid);
  vm_.Shell("find /srv -name '*.away' | while read -r file; do mv \"$file\" \"${file%.away}\"; done");
}

std::string PackageWorld::LastStatus() const {
  return vm_.Shell("cat $(ls -t /var/lib/waagent/Example.*/status/*.status | head -n 1)");
}

void PackageWorld::Uninstall() const {
  EXPECT_EQ(vm_.Harness({"uninstall"}).exit_code, kSuccess);
  Await("! test -e /var/lib/docker-extension");
}

void PackageWorld::ExpectServing() const {
  for (const Vm::Output& info : {vm_.DockerTls({"info"}), vm_.DockerTlsVerify({"info"})}) {
    EXPECT_EQ(info.exit_code, 0) << info.err;
    EXPECT_THAT(info.out, testing::HasSubstr("Server Version: "));
  }
}

std::string PackageWorld::EngineVersion() const {
  const Vm::Output version = vm_.DockerTlsVerify({"version", "-f", "{{.Server.Version}}"});
  EXPECT_EQ(version.exit_code, 0) << version.err;
  return version.out.substr(0, version.out.find_first_of("+\n"));
}

void PackageWorld::HoldUntilReported(const std::string& lock, LockKind kind,
                                     const std::string& holder) const {
  const Status written = vm_.guest().WriteFile("/run/lock.pl", kLock, 0644_mode);
  ASSERT_TRUE(written.ok()) << written.error().Message();
  vm_.Run({"/usr/bin/perl", "/run/lock.pl", lock, kind == LockKind::kFcntl ? "fcntl" : "pid", holder});
}

std::string PackageWorld::ReportedLocks() const { return vm_.Shell("cat /run/reported; rm /run/reported"); }

void PackageWorld::KillWorker() const {
  vm_.Shell(
      "unit=$(systemctl list-units --plain --no-legend 'docker-extension-*.service' | cut -d' ' -f1) && "
      "kill -KILL $(systemctl show --value -p MainPID $unit)");
}

std::vector<std::string> Except(const std::vector<std::string>& differences,
                                const std::vector<std::string>& paths) {
  std::vector<std::string> rest;
  std::ranges::copy_if(differences, std::back_inserter(rest), [&](const std::string& line) {
    return std::ranges::none_of(
        paths, [&](const std::string& path) { return line.find(path) != std::string::npos; });
  });
  return rest;
}

}  // namespace dockerext
