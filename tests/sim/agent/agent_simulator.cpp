// SPDX-License-Identifier: MIT
#include "tests/sim/agent/agent_simulator.hpp"

#include "tests/sim/agent/handler_folder.hpp"
#include "tests/sim/contract/files.hpp"
#include "tests/sim/contract/unpack.hpp"
#include "tests/sim/contract/versions.hpp"

namespace dockerext::agent_simulator {
namespace {

// With another version installed this would be an update, which calls other commands.
Status RejectUpdate(const contract::Layout& layout) {
  const auto installed = contract::InstalledVersion(layout.lib(), layout.id().name);
  if (!installed) return {};
  return Error{Code::kInvalidSettings, installed->name + " " + installed->version +
                                           " is installed; use update instead of run to change to version " +
                                           layout.id().version};
}

}  // namespace

Result<Outcome> AgentSimulator::Fail(const CallFailure& failure, const contract::HandlerReport& report,
                                     const std::string& consequence) {
  TRY(contract::WriteHandlerReport(layout_, report));
  return Outcome{failure.harness_exit_code, failure.what + consequence};
}

// The agent removes the folder when the ZIP cannot be read.
Status AgentSimulator::Unpack(const std::string& zip) {
  TRY(MakeHandlerFolder(layout_));
  const auto files = contract::UnpackOver(zip, layout_.Base());
  if (!files.ok()) {
    TRY(contract::RemoveTree(layout_.Base()));
    return files.error();
  }
  TRY(InitialiseHandler(layout_));
  reporter_.Event("unpack", "done", std::to_string(*files) + " files in " + layout_.Base());
  return {};
}

Result<DeliveredSettings> AgentSimulator::Deliver(const Settings& settings) {
  TRY_LET(const DeliveredSettings delivered, DeliverSettings(layout_, settings));
  reporter_.Event("settings", "delivered", "sequence number " + std::to_string(delivered.sequence));
  return delivered;
}

Result<Outcome> AgentSimulator::ClassifyFailedEnable(const CallFailure& failure,
                                                     const DeliveredSettings& delivered) {
  if (!delivered.has_settings) return Fail(failure, failure.report, "");
  const contract::StatusReading reading = ReadAsAgent(layout_.StatusFile(delivered.sequence), pace_);
  return Fail(
      failure, failure.report,
      reading.kind == contract::StatusKind::kAbsent
          ? " and wrote no status file: the agent would report transitioning, and Azure would wait 90 "
            "minutes before the extension fails"
          : "; the agent reports the status file: " + Describe(reading));
}

Result<Outcome> AgentSimulator::CallEnable(const DeliveredSettings& delivered,
                                           const contract::CallContext& call) {
  TRY_LET(const auto failure, calls_.Call(layout_, contract::kEnableCommand, call));
  if (failure) return ClassifyFailedEnable(*failure, delivered);
  TRY(contract::WriteHandlerState(layout_, contract::HandlerState::kEnabled));
  TRY(contract::WriteHandlerReport(layout_, {true, 0, "Plugin enabled"}));
  if (delivered.has_settings) return FollowStatus(layout_.StatusFile(delivered.sequence), pace_, reporter_);
  return Outcome{ExitCode::kSuccess, "enabled; without settings the agent reads no status file"};
}

Result<std::optional<CallFailure>> AgentSimulator::CallInstall(const contract::CallContext& call) {
  TRY_LET(std::optional<CallFailure> failure, calls_.Call(layout_, contract::kInstallCommand, call));
  if (failure) return failure;
  TRY(contract::WriteHandlerState(layout_, contract::HandlerState::kInstalled));
  TRY(contract::WriteHandlerReport(layout_, {false, 0, "Plugin installed but not enabled"}));
  return failure;
}

Result<Outcome> AgentSimulator::Install(const std::string& zip, const Settings& settings) {
  TRY(RejectUpdate(layout_));
  TRY(Unpack(zip));
  TRY_LET(const DeliveredSettings delivered, Deliver(settings));
  const contract::CallContext call{.sequence = delivered.sequence};
  TRY_LET(const auto failure, CallInstall(call));
  if (failure) return Fail(*failure, failure->report, "");
  return CallEnable(delivered, call);
}

Result<Outcome> AgentSimulator::Run(const std::string& zip, const Settings& settings) {
  if (contract::IsInstalled(contract::ReadHandlerState(layout_))) return Enable(settings);
  return Install(zip, settings);
}

Result<Outcome> AgentSimulator::Enable(const Settings& settings) {
  if (!contract::IsInstalled(contract::ReadHandlerState(layout_))) {
    return Error{Code::kInvalidSettings, layout_.id().name + " is not installed; install it with run"};
  }
  TRY_LET(const DeliveredSettings delivered, Deliver(settings));
  return CallEnable(delivered, {.sequence = delivered.sequence});
}

Result<std::optional<CallFailure>> AgentSimulator::CallDisable(const contract::Layout& version,
                                                               const contract::CallContext& call) {
  TRY_LET(std::optional<CallFailure> failure, calls_.Call(version, contract::kDisableCommand, call));
  if (failure) return failure;
  TRY(contract::WriteHandlerState(version, contract::HandlerState::kInstalled));
  TRY(contract::WriteHandlerReport(version, {false, 0, "Plugin disabled"}));
  return failure;
}

Result<Outcome> AgentSimulator::Disable() {
  if (contract::ReadHandlerState(layout_) != contract::HandlerState::kEnabled) {
    return Outcome{ExitCode::kSuccess, "not enabled: the agent calls no command"};
  }
  TRY_LET(const auto failure, CallDisable(layout_, CurrentCallContext()));
  if (failure) return Fail(*failure, failure->report, "");
  return Outcome{ExitCode::kSuccess, "disabled"};
}

Status AgentSimulator::RemoveFolder(const contract::Layout& version) {
  if (folders_ == Folders::kKept) {
    TRY_LET(const std::string destination, MoveAside(version));
    reporter_.Event("remove", "kept", destination);
    return {};
  }
  TRY(contract::RemoveTree(version.Base()));
  reporter_.Event("remove", "done", version.Base());
  return {};
}

// The agent removes every folder of a handler that left the goal state, without calling a command.
Status AgentSimulator::RemoveOtherVersions() {
  for (const contract::HandlerId& id : contract::HandlersIn(layout_.lib())) {
    if (id.name == layout_.id().name) TRY(RemoveFolder(contract::Layout(layout_.lib(), "", id)));
  }
  return {};
}

Result<Outcome> AgentSimulator::Uninstall() {
  if (!contract::Exists(layout_.Base()))
    return Outcome{ExitCode::kSuccess, "not present: nothing to uninstall"};
  const contract::HandlerState state = contract::ReadHandlerState(layout_);
  const contract::CallContext call = CurrentCallContext();
  if (state == contract::HandlerState::kEnabled) {
    TRY_LET(const auto failure, CallDisable(layout_, call));
    if (failure) return Fail(*failure, failure->report, ", which blocks uninstall: nothing was removed");
  }
  std::string summary = "uninstalled";
  if (state != contract::HandlerState::kNotInstalled) {
    TRY_LET(const auto failure, calls_.Call(layout_, contract::kUninstallCommand, call));
    if (failure) summary += "; " + failure->what + ": the agent only logs that";
  }
  TRY(RemoveFolder(layout_));
  TRY(RemoveOtherVersions());
  return Outcome{ExitCode::kSuccess, summary};
}

}  // namespace dockerext::agent_simulator
