// SPDX-License-Identifier: MIT
#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/firewall/firewall_manager.hpp"

namespace dockerext {
namespace {

constexpr const char* kTool = "/usr/bin/firewall-cmd";

// One command for all: which zone has the interface, and what that zone lets in.
constexpr std::string_view kStatus[] = {kTool, "--list-all-zones"};

constexpr const char* kUsualZone = "public";  // firewalld's own default for DefaultZone=

std::string PortOf(const PortRule& rule) { return std::to_string(rule.port) + "/tcp"; }

std::vector<std::string> Ask(const PortRule&) { return {kTool, "--list-all-zones"}; }
std::vector<std::string> Open(const PortRule& rule) {
  return {kTool, "--zone=" + rule.zone, "--add-port=" + PortOf(rule)};
}
std::vector<std::string> Close(const PortRule& rule) {
  return {kTool, "--zone=" + rule.zone, "--remove-port=" + PortOf(rule)};
}
std::vector<std::string> AskPermanent(const PortRule&) { return {kTool, "--permanent", "--list-all-zones"}; }
std::vector<std::string> OpenPermanent(const PortRule& rule) {
  return {kTool, "--permanent", "--zone=" + rule.zone, "--add-port=" + PortOf(rule)};
}
std::vector<std::string> ClosePermanent(const PortRule& rule) {
  return {kTool, "--permanent", "--zone=" + rule.zone, "--remove-port=" + PortOf(rule)};
}
std::vector<std::string> AskOffline(const PortRule&) {
  return {"/usr/bin/firewall-offline-cmd", "--list-all-zones"};
}
std::vector<std::string> CloseOffline(const PortRule& rule) {
  return {"/usr/bin/firewall-offline-cmd", "--zone=" + rule.zone, "--remove-port=" + PortOf(rule)};
}

struct Zone {
  std::string name;
  std::string target;
  std::vector<std::string> interfaces;
  std::vector<std::string> ports;
  std::vector<std::string> rich_rules;
};

std::vector<std::string> Words(std::string_view text) {
  auto words = Split(text, ' ');
  std::erase(words, "");
  return words;
}

// A zone begins at the start of a line, its properties are indented by two blanks, its rich rules by a tab.
std::vector<Zone> ZonesOf(std::string_view status) {
  std::vector<Zone> zones;
  for (const std::string& line : Split(status, '\n')) {
    if (line.empty()) continue;
    if (line[0] != ' ' && line[0] != '\t') {
      zones.push_back({.name = Words(line).front()});
      continue;
    }
    if (zones.empty()) continue;
    Zone& zone = zones.back();
    const std::string text(Trim(line));
    if (text.starts_with("rule ")) zone.rich_rules.push_back(text);
    const auto colon = text.find(": ");
    if (colon == std::string::npos) continue;
    const std::string key = text.substr(0, colon);
    const std::string value = text.substr(colon + 2);
    if (key == "target") zone.target = value;
    if (key == "interfaces") zone.interfaces = Words(value);
    if (key == "ports") zone.ports = Words(value);
  }
  return zones;
}

// A range of the owner's that covers the port is another rule: firewalld would cut the port out of it. A zone
// that is gone has no rule.
bool Lists(std::string_view listed, const PortRule& rule) {
  const auto zones = ZonesOf(listed);
  const auto zone = std::ranges::find(zones, rule.zone, &Zone::name);
  return zone != zones.end() && std::ranges::find(zone->ports, PortOf(rule)) != zone->ports.end();
}

// Both, and no --reload: before Docker 29.0 a reload cut Swarm's and the bridges' rules (moby#50443).
constexpr RulePlace kPlaces[] = {
    {.name = "permanent",
     .ask = AskPermanent,
     .lists = Lists,
     .open = OpenPermanent,
     .close = ClosePermanent,
     .ask_inactive = AskOffline,
     .close_inactive = CloseOffline},
    {.name = "runtime", .ask = Ask, .lists = Lists, .open = Open, .close = Close},
};

std::string DefaultZone(std::string_view config) {
  for (const std::string& line : Split(config, '\n')) {
    if (line.starts_with("DefaultZone=")) return std::string(Trim(line.substr(12)));
  }
  return kUsualZone;
}

// "4243/tcp", or a range "4000-5000/tcp".
bool Includes(const std::string& ports, std::uint16_t port) {
  const auto slash = ports.find('/');
  if (slash == std::string::npos || ports.substr(slash) != "/tcp") return false;
  const auto ends = Split(ports.substr(0, slash), '-');
  const auto first = ParseUnsigned(ends.front());
  const auto last = ParseUnsigned(ends.back());
  return first && last && *first <= port && port <= *last;
}

PortState StateIn(const Zone& zone, std::uint16_t port) {
  const std::string quoted = "port=\"" + std::to_string(port) + "\"";
  for (const std::string& rule : zone.rich_rules) {
    if (rule.find(quoted) == std::string::npos) continue;
    return rule.find("accept") == std::string::npos ? PortState::kDenied : PortState::kOpen;
  }
  const bool lets_in =
      std::ranges::any_of(zone.ports, [&](const auto& ports) { return Includes(ports, port); });
  return lets_in || zone.target == "ACCEPT" ? PortState::kOpen : PortState::kClosed;
}

PortAnswer Read(std::string_view status, const FirewallInput& input) {
  const auto zones = ZonesOf(status);
  const auto bound = std::ranges::find_if(zones, [&](const Zone& zone) {
    return std::ranges::find(zone.interfaces, input.default_route) != zone.interfaces.end();
  });
  const std::string name = bound == zones.end() ? DefaultZone(input.config) : bound->name;
  const auto zone = std::ranges::find(zones, name, &Zone::name);
  return {zone == zones.end() ? PortState::kClosed : StateIn(*zone, input.port), name};
}

}  // namespace

constinit const FirewallManager kFirewalld = {.name = "firewalld",
                                              .tool = kTool,
                                              .unit = "firewalld.service",
                                              .config = "/etc/firewalld/firewalld.conf",
                                              .is_on = nullptr,
                                              .status = kStatus,
                                              .read = Read,
                                              .places = kPlaces};

}  // namespace dockerext
