// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "handler/base/text.hpp"
#include "handler/docker/flags.hpp"
#include "handler/docker/unit_file.hpp"
#include "handler/engine/decisions.hpp"
#include "handler/engine/live_restore.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

constexpr std::array kManagedKeys =
    std::to_array<std::string_view>({"hosts", "tls", "tlsverify", "tlscacert", "tlscert", "tlskey"});

constexpr const char* kListenerRemedy =
    "; remove it, or set publicSettings.installonly to leave the daemon as it is";
constexpr std::chrono::seconds kProbeBudget{2};

using Conflicts = std::vector<std::string>;

bool Contains(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::string OptionName(const std::string& option) { return option.substr(0, option.find('=')); }

void AddDaemonJsonConflicts(const EngineContext& context, const DaemonJson& daemon_json,
                            Conflicts& conflicts) {
  const std::string path = Quoted(context.observed.daemon_json.path);
  for (const std::string_view key : kManagedKeys) {
    if (!Contains(daemon_json.keys, key)) continue;
    conflicts.push_back(path + " sets " + std::string(key) +
                        ", which the extension sets on dockerd's command line" + kListenerRemedy);
  }
  for (const std::string& option : context.target.options) {
    const std::string key = KeyOfOption(option);
    // The extension's own key gives way to the option.
    const bool is_ours = key == "live-restore" && context.observed.ledger.live_restore;
    if (key.empty() || is_ours || !Contains(daemon_json.keys, key)) continue;
    conflicts.push_back("publicSettings.docker.options has " + OptionName(option) + ", and " + path +
                        " sets " + key + " too, so dockerd would not start; keep one of them");
  }
}

// An option that may be repeated has a plural key in daemon.json.
bool IsRepeatable(const std::string& option) { return "--" + KeyOfOption(option) != OptionName(option); }

// TCP listeners and options that docker.service has without the extension.
void AddCommandLineConflicts(const EngineContext& context, Conflicts& conflicts) {
  for (const Flag& flag : ParseFlags(context.observed.vendor->args)) {
    if (flag.name == "host" && IsTcpHost(flag.value))
      conflicts.push_back(Quoted(flag.origin) + " makes dockerd listen on " + flag.value + kListenerRemedy);
    if (flag.name.starts_with("tls")) {
      conflicts.push_back(Quoted(flag.origin) + " passes --" + flag.name +
                          " to dockerd, an option that the extension sets" + kListenerRemedy);
    }
    for (const std::string& option : context.target.options) {
      if (IsRepeatable(option) || OptionName(option) != "--" + flag.name) continue;
      conflicts.push_back("publicSettings.docker.options has " + OptionName(option) + ", which " +
                          Quoted(flag.origin) + " sets too; keep one of them");
    }
  }
}

// Only a drop-in that sorts after the extension's and sets ExecStart is a conflict; http-proxy.conf and the
// like are not.
void AddDropInConflicts(const Observation& observed, Conflicts& conflicts) {
  for (const UnitText& file : observed.vendor_files) {
    if (!file.path.ends_with(".conf") || NameOf(file.path) <= kDropInName) continue;
    if (!EffectiveExecStart({file.text})) continue;
    conflicts.push_back(Quoted(file.path) + " sets ExecStart after the extension's " + DropInPath() +
                        "; rename it so that it sorts before " + std::string(kDropInName));
  }
}

// A socket unit that nothing starts opens nothing.
bool MayListen(const TriggerUnit& trigger) {
  return trigger.name == kSocketUnit || IsRunning(trigger.facts) ||
         trigger.facts.unit_file_state == "enabled";
}

bool IsTcpAddress(const std::string& address) {
  return !address.starts_with('/') && !address.starts_with('@') && !address.starts_with("vsock:");
}

void AddSocketConflicts(const Observation& observed, Conflicts& conflicts) {
  for (const TriggerUnit& trigger : observed.triggers) {
    for (const std::string& address : trigger.facts.listens) {
      if (!MayListen(trigger) || !IsTcpAddress(address)) continue;
      std::string files = Quoted(trigger.facts.fragment_path);
      for (const std::string& drop_in : trigger.facts.drop_in_paths) files += " or " + Quoted(drop_in);
      conflicts.push_back(files + " makes " + trigger.name + " listen on " + address + kListenerRemedy);
    }
  }
}

std::string NameOf(const Listener& listener) {
  const bool is_ipv6 = listener.address.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + listener.address + "]" : listener.address) + ":" + std::to_string(listener.port);
}

bool Mentions(const Conflicts& conflicts, std::uint16_t port) {
  const std::string text = ":" + std::to_string(port) + ";";
  return std::ranges::any_of(
      conflicts, [&](const std::string& conflict) { return conflict.find(text) != std::string::npos; });
}

// What the running engine listens on, whatever made it: each port that is not the extension's is asked.
Status AddListenerConflicts(EngineContext& context, Conflicts& conflicts) {
  context.listener_warnings.clear();
  const Conflicts named = conflicts;
  const auto own = RunningEndpoint(context.observed);
  for (const Listener& listener : context.observed.listeners) {
    if (own && own->port == listener.port) continue;
    TRY_LET(const bool is_api, context.system.endpoint.ServesEngineApi(listener, kProbeBudget));
    if (!is_api) {
      context.listener_warnings.push_back(
          "dockerd also listens on " + NameOf(listener) +
          ", which the extension did not open (not the Engine API; Swarm or metrics, for example)");
    } else if (!Mentions(named, listener.port)) {
      conflicts.push_back("dockerd serves its API on " + NameOf(listener) +
                          ", which the extension did not open (`ss -ltnp` and `systemctl cat docker.service "
                          "docker.socket` show more)" +
                          kListenerRemedy);
    }
  }
  return {};
}

}  // namespace

Status FindConflicts(EngineContext& context) {
  if (context.target.leave_engine_alone) return {};
  Conflicts conflicts;
  TRY_LET(const DaemonJson daemon_json, ReadDaemonJson(context.system, context.observed));
  AddDaemonJsonConflicts(context, daemon_json, conflicts);
  if (context.observed.vendor) {
    AddCommandLineConflicts(context, conflicts);
    AddDropInConflicts(context.observed, conflicts);
    AddSocketConflicts(context.observed, conflicts);
    TRY(AddListenerConflicts(context, conflicts));
  }
  if (conflicts.empty()) return {};
  return Error{Code::kInvalidSettings, Join(conflicts, "; ")};
}

// Checked again after enable's own check, because installing Docker may have added a conflict. Also checked
// when everything else is converged: a listener without TLS that was added since must not be a success.
Step CheckConflicts(EngineContext& context) {
  return {.name = "conflicts",
          .done = [&context]() -> Result<bool> {
            TRY(FindConflicts(context));
            return true;
          },
          .apply = [] { return Result<std::string>(std::string()); }};
}

}  // namespace dockerext
