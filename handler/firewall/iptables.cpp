// SPDX-License-Identifier: MIT
#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/firewall/firewall_manager.hpp"

namespace dockerext {
namespace {

// Azure Linux's iptables.service runs /etc/systemd/scripts/iptables, which loads these files over whatever
// filters at that time (github.com/microsoft/azurelinux, SPECS/iptables).
constexpr const char* kUnit = "iptables.service";
constexpr const char* kSaved4 = "/etc/systemd/scripts/ip4save";
constexpr const char* kSaved6 = "/etc/systemd/scripts/ip6save";
constexpr char kTool4[] = "/usr/sbin/iptables";
constexpr char kTool6[] = "/usr/sbin/ip6tables";

// Another program may hold the lock of the tables.
constexpr std::string_view kStatus4[] = {kTool4, "--wait", "10", "--list-rules", "INPUT"};
constexpr std::string_view kStatus6[] = {kTool6, "--wait", "10", "--list-rules", "INPUT"};

constexpr const char* kChain = "-A INPUT ";
constexpr const char* kPolicy = "-P INPUT ";

std::vector<std::string> SpecificationOf(const PortRule& rule) {
  return {"-p",        "tcp",
          "-m",        "tcp",
          "--dport",   std::to_string(rule.port),
          "-m",        "comment",
          "--comment", "docker-extension",
          "-j",        "ACCEPT"};
}

template <const char* kTool>
std::vector<std::string> Command(const char* action, const PortRule& rule) {
  std::vector<std::string> argv = {kTool, "--wait", "10", action, "INPUT"};
  const auto specification = SpecificationOf(rule);
  argv.insert(argv.end(), specification.begin(), specification.end());
  return argv;
}

template <const char* kTool>
std::vector<std::string> Ask(const PortRule& rule) {
  return Command<kTool>("--check", rule);
}
// In front: an owner's last rule may reject the rest.
template <const char* kTool>
std::vector<std::string> Open(const PortRule& rule) {
  return Command<kTool>("--insert", rule);
}
template <const char* kTool>
std::vector<std::string> Close(const PortRule& rule) {
  return Command<kTool>("--delete", rule);
}

std::string OurLine(const PortRule& rule) { return kChain + Join(SpecificationOf(rule), " "); }

bool Has(std::string_view line, std::string_view words) {
  const std::string padded = " " + std::string(line) + " ";
  return padded.find(" " + std::string(words) + " ") != std::string::npos;
}

// A line that is about this port: whose, and whether it lets the port in, is the caller's question.
bool IsAbout(std::string_view line, std::uint16_t port) {
  return line.starts_with(kChain) && Has(line, "-p tcp") && Has(line, "--dport " + std::to_string(port));
}

bool RejectsAll(std::string_view line) {
  return line == "-A INPUT -j DROP" || line.starts_with("-A INPUT -j REJECT");
}

PortAnswer Read(std::string_view status, const FirewallInput& input) {
  PortState otherwise = PortState::kOpen;
  for (const std::string& text : Split(status, '\n')) {
    const std::string_view line = Trim(text);
    if (line.starts_with(kPolicy) && !Has(line, "ACCEPT")) otherwise = PortState::kClosed;
    if (RejectsAll(line)) otherwise = PortState::kClosed;
    if (!IsAbout(line, input.port)) continue;
    return {Has(line, "-j ACCEPT") ? PortState::kOpen : PortState::kDenied, ""};
  }
  return {otherwise, ""};
}

bool HasRule(std::string_view text, const PortRule& rule) {
  return std::ranges::any_of(Split(text, '\n'),
                             [&](const std::string& line) { return IsAbout(Trim(line), rule.port); });
}

// In front of the first rule of the chain; a table without rules for it ends with COMMIT.
std::string WithRule(std::string_view text, const PortRule& rule) {
  auto lines = Split(text, '\n');
  bool in_filter = false;
  for (auto line = lines.begin(); line != lines.end(); ++line) {
    const std::string_view trimmed = Trim(*line);
    if (trimmed.starts_with('*')) in_filter = trimmed == "*filter";
    if (!in_filter || !(trimmed.starts_with(kChain) || trimmed == "COMMIT")) continue;
    lines.insert(line, OurLine(rule));
    break;
  }
  return Join(lines, "\n");
}

std::string WithoutRule(std::string_view text, const PortRule& rule) {
  auto lines = Split(text, '\n');
  std::erase(lines, OurLine(rule));
  return Join(lines, "\n");
}

// `saved` first: what the running rules lack, a boot brings back.
template <const char* kTool>
constexpr RulePlace kRunning{
    .name = "running", .ask = Ask<kTool>, .open = Open<kTool>, .close = Close<kTool>};

constexpr RulePlace SavedIn(const char* file) {
  return {
      .name = "saved", .file = file, .has_rule = HasRule, .with_rule = WithRule, .without_rule = WithoutRule};
}

constexpr RulePlace kPlaces4[] = {SavedIn(kSaved4), kRunning<kTool4>};
constexpr RulePlace kPlaces6[] = {SavedIn(kSaved6), kRunning<kTool6>};

}  // namespace

constinit const FirewallManager kIptables = {.name = "iptables",
                                             .tool = kTool4,
                                             .unit = kUnit,
                                             .config = kSaved4,
                                             .is_on = nullptr,
                                             .status = kStatus4,
                                             .read = Read,
                                             .places = kPlaces4};
constinit const FirewallManager kIp6tables = {.name = "ip6tables",
                                              .tool = kTool6,
                                              .unit = kUnit,
                                              .config = kSaved6,
                                              .is_on = nullptr,
                                              .status = kStatus6,
                                              .read = Read,
                                              .places = kPlaces6};

}  // namespace dockerext
