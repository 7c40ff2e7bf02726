// SPDX-License-Identifier: MIT
// Simulates the agent on this machine for one handler: each function does what the agent does for one goal
// state and returns the outcome. An Error is the harness's own failure: a ZIP or a folder that it cannot use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "handler/base/result.hpp"
#include "tests/sim/agent/agent_call.hpp"
#include "tests/sim/agent/follow.hpp"
#include "tests/sim/agent/reporter.hpp"
#include "tests/sim/agent/settings_file.hpp"
#include "tests/sim/contract/layout.hpp"
#include "tests/sim/contract/manifest.hpp"

namespace dockerext::agent_simulator {

enum class Folders { kRemoved, kKept };  // what happens to a handler's folder that the agent removes

class AgentSimulator {
 public:
  // `layout` is the version in the goal state.
  AgentSimulator(contract::Layout layout, Pace pace, AgentCalls calls, Folders folders, Reporter& reporter)
      : layout_(std::move(layout)),
        pace_(pace),
        calls_(std::move(calls)),
        folders_(folders),
        reporter_(reporter) {}

  // Installs unless HandlerState is Installed or Enabled; then enables and follows the status.
  Result<Outcome> Run(const std::string& zip, const Settings& settings);

  Result<Outcome> Enable(const Settings& settings);
  Result<Outcome> Disable();

  // A failing disable blocks the removal; a failing uninstall does not.
  Result<Outcome> Uninstall();

  // Upgrades or downgrades from the installed version to that of the goal state.
  Result<Outcome> Update(const contract::Layout& old, const std::string& zip, const Settings& settings);

 private:
  Status Unpack(const std::string& zip);
  Result<DeliveredSettings> Deliver(const Settings& settings);
  Result<Outcome> Install(const std::string& zip, const Settings& settings);
  // Calls install of the goal state's version and writes state and report.
  Result<std::optional<CallFailure>> CallInstall(const contract::CallContext& call);
  Result<Outcome> CallEnable(const DeliveredSettings& delivered, const contract::CallContext& call);
  Result<Outcome> ClassifyFailedEnable(const CallFailure& failure, const DeliveredSettings& delivered);
  Result<std::optional<CallFailure>> CallDisable(const contract::Layout& version,
                                                 const contract::CallContext& call);

  // An old version's command in an update: its exit code as passed to later commands, or the update's
  // outcome.
  using OldVersionResult = std::variant<std::string, Outcome>;
  Result<OldVersionResult> ClassifyOldVersionResult(const std::optional<CallFailure>& failure,
                                                    const std::string& consequence);
  Result<OldVersionResult> DisableOld(const contract::Layout& old, const contract::CallContext& call);
  Result<std::optional<Outcome>> CallUpdate(const contract::Layout& old, contract::CallContext call);
  Result<Outcome> InstallNew(const DeliveredSettings& delivered, const contract::CallContext& call);

  Result<Outcome> Fail(const CallFailure& failure, const contract::HandlerReport& report,
                       const std::string& consequence);
  contract::CallContext CurrentCallContext() const { return {.sequence = LastSequence(layout_).value_or(0)}; }
  Status RemoveFolder(const contract::Layout& version);
  Status RemoveOtherVersions();

  contract::Layout layout_;
  Pace pace_;
  AgentCalls calls_;
  Folders folders_;
  Reporter& reporter_;
};

}  // namespace dockerext::agent_simulator
