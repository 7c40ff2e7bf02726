// SPDX-License-Identifier: MIT
// What the managers' tools print, and what it means for a port. The texts of firewalld and ufw were printed
// by firewalld 1.3.3 and ufw 0.36.2 of Debian 12; the saved rules are laid out as Azure Linux's.
#include "handler/firewall/firewall_manager.hpp"

#include <gmock/gmock.h>

namespace dockerext {
namespace {

using testing::ElementsAre;

// ---------------------------------------------------------------------------- all

TEST(FirewallTable, AreFoundByTheNameThatTheLedgerHas) {
  for (const FirewallManager* manager : KnownFirewalls()) EXPECT_EQ(FindFirewall(manager->name), manager);
  EXPECT_EQ(FindFirewall("nftables"), nullptr);
}

TEST(FirewallTable, EveryRuleThatCanBeSetCanBeRemoved) {
  for (const FirewallManager* manager : KnownFirewalls()) {
    EXPECT_FALSE(manager->places.empty()) << manager->name;
    for (const RulePlace& place : manager->places) {
      const bool by_commands = place.open != nullptr && place.close != nullptr;
      const bool by_file = !place.file.empty() && place.has_rule && place.with_rule && place.without_rule;
      EXPECT_NE(by_commands, by_file) << manager->name << " " << place.name;
    }
  }
}

TEST(DefaultRoute, IsTheOneWithTheLowestMetric) {
  const char* header =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
  const std::string routes = std::string(header) +
                             "eth1\t00000000\t010200C0\t0003\t0\t0\t200\t00000000\t0\t0\t0\n"
                             "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
                             "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n";
  EXPECT_EQ(DefaultRouteOf(routes), "eth0");
  EXPECT_EQ(DefaultRouteOf(header), "");
  EXPECT_EQ(DefaultRouteOf(""), "");
}

// ---------------------------------------------------------------------------- firewalld

std::string Zones(const std::string& interfaces, const std::string& ports, const std::string& more = "") {
  return "docker (active)\n  target: ACCEPT\n  interfaces: docker0\n  sources: \n  ports: \n  rich rules: "
         "\n\n"
         "public (active)\n  target: default\n  icmp-block-inversion: no\n  interfaces: " +
         interfaces + "\n  sources: \n  services: dhcpv6-client ssh\n  ports: " + ports +
         "\n  protocols: \n  forward: yes\n  rich rules: \n" + more +
         "\nwork\n  target: default\n  interfaces: \n  ports: 4243/tcp\n  rich rules: \n";
}

PortAnswer AskFirewalld(const std::string& status, const std::string& config = "DefaultZone=public\n",
                        const std::string& default_route = "eth0") {
  return kFirewalld.read(status, {.config = config, .default_route = default_route, .port = 4243});
}

struct ZoneCase {
  const char* ports;
  const char* rich_rule;
  PortState state;
};

const ZoneCase kZoneCases[] = {
    {"", "", PortState::kClosed},
    {"4243/tcp", "", PortState::kOpen},
    {"80/tcp 4000-5000/tcp", "", PortState::kOpen},
    {"4243/udp 42430/tcp 4244-5000/tcp", "", PortState::kClosed},
    {"4000-5000/udp", "", PortState::kClosed},
    {"",
     "\trule family=\"ipv4\" source address=\"192.0.2.0/24\" port port=\"4243\" protocol=\"tcp\" accept\n",
     PortState::kOpen},
    {"", "\trule port port=\"4243\" protocol=\"tcp\" reject\n", PortState::kDenied},
    {"4243/tcp", "\trule port port=\"4243\" protocol=\"tcp\" drop\n", PortState::kDenied},
    {"", "\trule port port=\"80\" protocol=\"tcp\" drop\n", PortState::kClosed},
};

TEST(Firewalld, SaysWhatTheZoneOfTheDefaultRouteLetsIn) {
  for (const ZoneCase& a_case : kZoneCases) {
    const PortAnswer answer = AskFirewalld(Zones("eth0", a_case.ports, a_case.rich_rule));
    EXPECT_EQ(answer.state, a_case.state) << a_case.ports << a_case.rich_rule;
    EXPECT_EQ(answer.zone, "public");
  }
}

TEST(Firewalld, AnInterfaceWithoutAZoneIsInTheDefaultZone) {
  EXPECT_EQ(AskFirewalld(Zones("", "")).zone, "public");
  EXPECT_EQ(AskFirewalld(Zones("", ""), "DefaultZone=work\n").zone, "work");
  EXPECT_EQ(AskFirewalld(Zones("", ""), "DefaultZone=work\n").state, PortState::kOpen);
  EXPECT_EQ(AskFirewalld(Zones("", ""), "").zone, "public");
  EXPECT_EQ(AskFirewalld(Zones("eth0", ""), "DefaultZone=work\n").zone, "public");
  EXPECT_EQ(AskFirewalld(Zones("", ""), "DefaultZone=public\n", "docker0").state, PortState::kOpen);
}

TEST(Firewalld, IsChangedForNowAndForTheNextLoad) {
  const PortRule rule{4243, "public"};
  std::vector<std::string> lines;
  for (const RulePlace& place : kFirewalld.places) {
    for (const RuleArgv argv : {place.ask, place.open, place.close}) {
      std::string line;
      for (const std::string& word : argv(rule)) line += word + " ";
      lines.push_back(line);
    }
  }
  EXPECT_THAT(lines, ElementsAre("/usr/bin/firewall-cmd --permanent --list-all-zones ",
                                 "/usr/bin/firewall-cmd --permanent --zone=public --add-port=4243/tcp ",
                                 "/usr/bin/firewall-cmd --permanent --zone=public --remove-port=4243/tcp ",
                                 "/usr/bin/firewall-cmd --list-all-zones ",
                                 "/usr/bin/firewall-cmd --zone=public --add-port=4243/tcp ",
                                 "/usr/bin/firewall-cmd --zone=public --remove-port=4243/tcp "));
  EXPECT_THAT(kFirewalld.places[0].close_inactive(rule),
              ElementsAre("/usr/bin/firewall-offline-cmd", "--zone=public", "--remove-port=4243/tcp"));
}

// `--remove-port` would cut the port out of the owner's range.
TEST(Firewalld, ARangeThatCoversThePortIsAnotherRule) {
  const auto lists = kFirewalld.places[0].lists;
  const std::string listed =
      "work\n  ports: 80/tcp 4243/tcp\npublic (active)\n  ports: 80/tcp 4000-4300/tcp 4243/udp\n";
  EXPECT_TRUE(lists(listed, {4243, "work"}));
  EXPECT_FALSE(lists(listed, {4243, "public"}));
  EXPECT_FALSE(lists(listed, {4243, "gone"}));
}

// ---------------------------------------------------------------------------- ufw

std::string UfwStatus(const std::string& rules, const std::string& incoming = "deny") {
  return "Status: active\nLogging: on (low)\nDefault: " + incoming +
         " (incoming), allow (outgoing), deny (routed)\nNew profiles: skip\n\n"
         "To                         Action      From\n"
         "--                         ------      ----\n" +
         rules + "\n";
}

struct UfwCase {
  std::string status;
  PortState state;
};

TEST(Ufw, SaysWhatItsRulesLetIn) {
  const UfwCase cases[] = {
      {"Status: inactive\n", PortState::kOpen},
      {UfwStatus(""), PortState::kClosed},
      {UfwStatus("", "reject"), PortState::kClosed},
      {UfwStatus("", "allow"), PortState::kOpen},
      {UfwStatus("4243/tcp                   ALLOW IN    Anywhere                   # docker-extension\n"
                 "4243/tcp (v6)              ALLOW IN    Anywhere (v6)              # docker-extension"),
       PortState::kOpen},
      {UfwStatus("4243                       ALLOW IN    192.0.2.0/24"), PortState::kOpen},
      {UfwStatus("4243/tcp                   LIMIT IN    Anywhere"), PortState::kOpen},
      {UfwStatus("4243/tcp                   DENY IN     Anywhere"), PortState::kDenied},
      {UfwStatus("4243/tcp                   REJECT IN   Anywhere", "allow"), PortState::kDenied},
      {UfwStatus("4243/tcp                   ALLOW OUT   Anywhere"), PortState::kClosed},
      {UfwStatus("4243/udp                   ALLOW IN    Anywhere"), PortState::kClosed},
      {UfwStatus("42430/tcp                  ALLOW IN    Anywhere"), PortState::kClosed},
      {UfwStatus("22/tcp                     ALLOW IN    Anywhere"), PortState::kClosed},
  };
  for (const auto& [status, state] : cases)
    EXPECT_EQ(kUfw.read(status, {.port = 4243}).state, state) << status;
}

TEST(Ufw, IsOnWhereItsConfigSaysSo) {
  EXPECT_TRUE(kUfw.is_on("# Set to yes to start on boot.\nENABLED=yes\nLOGLEVEL=low\n"));
  EXPECT_FALSE(kUfw.is_on("ENABLED=no\nLOGLEVEL=low\n"));
  EXPECT_FALSE(kUfw.is_on("#ENABLED=yes\n"));
  EXPECT_FALSE(kUfw.is_on(""));
}

TEST(Ufw, ItsRuleHasTheNameOfTheExtension) {
  EXPECT_THAT(kUfw.places[0].open({4243, ""}),
              ElementsAre("/usr/sbin/ufw", "allow", "4243/tcp", "comment", "docker-extension"));
  EXPECT_THAT(kUfw.places[0].close({4243, ""}), ElementsAre("/usr/sbin/ufw", "delete", "allow", "4243/tcp"));
}

TEST(Ufw, ARuleWithoutThatNameIsItsOwners) {
  const auto lists = kUfw.places[0].lists;
  const std::string_view head = "Added user rules (see 'ufw status' for running firewall):\n";
  const std::string ours =
      std::string(head) + "ufw allow 22/tcp\nufw allow 4243/tcp comment 'docker-extension'\n";
  EXPECT_TRUE(lists(ours, {4243, ""}));
  EXPECT_FALSE(lists(ours, {22, ""}));
  EXPECT_FALSE(lists(std::string(head) + "ufw allow 4243/tcp comment 'mine'\n", {4243, ""}));
  EXPECT_FALSE(lists(std::string(head) + "ufw allow 4243/tcp\n", {4243, ""}));
  EXPECT_FALSE(lists("Added user rules (see 'ufw status' for running firewall):\n(None)\n", {4243, ""}));
}

// ---------------------------------------------------------------------------- iptables

constexpr const char* kOurLine =
    "-A INPUT -p tcp -m tcp --dport 4243 -m comment --comment docker-extension -j ACCEPT\n";

struct IptablesCase {
  std::string status;
  PortState state;
};

TEST(Iptables, SaysWhatTheChainLetsIn) {
  const IptablesCase cases[] = {
      {"-P INPUT ACCEPT\n", PortState::kOpen},
      {"-P INPUT ACCEPT\n-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN NONE -j DROP\n", PortState::kOpen},
      {"-P INPUT DROP\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n", PortState::kClosed},
      {"-P INPUT ACCEPT\n-A INPUT -j DROP\n", PortState::kClosed},
      {"-P INPUT ACCEPT\n-A INPUT -j REJECT --reject-with icmp-host-prohibited\n", PortState::kClosed},
      {std::string("-P INPUT DROP\n") + kOurLine, PortState::kOpen},
      {"-P INPUT DROP\n-A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 4243 -j ACCEPT\n", PortState::kOpen},
      {"-P INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 4243 -j DROP\n", PortState::kDenied},
      {"-P INPUT DROP\n-A INPUT -p udp -m udp --dport 4243 -j ACCEPT\n", PortState::kClosed},
      {"-P INPUT DROP\n-A INPUT -p tcp -m tcp --dport 42430 -j ACCEPT\n", PortState::kClosed},
  };
  for (const auto& [status, state] : cases)
    EXPECT_EQ(kIptables.read(status, {.port = 4243}).state, state) << status;
}

TEST(Iptables, EachVersionOfIpHasItsProgramAndItsFile) {
  EXPECT_EQ(kIptables.places[1].open({4243, ""})[0], "/usr/sbin/iptables");
  EXPECT_EQ(kIp6tables.places[1].open({4243, ""})[0], "/usr/sbin/ip6tables");
  EXPECT_EQ(kIptables.places[0].file, "/etc/systemd/scripts/ip4save");
  EXPECT_EQ(kIp6tables.places[0].file, "/etc/systemd/scripts/ip6save");
  EXPECT_THAT(
      kIptables.places[1].close({4243, ""}),
      ElementsAre("/usr/sbin/iptables", "--wait", "10", "--delete", "INPUT", "-p", "tcp", "-m", "tcp",
                  "--dport", "4243", "-m", "comment", "--comment", "docker-extension", "-j", "ACCEPT"));
}

constexpr const char* kNat = "# init\n*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n";
constexpr const char* kHead = "*filter\n:INPUT DROP [0:0]\n";

TEST(SavedRules, GetOneLineInFrontOfTheFilterTablesRulesAndLoseItAgain) {
  const RulePlace& saved = kIptables.places[0];
  const PortRule rule{4243, ""};
  for (const std::string& tail : {std::string("# ssh\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n"),
                                  std::string("COMMIT\n"), std::string("-A OUTPUT -j ACCEPT\nCOMMIT")}) {
    const std::string before = std::string(kNat) + kHead + tail;
    const std::string after = saved.with_rule(before, rule);
    EXPECT_FALSE(saved.has_rule(before, rule));
    EXPECT_TRUE(saved.has_rule(after, rule)) << after;
    EXPECT_FALSE(saved.has_rule(after, {424, ""}));
    EXPECT_LT(after.find("*filter"), after.find(kOurLine));
    EXPECT_LT(after.find(kOurLine), after.rfind("COMMIT"));
    EXPECT_EQ(saved.without_rule(after, rule), before);
  }
}

TEST(SavedRules, AnOwnersRuleForThePortStays) {
  const RulePlace& saved = kIptables.places[0];
  const std::string text = std::string(kHead) + "-A INPUT -p tcp --dport 4243 -j ACCEPT\nCOMMIT\n";
  EXPECT_TRUE(saved.has_rule(text, {4243, ""}));
  EXPECT_EQ(saved.without_rule(text, {4243, ""}), text);
}

TEST(SavedRules, AFileWithoutAFilterTableIsLeftUnchanged) {
  EXPECT_EQ(kIptables.places[0].with_rule(kNat, {4243, ""}), kNat);
}

}  // namespace
}  // namespace dockerext
