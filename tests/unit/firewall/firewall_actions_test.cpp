// SPDX-License-Identifier: MIT
#include "handler/firewall/firewall_actions.hpp"

#include <gmock/gmock.h>

#include <map>

#include "handler/base/text.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_files.hpp"

namespace dockerext {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kSaved = "/etc/systemd/scripts/ip4save";
constexpr const char* kSavedText = "*filter\n:INPUT DROP [0:0]\nCOMMIT\n";

// Units that are active, and nothing else of systemd.
class FakeUnits : public Services {
 public:
  Result<UnitFacts> Describe(const std::string& unit) override {
    UnitFacts facts;
    facts.active_state = active.contains(unit) ? active[unit] : "inactive";
    return facts;
  }
  Result<std::vector<std::string>> Loaded(const std::string&) override { return std::vector<std::string>(); }
  Status ReloadDefinitions() override { return {}; }
  Status Start(const std::string&) override { return {}; }
  Status Stop(const std::string&) override { return {}; }
  Status Restart(const std::string&) override { return {}; }
  Status ResetFailed(const std::string&) override { return {}; }
  Status EnableUnitFile(const std::string&) override { return {}; }
  Status DisableUnitFile(const std::string&) override { return {}; }
  Status StartTransient(const TransientUnit&) override { return {}; }
  Status SignalMainProcess(const std::string&, Signal) override { return {}; }
  Status NotifyReady() override { return {}; }
  Result<bool> IsShuttingDown() override { return false; }

  std::map<std::string, std::string> active;
};

class FakeCommands : public Commands {
 public:
  Result<CommandOutput> Run(const Command& command) override {
    lines.push_back(Join(command.argv, " "));
    return output;
  }
  std::vector<std::string> lines;
  CommandOutput output;
};

class Firewalls : public testing::Test {
 protected:
  std::vector<std::string_view> ActiveNames() {
    std::vector<std::string_view> names;
    const auto active = actions.Active();
    EXPECT_TRUE(active.ok());
    for (const FirewallManager* manager : *active) names.push_back(manager->name);
    return names;
  }
  void InstallAll() {
    for (const FirewallManager* manager : KnownFirewalls()) files.Put(std::string(manager->tool), "");
    files.Put("/etc/firewalld/firewalld.conf", "DefaultZone=public\n");
    files.Put("/etc/ufw/ufw.conf", "ENABLED=no\n");
    files.Put(kSaved, kSavedText, 0640_mode);
    files.Put("/etc/systemd/scripts/ip6save", kSavedText);
  }

  FakeClock clock;
  FakeFiles files{clock};
  FakeUnits units;
  FakeCommands commands;
  FirewallActions actions{files, units, commands};
};

TEST_F(Firewalls, NoneIsActiveOnAMachineWithoutOneAndNoProgramRuns) {
  units.active = {{"firewalld.service", "active"}, {"iptables.service", "active"}};
  EXPECT_THAT(ActiveNames(), IsEmpty());
  EXPECT_THAT(commands.lines, IsEmpty());
}

TEST_F(Firewalls, AnInstalledOneThatIsOffIsNotActive) {
  InstallAll();
  EXPECT_THAT(ActiveNames(), IsEmpty());
}

TEST_F(Firewalls, AreActiveByTheirUnitOrTheirSwitch) {
  InstallAll();
  units.active = {{"firewalld.service", "reloading"}};
  EXPECT_THAT(ActiveNames(), ElementsAre("firewalld"));
  units.active = {{"iptables.service", "active"}};
  EXPECT_THAT(ActiveNames(), ElementsAre("iptables", "ip6tables"));
  units.active = {};
  files.Put("/etc/ufw/ufw.conf", "ENABLED=yes\n");
  EXPECT_THAT(ActiveNames(), ElementsAre("ufw"));
  EXPECT_THAT(commands.lines, IsEmpty());
}

TEST_F(Firewalls, AnAnswerCostsOneCommandAndKnowsTheInterface) {
  InstallAll();
  files.Put("/proc/net/route", "eth7\t00000000\t0\t3\t0\t0\t0\t00000000\t0\t0\t0\n");
  commands.output.output = "work\n  interfaces: eth7\n  ports: \npublic\n  interfaces: \n  ports: 4243/tcp\n";
  const auto answer = actions.Ask(kFirewalld, 4243);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->state, PortState::kClosed);
  EXPECT_EQ(answer->zone, "work");
  EXPECT_THAT(commands.lines, ElementsAre("/usr/bin/firewall-cmd --list-all-zones"));
}

