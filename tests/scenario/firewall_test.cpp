// SPDX-License-Identifier: MIT
// VMs with an active firewall, and one with SELinux.
#include <set>

#include "handler/base/text.hpp"
#include "handler/state/ledger.hpp"
#include "tests/scenario/existing_engine.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Ports = std::set<std::string>;

// firewalld with one zone; each of its changes may be the last that the process makes.
class Firewalld : public ExistingEngineVm {
 protected:
  void SetUp() override {
    ExistingEngineVm::SetUp();
    vm.files.Put("/usr/bin/firewall-cmd", "");
    vm.files.Put("/etc/firewalld/firewalld.conf", "DefaultZone=public\n");
    vm.files.Put("/lib/systemd/system/firewalld.service", "[Service]\n");
    vm.active_units.insert("firewalld.service");
    vm.other_programs = [this](const auto& argv) { return Answer(argv); };
  }

  std::optional<CommandOutput> Answer(const std::vector<std::string>& argv) {
    const std::string program = NameOf(argv.front());
    if (program != "firewall-cmd" && program != "firewall-offline-cmd") return std::nullopt;
    ++asked;
    if (argv.back() == "--list-all-zones" && is_silent)
      return CommandOutput{252, "", "Error: FirewallD is not running\n"};
    const bool is_permanent = argv[1] == "--permanent" || program == "firewall-offline-cmd";
    Ports& ports = is_permanent ? permanent : runtime;
    if (argv.back() == "--list-all-zones") {
      return CommandOutput{
          0,
          "public (active)\n  interfaces: \n  ports: " + Join({ports.begin(), ports.end()}, " ") +
              "\n  rich rules: \n\t" + rich_rule + "\n",
          ""};
    }
    const auto equals = argv.back().find('=');
    const std::string port = argv.back().substr(equals + 1);
    const std::string action = argv.back().substr(0, equals);
    if (refuses) return CommandOutput{254, "", "Error: the firewall says no\n"};
    vm.files.CountChange();
    if (action == "--add-port") ports.insert(port);
    if (action == "--remove-port") ports.erase(port);
    return CommandOutput{};
  }

  void Reload() { runtime = permanent; }
  void ExpectOpen(const Ports& ports) {
    EXPECT_EQ(runtime, ports);
    EXPECT_EQ(permanent, ports);
  }
  std::vector<FirewallRule> Recorded() {
    const auto ledger = LoadLedger(vm.files);
    return ledger.ok() ? ledger->firewall_rules : std::vector<FirewallRule>();
  }
  std::vector<std::string> Warnings() {
    std::vector<std::string> warnings;
    for (const Substatus& part : vm.StatusOf(vm.sequence).substatuses) {
      if (part.level == StatusLevel::kWarning) warnings.push_back(part.message);
    }
    return warnings;
  }

  Ports runtime;
  Ports permanent;
  std::string rich_rule;
  bool refuses = false;
  bool is_silent = false;
  int asked = 0;
};

TEST_F(Firewalld, LetsThePortInNowAndAfterAReloadUntilDisable) {
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  ExpectOpen({"4243/tcp"});
  EXPECT_THAT(Recorded(), SizeIs(2));
  vm.Run("disable");
  ExpectOpen({});
  EXPECT_THAT(Recorded(), IsEmpty());
}

TEST_F(Firewalld, IsAskedOnceByAnEnableThatChangesNothing) {
  vm.Run("enable");
  vm.files.changes = asked = 0;
  vm.Run("enable");
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(vm.files.changes, 0);
}

TEST_F(Firewalld, UninstallClosesThePort) {
  vm.Run("enable");
  vm.Run("uninstall");
  ExpectOpen({});
}

TEST_F(Firewalld, AnotherPortIsOpenedAndTheFirstIsClosed) {
  vm.Run("enable");
  vm.Set(1, kPort5000, certs);
  vm.Run("enable");
  ExpectOpen({"5000/tcp"});
  EXPECT_THAT(Recorded(), AllOf(SizeIs(2), Each(Field(&FirewallRule::port, 5000))));
}

TEST_F(Firewalld, AChangeThatFailsLeavesTheFirstPortOpenAlone) {
  vm.Run("enable");
  vm.Set(1, kPort5000, certs);
  vm.docker.accepts_anonymous_clients_with = ":5000";
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
  EXPECT_EQ(vm.docker.port(), 4243);
  ExpectOpen({"4243/tcp"});
}

TEST_F(Firewalld, ARuleThatSomebodyRemovedIsPutBackByTheNextEnable) {
  vm.Run("enable");
  permanent.clear();
  Reload();
  const auto pid = vm.docker.pid();
  vm.Run("enable");
  ExpectOpen({"4243/tcp"});
  EXPECT_EQ(vm.docker.pid(), pid);
  EXPECT_THAT(Recorded(), SizeIs(2));
}

TEST_F(Firewalld, TheOwnersRuleThatRejectsThePortIsAWarning) {
  rich_rule = "rule family=\"ipv4\" port port=\"4243\" protocol=\"tcp\" reject";
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  ExpectOpen({});
  EXPECT_THAT(Warnings(), Contains(HasSubstr("rejects TCP port 4243 in the firewall firewalld")));
}

TEST_F(Firewalld, OneThatCannotBeAskedIsAWarning) {
  is_silent = true;
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  ExpectOpen({});
  EXPECT_THAT(Warnings(),
              Contains(AllOf(HasSubstr("cannot tell whether TCP port 4243 in the firewall firewalld is open"),
                             HasSubstr("FirewallD is not running"))));
}

