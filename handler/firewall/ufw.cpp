// SPDX-License-Identifier: MIT
#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/firewall/firewall_manager.hpp"

namespace dockerext {
namespace {

constexpr const char* kTool = "/usr/sbin/ufw";
constexpr std::string_view kStatus[] = {kTool, "status", "verbose"};

std::string PortOf(const PortRule& rule) { return std::to_string(rule.port) + "/tcp"; }

std::vector<std::string> Open(const PortRule& rule) {
  return {kTool, "allow", PortOf(rule), "comment", "docker-extension"};
}
std::vector<std::string> Close(const PortRule& rule) { return {kTool, "delete", "allow", PortOf(rule)}; }

// Also while ufw is not active.
std::vector<std::string> Ask(const PortRule&) { return {kTool, "show", "added"}; }

// ufw has one rule for a port: an owner who adds his own takes this one over, and its comment.
bool Lists(std::string_view listed, const PortRule& rule) {
  const std::string line = "ufw allow " + PortOf(rule) + " comment 'docker-extension'";
  const auto lines = Split(listed, '\n');
  return std::ranges::find(lines, line) != lines.end();
}

// ufw writes its rules and loads them at once.
constexpr RulePlace kPlaces[] = {
    {.name = "rules",
     .ask = Ask,
     .lists = Lists,
     .open = Open,
     .close = Close,
     .ask_inactive = Ask,
     .close_inactive = Close},
};

// `ufw enable` sets it, and starts the filter whatever its unit's state is.
bool IsOn(std::string_view config) {
  return std::ranges::any_of(Split(config, '\n'),
                             [](const std::string& line) { return Trim(line) == "ENABLED=yes"; });
}

bool NamesPort(const std::string& line, std::uint16_t port) {
  const std::string number = std::to_string(port);
  return line.starts_with(number + " ") || line.starts_with(number + "/tcp ");
}

// "4243/tcp    ALLOW IN    Anywhere". A rule that lets only some addresses in is its owner's decision too.
PortAnswer Read(std::string_view status, const FirewallInput& input) {
  if (status.find("Status: active") == std::string_view::npos) return {PortState::kOpen, ""};
  for (const std::string& line : Split(status, '\n')) {
    if (!NamesPort(line, input.port) || line.find(" IN ") == std::string::npos) continue;
    const bool lets_in =
        line.find(" ALLOW ") != std::string::npos || line.find(" LIMIT ") != std::string::npos;
    return {lets_in ? PortState::kOpen : PortState::kDenied, ""};
  }
  const bool allows_all = status.find("Default: allow (incoming)") != std::string_view::npos;
  return {allows_all ? PortState::kOpen : PortState::kClosed, ""};
}

}  // namespace

constinit const FirewallManager kUfw = {.name = "ufw",
                                        .tool = kTool,
                                        .unit = {},
                                        .config = "/etc/ufw/ufw.conf",
                                        .is_on = IsOn,
                                        .status = kStatus,
                                        .read = Read,
                                        .places = kPlaces};

}  // namespace dockerext
