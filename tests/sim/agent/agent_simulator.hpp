// SPDX-License-Identifier: MIT
// Plays the agent on this machine for one handler: each function is what the agent does for one goal state,
// and says how it ended. An error is the harness's own: a ZIP or a folder it cannot use.
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

enum class Folders { kRemoved, kKept };  // what becomes of a handler's folder when the agent is done with it

class AgentSimulator {
 public:
  // `layout` is the version that the goal state names.
  AgentSimulator(contract::Layout layout, Pace pace, AgentCalls calls, Folders folders, Reporter& reporter)
      : layout_(std::move(layout)),
        pace_(pace),
        calls_(std::move(calls)),
        folders_(folders),
        reporter_(reporter) {}

  // Installs unless HandlerState says that it is, then enables and follows the status.
  Result<Outcome> Run(const std::string& zip, const Settings& settings);

  Result<Outcome> Enable(const Settings& settings);
  Result<Outcome> Disable();

  // A failing disable blocks it; a failing uninstall does not.
  Result<Outcome> Uninstall();

  // From the installed version to the goal state's, upwards or downwards.
  Result<Outcome> Update(const contract::Layout& old, const std::string& zip, const Settings& settings);

 private:
  Status Unpack(const std::string& zip);
  Result<DeliveredSettings> Deliver(const Settings& settings);
  Result<Outcome> Install(const std::string& zip, const Settings& settings);
  // Calls the goal state's install, and writes down what came of it.
  Result<std::optional<CallFailure>> CallInstall(const contract::CallContext& call);
  Result<Outcome> CallEnable(const DeliveredSettings& delivered, const contract::CallContext& call);
  Result<Outcome> ClassifyFailedEnable(const CallFailure& failure, const DeliveredSettings& delivered);
  Result<std::optional<CallFailure>> CallDisable(const contract::Layout& version,
                                                 const contract::CallContext& call);

  // An old version's command in an update: its exit code as later commands are told, or the update's end.
  using OldCall = std::variant<std::string, Outcome>;
  Result<OldCall> ClassifyOldCall(const std::optional<CallFailure>& failure, const std::string& consequence);
  Result<OldCall> DisableOld(const contract::Layout& old, const contract::CallContext& call);
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
