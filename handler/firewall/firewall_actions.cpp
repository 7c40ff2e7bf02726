// SPDX-License-Identifier: MIT
#include "handler/firewall/firewall_actions.hpp"

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kBudget{20};
constexpr std::size_t kExcerptLimit = 300;
constexpr const char* kRoutes = "/proc/net/route";

// What a tool said, as one line.
std::string Excerpt(const CommandOutput& run) {
  const std::string text(Trim(run.errors.empty() ? run.output : run.errors));
  std::vector<std::string> lines = Split(Tail(text, kExcerptLimit), '\n');
  std::erase(lines, "");
  return Join(lines, "; ");
}

std::vector<std::string> Argv(std::span<const std::string_view> command) {
  return {command.begin(), command.end()};
}

Error Failed(const std::vector<std::string>& argv, const CommandOutput& run) {
  return Error{Code::kInternal, Quoted(Join(argv, " ")) + " ended with exit code " +
                                    std::to_string(run.exit_code) + ": " + Excerpt(run)};
}

}  // namespace

Result<std::vector<const FirewallManager*>> FirewallActions::Active() {
  std::vector<const FirewallManager*> active;
  for (const FirewallManager* manager : KnownFirewalls()) {
    TRY_LET(const bool is_active, IsActive(*manager));
    if (is_active) active.push_back(manager);
  }
  return active;
}

Result<PortAnswer> FirewallActions::Ask(const FirewallManager& manager, std::uint16_t port) {
  TRY_LET(const CommandOutput run, Run(Argv(manager.status)));
  if (run.exit_code != 0) return Failed(Argv(manager.status), run);
  const auto config = files_.Read(std::string(manager.config));
  const auto routes = files_.Read(kRoutes);
  return manager.read(run.output, {.config = config.ok() ? *config : std::string(),
                                   .default_route = routes.ok() ? DefaultRouteOf(*routes) : std::string(),
                                   .port = port});
}

Result<bool> FirewallActions::HasRule(const RulePlace& place, const PortRule& rule) {
  if (!place.file.empty()) {
    TRY_LET(const std::string text, files_.Read(std::string(place.file)));
    return place.has_rule(text, rule);
  }
  return Stands(place, place.ask, rule);
}

Result<bool> FirewallActions::Stands(const RulePlace& place, RuleArgv ask, const PortRule& rule) {
  TRY_LET(const CommandOutput run, Run(ask(rule)));
  if (place.lists == nullptr) return run.exit_code == 0;
  if (run.exit_code != 0) return Failed(ask(rule), run);
  return place.lists(run.output, rule);
}

Status FirewallActions::Open(const RulePlace& place, const PortRule& rule) {
  if (!place.file.empty()) {
    TRY(Rewrite(place, place.with_rule, rule));
    return {};
  }
  return RunOrFail(place.open(rule));
}

Result<bool> FirewallActions::Close(const FirewallManager& manager, const RulePlace& place,
                                    const PortRule& rule) {
  if (!IsInstalled(manager)) return false;
  if (!place.file.empty()) return Rewrite(place, place.without_rule, rule);
  TRY_LET(const bool is_active, IsActive(manager));
  const RuleArgv ask = is_active ? place.ask : place.ask_inactive;
  const RuleArgv close = is_active ? place.close : place.close_inactive;
  if (close == nullptr) return false;
  TRY_LET(const bool stands, Stands(place, ask, rule));
  if (!stands) return false;
  TRY(RunOrFail(close(rule)));
  return true;
}

bool FirewallActions::IsInstalled(const FirewallManager& manager) {
  return Exists(files_, std::string(manager.tool)) && Exists(files_, std::string(manager.config));
}

Result<bool> FirewallActions::IsActive(const FirewallManager& manager) {
  if (!IsInstalled(manager)) return false;
  if (manager.is_on != nullptr) {
    TRY_LET(const std::string config, files_.Read(std::string(manager.config)));
    if (!manager.is_on(config)) return false;
  }
  if (manager.unit.empty()) return true;
  TRY_LET(const UnitFacts facts, services_.Describe(std::string(manager.unit)));
  return facts.active_state == "active" || facts.active_state == "reloading";
}

Result<CommandOutput> FirewallActions::Run(std::vector<std::string> argv) {
  return commands_.Run({.argv = std::move(argv),
                        .environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"},
                        .budget = kBudget});
}

Status FirewallActions::RunOrFail(const std::vector<std::string>& argv) {
  TRY_LET(const CommandOutput run, Run(argv));
  return run.exit_code == 0 ? Status() : Failed(argv, run);
}

Result<bool> FirewallActions::Rewrite(const RulePlace& place,
                                      std::string (*change)(std::string_view, const PortRule&),
                                      const PortRule& rule) {
  TRY_LET(const std::string path, files_.Resolve(std::string(place.file)));
  TRY_LET(const std::string text, files_.Read(path));
  const std::string changed = change(text, rule);
  if (changed == text) return false;
  TRY_LET(const FileFacts facts, files_.Inspect(path));
  TRY(files_.WriteAtomically(path, changed, FileAttributes(facts)));
  return true;
}

}  // namespace dockerext
