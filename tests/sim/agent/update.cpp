// SPDX-License-Identifier: MIT
// AgentSimulator's updates. The agent does not roll back: the next goal state continues from what a failing
// step left.
#include "handler/base/text.hpp"
#include "tests/sim/agent/agent_simulator.hpp"
#include "tests/sim/agent/handler_folder.hpp"
#include "tests/sim/contract/files.hpp"
#include "tests/sim/contract/versions.hpp"

namespace dockerext::agent_simulator {
namespace {

constexpr int kUpdateFailed = 1008;

Result<bool> IsUpgrade(const std::string& from, const std::string& to) {
  TRY_LET(const std::strong_ordering order, contract::CompareVersions(to, from));
  if (order != 0) return order > 0;
  return Error{
      Code::kInvalidSettings,
      "version " + to +
          " is already installed; use `handler-harness enable` to repeat it, or update to another version"};
}

std::string ExplainStop(const CallFailure& failure) {
  return failure.is_extension_error
             ? " and continueOnUpdateFailure is not set in the new HandlerManifest.json"
             : ", which stops the update whatever continueOnUpdateFailure is";
}

}  // namespace

// The new manifest decides whether an old command's failure is tolerated.
Result<AgentSimulator::OldVersionResult> AgentSimulator::ClassifyOldVersionResult(
    const std::optional<CallFailure>& failure, const std::string& consequence) {
  if (!failure) return OldVersionResult("0");
  const bool tolerated =
      failure->is_extension_error && contract::ContinuesOnUpdateFailure(layout_.ManifestFile());
  if (tolerated) {
    reporter_.Event("update", "continues", failure->what + ", which continueOnUpdateFailure tolerates");
    reporter_.Detail(failure->report.message);
    return OldVersionResult(std::to_string(failure->exit_code));
  }
  contract::HandlerReport report = failure->report;
  if (failure->is_extension_error) {
    report = {false, kUpdateFailed,
              "[ExtensionUpdateError] " + failure->report.message + "; ContinueOnUpdate: False"};
  }
  TRY_LET(Outcome outcome, Fail(*failure, report, ExplainStop(*failure) + ": " + consequence));
  return OldVersionResult(std::move(outcome));
}

Result<AgentSimulator::OldVersionResult> AgentSimulator::DisableOld(const contract::Layout& old,
                                                                    const contract::CallContext& call) {
  if (contract::ReadHandlerState(old) != contract::HandlerState::kEnabled)
    return OldVersionResult("None");  // Python's None, as the agent passes it
  TRY_LET(const auto failure, CallDisable(old, call));
  return ClassifyOldVersionResult(
      failure, old.id().version + " stays enabled; `handler-harness update` repeats all steps");
}

// An upgrade calls the new version's update; a downgrade the old version's, with the target in both
// variables.
Result<std::optional<Outcome>> AgentSimulator::CallUpdate(const contract::Layout& old,
                                                          contract::CallContext call) {
  const std::string& target = layout_.id().version;
  TRY_LET(const bool upgrade, IsUpgrade(old.id().version, target));
  const contract::Layout& updater = upgrade ? layout_ : old;
  call.target = target;
  call.updating_from = upgrade ? old.id().version : target;
  TRY_LET(const auto failure, calls_.Call(updater, contract::kUpdateCommand, call));
  if (!failure) return std::optional<Outcome>();
  if (failure->is_extension_error)
    TRY(contract::WriteHandlerState(updater, contract::HandlerState::kFailedUpgrade));
  const std::string consequence =
      upgrade
          ? old.id().version +
                " is still installed, but disabled; `handler-harness update` repeats the update, "
                "`handler-harness enable` returns to "
                "the old version"
          : "the agent counts " + old.id().version +
                " as not installed and leaves its folder; `handler-harness run` installs " + target + " anew";
  TRY_LET(Outcome outcome, Fail(*failure, failure->report, ": " + consequence));
  return std::optional(std::move(outcome));
}

Result<Outcome> AgentSimulator::InstallNew(const DeliveredSettings& delivered,
                                           const contract::CallContext& call) {
  if (contract::IsUpdateWithInstall(layout_.ManifestFile())) {
    TRY_LET(const auto failure, CallInstall(call));
    if (failure) {
      return Fail(*failure, failure->report,
                  ", and the old version is removed; `handler-harness run` installs the new one again");
    }
  }
  TRY(contract::WriteHandlerState(layout_, contract::HandlerState::kInstalled));
  return CallEnable(delivered, call);
}

Result<Outcome> AgentSimulator::Update(const contract::Layout& old, const std::string& zip,
                                       const Settings& settings) {
  TRY_LET(const bool upgrade, IsUpgrade(old.id().version, layout_.id().version));
  reporter_.Event("update", upgrade ? "upgrade" : "downgrade",
                  old.id().version + " -> " + layout_.id().version);
  TRY(Unpack(zip));
  TRY_LET(const DeliveredSettings delivered, Deliver(settings));
  contract::CallContext call{.sequence = delivered.sequence};
  TRY_LET(OldVersionResult disabled, DisableOld(old, call));
  if (auto* outcome = std::get_if<Outcome>(&disabled)) return std::move(*outcome);
  call.disable_code = std::get<std::string>(disabled);
  TRY(CarryOver(old, layout_));
  TRY_LET(std::optional<Outcome> stopped, CallUpdate(old, call));
  if (stopped) return *std::move(stopped);
  TRY_LET(const auto failure, calls_.Call(old, contract::kUninstallCommand, call));
  TRY_LET(OldVersionResult removed,
          ClassifyOldVersionResult(
              failure, "the folders of both versions stay; `handler-harness update` repeats the update"));
  if (auto* outcome = std::get_if<Outcome>(&removed)) return std::move(*outcome);
  call.uninstall_code = std::get<std::string>(removed);
  TRY(RemoveFolder(old));
  return InstallNew(delivered, call);
}

}  // namespace dockerext::agent_simulator
