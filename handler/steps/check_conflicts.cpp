// SPDX-License-Identifier: MIT
#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/docker/conflicts.hpp"
#include "handler/engine/live_restore.hpp"
#include "handler/errors/conflicts.hpp"
#include "handler/settings/dockerd_flags.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kProbeBudget{2};

using Conflicts = std::vector<Error>;

void Append(Conflicts& conflicts, const Conflicts& more) {
  conflicts.insert(conflicts.end(), more.begin(), more.end());
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
      conflicts.push_back(MakeError<errors::kSocketListens>(files, trigger.name, address));
    }
  }
}

std::string NameOf(const Listener& listener) {
  const bool is_ipv6 = listener.address.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + listener.address + "]" : listener.address) + ":" + std::to_string(listener.port);
}

// Options that the extension does not know, any of which may listen: ", perhaps by ...".
std::string SuspectsOf(const std::vector<DockerOption>& options) {
  std::vector<std::string> suspects;
  for (const DockerOption& option : options) {
    const std::string flag = option.text.substr(0, option.text.find('='));
    if (FindFlag(flag.substr(2)) == nullptr) suspects.push_back(option.at + " (" + flag + ")");
  }
  return suspects.empty() ? std::string() : ", perhaps by " + Join(suspects, " or ");
}

bool Mentions(const Conflicts& conflicts, std::uint16_t port) {
  const std::string text = ":" + std::to_string(port) + ";";
  return std::ranges::any_of(
      conflicts, [&](const Error& conflict) { return conflict.Message().find(text) != std::string::npos; });
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
      conflicts.push_back(
          MakeError<errors::kApiListener>(NameOf(listener), SuspectsOf(context.target.options)));
    }
  }
  return {};
}

}  // namespace

Status FindConflicts(EngineContext& context) {
  if (context.target.leave_engine_alone) return {};
  Conflicts conflicts;
  TRY_LET(const DaemonJson daemon_json, ReadDaemonJson(context.system, context.observed));
  const Observation& observed = context.observed;
  const auto& options = context.target.options;
  Append(conflicts, ConflictsOf(daemon_json, observed.daemon_json.path, options,
                                observed.ledger.live_restore.has_value()));
  if (observed.vendor) {
    Append(conflicts, ConflictsOf(observed.vendor->args, options));
    Append(conflicts, ConflictsOf(observed.vendor_files));
    AddSocketConflicts(observed, conflicts);
    TRY(AddListenerConflicts(context, conflicts));
  }
  if (conflicts.empty()) return {};
  return Joined(conflicts);
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