TEST_F(Firewalls, AToolThatFailsIsAnErrorWithItsWords) {
  InstallAll();
  commands.output = {13, "", "Error: COMMAND_FAILED\nmore\n"};
  EXPECT_THAT(
      actions.Ask(kUfw, 4243).error().what,
      HasSubstr("'/usr/sbin/ufw status verbose' ended with exit code 13: Error: COMMAND_FAILED; more"));
  EXPECT_THAT(actions.Open(kUfw.places[0], {4243, ""}).error().what, HasSubstr("exit code 13"));
}

TEST_F(Firewalls, ARuleInAFileKeepsTheFilesModeAndIsWrittenOnce) {
  InstallAll();
  const RulePlace& saved = kIptables.places[0];
  ASSERT_TRUE(actions.Open(saved, {4243, ""}).ok());
  EXPECT_TRUE(*actions.HasRule(saved, {4243, ""}));
  EXPECT_EQ(files.Mode(kSaved), 0640_mode);
  const int changes = files.changes;
  ASSERT_TRUE(actions.Close(kIptables, saved, {4243, ""}).ok());
  EXPECT_EQ(files.Content(kSaved), kSavedText);
  ASSERT_TRUE(actions.Close(kIptables, saved, {4243, ""}).ok());
  EXPECT_EQ(files.changes, changes + 1);
}

TEST_F(Firewalls, AnInactiveOneIsClosedOnlyWhereARuleWouldComeBack) {
  InstallAll();
  commands.output.output = "public\n  ports: 4243/tcp\nufw allow 4243/tcp comment 'docker-extension'\n";
  EXPECT_TRUE(*actions.Close(kFirewalld, kFirewalld.places[0], {4243, "public"}));
  EXPECT_FALSE(*actions.Close(kFirewalld, kFirewalld.places[1], {4243, "public"}));
  EXPECT_TRUE(*actions.Close(kUfw, kUfw.places[0], {4243, ""}));
  EXPECT_FALSE(*actions.Close(kIptables, kIptables.places[1], {4243, ""}));
  EXPECT_THAT(commands.lines,
              ElementsAre("/usr/bin/firewall-offline-cmd --list-all-zones",
                          "/usr/bin/firewall-offline-cmd --zone=public --remove-port=4243/tcp",
                          "/usr/sbin/ufw show added", "/usr/sbin/ufw delete allow 4243/tcp"));
}

TEST_F(Firewalls, ARuleThatItsOwnerMadeHisOwnStays) {
  InstallAll();
  units.active = {{"firewalld.service", "active"}};
  commands.output.output = "public\n  ports: 4000-4300/tcp\n";
  for (const RulePlace& place : kFirewalld.places)
    EXPECT_FALSE(*actions.Close(kFirewalld, place, {4243, "public"}));
  commands.output.output = "ufw allow 4243/tcp comment 'mine'\n";
  EXPECT_FALSE(*actions.Close(kUfw, kUfw.places[0], {4243, ""}));
  EXPECT_THAT(commands.lines,
              ElementsAre("/usr/bin/firewall-cmd --permanent --list-all-zones",
                          "/usr/bin/firewall-cmd --list-all-zones", "/usr/sbin/ufw show added"));
}

// Its rules stay recorded, so that they are closed later.
TEST_F(Firewalls, AToolThatCannotListItsRulesDoesNotSayThatThereAreNone) {
  InstallAll();
  commands.output = {1, "", "ERROR: cannot read the rules\n"};
  EXPECT_THAT(actions.Close(kUfw, kUfw.places[0], {4243, ""}).error().what,
              HasSubstr("'/usr/sbin/ufw show added' ended with exit code 1: ERROR: cannot read the rules"));
  EXPECT_FALSE(actions.HasRule(kFirewalld.places[0], {4243, "public"}).ok());
}

TEST_F(Firewalls, OneThatIsNotInstalledAnyMoreHasNothingToClose) {
  for (const FirewallManager* manager : KnownFirewalls()) {
    for (const RulePlace& place : manager->places)
      EXPECT_TRUE(actions.Close(*manager, place, {4243, "public"}).ok()) << manager->name;
  }
  EXPECT_THAT(commands.lines, IsEmpty());
}

TEST_F(Firewalls, ARuleThatIsGoneIsNotRemovedAgain) {
  InstallAll();
  units.active = {{"iptables.service", "active"}};
  commands.output.exit_code = 1;
  ASSERT_TRUE(actions.Close(kIptables, kIptables.places[1], {4243, ""}).ok());
  EXPECT_THAT(commands.lines, ElementsAre(HasSubstr("--check INPUT")));
}

}  // namespace
}  // namespace dockerext
