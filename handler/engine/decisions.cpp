// SPDX-License-Identifier: MIT
#include "handler/engine/decisions.hpp"

#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/docker/exec_line.hpp"
#include "handler/docker/flags.hpp"

namespace dockerext {
namespace {

// The last value of a flag: the target's options follow the vendor's arguments.
std::optional<std::string> FlagValue(const EngineTarget& target, const Observation& observed,
                                     std::string_view name) {
  std::vector<ArgWithOrigin> args;
  if (observed.vendor) args = observed.vendor->args;
  if (args.empty()) args.push_back({"dockerd", ""});
  for (const DockerOption& option : target.options) args.push_back({option.text, option.at});
  const auto values = ValuesOf(args, name);
  return values.empty() ? std::nullopt : std::optional(values.back().arg);
}

// Whether the process has exactly the vendor's arguments and those of the target. What its owner changed and
// did not activate makes a difference too, which is no reason for a restart.
bool RunsExactly(const EngineTarget& target, const Observation& observed) {
  std::vector<std::string> expected;
  for (const ArgWithOrigin& arg : observed.vendor ? observed.vendor->args : std::vector<ArgWithOrigin>())
    expected.push_back(arg.arg);
  const auto added = AddedArguments(target, observed);
  expected.insert(expected.end(), added.begin(), added.end());
  return observed.running == expected;
}

// Options that the target no longer has stand before what it adds: the process is older than the drop-in, or,
// without one, has an option of the last target.
bool HasRemovedOptions(const EngineTarget& target, const Observation& observed) {
  if (RunsExactly(target, observed)) return false;
  if (!observed.drop_in.empty()) return IsOlderThanDropIn(observed);
  const auto& cached = observed.ledger.cached_plan;
  const auto last = cached ? ParseTarget(cached->target) : std::nullopt;
  return last && std::ranges::any_of(last->options, [&](const DockerOption& option) {
           return std::ranges::find(observed.running, option.text) != observed.running.end() &&
                  std::ranges::find(target.options, option) == target.options.end();
         });
}

}  // namespace

std::vector<std::string> AddedArguments(const EngineTarget& target, const Observation& observed) {
  return observed.vendor ? AddedArguments(*observed.vendor, TextsOf(target.options), target.endpoint)
                         : std::vector<std::string>();
}

std::vector<DockerOption> VendorOptions(const Observation& observed) {
  std::vector<DockerOption> options;
  if (!observed.vendor) return options;
  const auto& args = observed.vendor->args;
  for (std::size_t i = 1; i < args.size(); ++i) options.push_back({args[i].arg, Quoted(args[i].origin)});
  return options;
}

bool IsVendorLineNew(const Observation& observed) {
  if (!observed.vendor || observed.running.empty()) return false;
  const auto& args = observed.vendor->args;
  const auto is_same = [](const ArgWithOrigin& arg, const std::string& running) {
    return arg.arg == running;
  };
  return args.size() > observed.running.size() ||
         !std::equal(args.begin(), args.end(), observed.running.begin(), is_same);
}

std::string WantedDropIn(const EngineTarget& target, const Observation& observed) {
  const auto added = AddedArguments(target, observed);
  return added.empty() ? std::string() : RenderDropIn(observed.vendor->line, added);
}

bool HasDropIn(const EngineTarget& target, const Observation& observed) {
  const std::string wanted = WantedDropIn(target, observed);
  if (observed.drop_in != wanted || !observed.drop_in_intact || observed.unit.needs_reload) return false;
  if (wanted.empty()) return !EndpointOf(observed.unit.exec_start);
  return EndsWith(ResolveVariables(observed.unit.exec_start), AddedArguments(target, observed));
}

bool RunsTarget(const EngineTarget& target, const Observation& observed) {
  if (!IsReady(observed.unit)) return false;
  if (!EndsWith(observed.running, AddedArguments(target, observed))) return false;
  if (!target.endpoint && RunningEndpoint(observed)) return false;
  return !HasRemovedOptions(target, observed);
}

bool RunsAskedVersion(const EngineTarget& target, const Observation& observed) {
  const std::string_view wanted = EngineVersionOf(target.source.version);
  return wanted.empty() || (observed.version && IsVersion(*observed.version, wanted));
}

bool IsOlderThanDropIn(const Observation& observed) {
  return !observed.drop_in.empty() && IsNewerThanEngine(observed, observed.drop_in_modified);
}

std::optional<bool> LiveRestoreFlag(const EngineTarget& target, const Observation& observed) {
  const auto value = FlagValue(target, observed, "live-restore");
  return value ? std::optional(IsTrue(*value)) : std::nullopt;
}

std::string DataRoot(const EngineTarget& target, const Observation& observed, const DaemonJson& daemon_json) {
  const auto flag = FlagValue(target, observed, "data-root");
  if (flag) return *flag;
  return daemon_json.data_root.empty() ? "/var/lib/docker" : daemon_json.data_root;
}

}  // namespace dockerext
