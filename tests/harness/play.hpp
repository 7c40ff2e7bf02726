// SPDX-License-Identifier: MIT
// Plays the agent on this machine for one handler: each function is what the agent does for one goal state,
// and says how it ended. An error is the harness's own: a ZIP or a folder it cannot use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "handler/base/result.hpp"
#include "tests/contract/layout.hpp"
#include "tests/contract/manifest.hpp"
#include "tests/harness/agent_call.hpp"
#include "tests/harness/follow.hpp"
#include "tests/harness/reporter.hpp"
#include "tests/harness/settings_file.hpp"

namespace dockerext::harness {

enum class Folders { kRemoved, kKept };  // what becomes of a handler's folder when the agent is done with it

class Play {
 public:
  // `layout` is the version that the goal state names.
  Play(contract::Layout layout, Pace pace, AgentCalls calls, Folders folders, Reporter& reporter)
      : layout_(std::move(layout)),
        pace_(pace),
        calls_(std::move(calls)),
        folders_(folders),
        reporter_(reporter) {}

  // Installs unless HandlerState says that it is, then enables and follows the status.
  Result<Ending> Run(const std::string& zip, const Settings& settings);

  Result<Ending> Enable(const Settings& settings);
  Result<Ending> Disable();

  // A failing disable blocks it; a failing uninstall does not.
  Result<Ending> Uninstall();

  // From the installed version to the goal state's, upwards or downwards.
  Result<Ending> Update(const contract::Layout& old, const std::string& zip, const Settings& settings);

 private:
  Status Unpack(const std::string& zip);
  Result<Delivery> Deliver(const Settings& settings);
  Result<Ending> Install(const std::string& zip, const Settings& settings);
  // Calls the goal state's install, and writes down what came of it.
  Result<std::optional<CallFailure>> CallInstall(const contract::Told& told);
  Result<Ending> CallEnable(const Delivery& delivery, const contract::Told& told);
  Result<Ending> JudgeFailedEnable(const CallFailure& failure, const Delivery& delivery);
  Result<std::optional<CallFailure>> CallDisable(const contract::Layout& version, const contract::Told& told);

  // An old version's command in an update: its exit code as later commands are told, or the update's end.
  using OldCall = std::variant<std::string, Ending>;
  Result<OldCall> JudgeOldCall(const std::optional<CallFailure>& failure, const std::string& consequence);
  Result<OldCall> DisableOld(const contract::Layout& old, const contract::Told& told);
  Result<std::optional<Ending>> CallUpdate(const contract::Layout& old, contract::Told told);
  Result<Ending> InstallNew(const Delivery& delivery, const contract::Told& told);

  Result<Ending> Fail(const CallFailure& failure, const contract::HandlerReport& report,
                      const std::string& consequence);
  contract::Told ToldNow() const { return {.sequence = LastSequence(layout_).value_or(0)}; }
  Status RemoveFolder(const contract::Layout& version);
  Status RemoveOtherVersions();

  contract::Layout layout_;
  Pace pace_;
  AgentCalls calls_;
  Folders folders_;
  Reporter& reporter_;
};

}  // namespace dockerext::harness