TEST_F(Firewalld, TheOwnersRuleIsNotTheExtensions) {
  runtime = permanent = {"4243/tcp", "80/tcp"};
  vm.Run("enable");
  EXPECT_THAT(Recorded(), IsEmpty());
  vm.Run("disable");
  vm.Run("uninstall");
  ExpectOpen({"4243/tcp", "80/tcp"});
}

TEST_F(Firewalld, TheOwnersPermanentRuleThatIsNotLoadedStays) {
  permanent = {"4243/tcp"};
  vm.Run("enable");
  ExpectOpen({"4243/tcp"});
  EXPECT_THAT(Recorded(), ElementsAre(Field(&FirewallRule::place, "runtime")));
  vm.Run("disable");
  EXPECT_EQ(permanent, Ports{"4243/tcp"});
  EXPECT_EQ(runtime, Ports{});
}

TEST_F(Firewalld, OneThatCannotBeChangedIsAWarningWithTheCommandsToRun) {
  refuses = true;
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_THAT(
      Warnings(),
      Contains(AllOf(HasSubstr("cannot open TCP port 4243 in the firewall firewalld"),
                     HasSubstr("the firewall says no"),
                     HasSubstr("`/usr/bin/firewall-cmd --permanent --zone=public --add-port=4243/tcp` "
                               "and `/usr/bin/firewall-cmd --zone=public --add-port=4243/tcp`"))));
  refuses = false;
  vm.Run("enable");
  ExpectOpen({"4243/tcp"});
  EXPECT_THAT(Warnings(), Each(Not(HasSubstr("firewall"))));
}

TEST_F(Firewalld, OneThatCannotBeClosedDoesNotKeepDisableFromSucceeding) {
  vm.Run("enable");
  refuses = true;
  EXPECT_EQ(vm.Run("disable").exit_code, 0);
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_THAT(Recorded(), SizeIs(2));
  refuses = false;
  vm.Run("disable");
  ExpectOpen({});
}

TEST_F(Firewalld, OneThatIsStoppedMeanwhileIsClosedForItsNextStart) {
  vm.Run("enable");
  vm.active_units.erase("firewalld.service");
  runtime.clear();
  vm.Run("disable");
  ExpectOpen({});
  EXPECT_THAT(Recorded(), IsEmpty());
}

TEST_F(Firewalld, OneThatIsNotActiveIsLeftAlone) {
  vm.active_units.erase("firewalld.service");
  vm.Run("enable");
  vm.Run("disable");
  EXPECT_EQ(asked, 0);
}

TEST_F(Firewalld, IsNotTouchedForAnEngineThatOpensNoPort) {
  vm.Set(0, "{}", std::nullopt);
  vm.Run("enable");
  vm.Set(1, R"({"installonly": true, "docker": {"port": 4243}})", certs);
  vm.Run("enable");
  EXPECT_EQ(asked, 0);
}

TEST_F(Firewalld, AWorkerKilledAtAnyChangeLeavesNoRuleAfterDisable) {
  vm.RunVerb("enable");
  const int before = vm.files.changes;
  vm.Drain();
  const int all = vm.files.changes - before;
  ASSERT_GT(all, 15);
  for (int at = 1; at <= all; ++at) {
    vm.Run("disable");
    SCOPED_TRACE("killed at change " + std::to_string(at));
    ExpectOpen({});
    EXPECT_THAT(Recorded(), IsEmpty());
    vm.RunVerb("enable");
    vm.files.kill_at_change = vm.files.changes + at;
    vm.Drain();
    vm.files.kill_at_change.reset();
    EXPECT_EQ(runtime.empty(), vm.docker.port() == 0);
    vm.Run("enable");
    EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
    ExpectOpen({"4243/tcp"});
  }
}

// ---------------------------------------------------------------------------- SELinux

class SelinuxVm : public ExistingEngineVm {
 protected:
  void SetUp() override {
    ExistingEngineVm::SetUp();
    vm.other_programs = [this](const auto& argv) -> std::optional<CommandOutput> {
      const std::string program = NameOf(argv.front());
      if (program != "restorecon" && program != "chcon") return std::nullopt;
      labelled.push_back(Join(argv, " "));
      return output;
    };
  }

  CommandOutput output;
  std::vector<std::string> labelled;
};

TEST_F(SelinuxVm, WhatIsWrittenGetsItsLabelAndTheWorkersProgramMayBeExecuted) {
  vm.files.Put("/sys/fs/selinux/enforce", "1");
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_THAT(
      labelled,
      ElementsAre("/usr/sbin/restorecon -R -e /var/lib/docker-extension/bin /var/lib/docker-extension",
                  AllOf(HasSubstr("/usr/bin/chcon -t bin_t /var/lib/docker-extension/bin/"),
                        HasSubstr("/docker-extension")),
                  "/usr/sbin/restorecon -R /etc/docker/docker-extension",
                  "/usr/sbin/restorecon -R /etc/systemd/system/docker.service.d"));
  labelled.clear();
  vm.Run("enable");
  EXPECT_THAT(labelled, IsEmpty());
}

TEST_F(SelinuxVm, ToolsThatFailDoNotFailTheOperation) {
  vm.files.Put("/sys/fs/selinux/enforce", "1");
  output.exit_code = 1;
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

TEST_F(SelinuxVm, WithoutItNoProgramRuns) {
  vm.Run("enable");
  vm.Run("disable");
  EXPECT_THAT(labelled, IsEmpty());
}

}  // namespace
}  // namespace dockerext
