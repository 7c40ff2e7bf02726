// SPDX-License-Identifier: MIT
#include "tests/harness/play.hpp"

#include "tests/contract/files.hpp"
#include "tests/contract/unpack.hpp"
#include "tests/contract/versions.hpp"
#include "tests/harness/handler_folder.hpp"

namespace dockerext::harness {
namespace {

// Another version that is there makes this an update, which has an order of its own.
Status RefuseUpdate(const contract::Layout& layout) {
  const auto installed = contract::InstalledVersion(layout.lib(), layout.id().name);
  if (!installed) return {};
  return Error{Code::kInvalidSettings, installed->name + " " + installed->version +
                                           " is installed: say update instead of run to go to version " +
                                           layout.id().version};
}

}  // namespace

Result<Ending> Play::Fail(const CallFailure& failure, const contract::HandlerReport& report,
                          const std::string& consequence) {
  TRY(contract::WriteHandlerReport(layout_, report));
  return Ending{failure.verdict, failure.what + consequence};
}

// A ZIP that cannot be read takes the folder with it, as in the agent.
Status Play::Unpack(const std::string& zip) {
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

Result<Delivery> Play::Deliver(const Settings& settings) {
  TRY_LET(const Delivery delivery, DeliverSettings(layout_, settings));
  reporter_.Event("settings", "delivered", "sequence number " + std::to_string(delivery.sequence));
  return delivery;
}

Result<Ending> Play::JudgeFailedEnable(const CallFailure& failure, const Delivery& delivery) {
  if (!delivery.has_settings) return Fail(failure, failure.report, "");
  const contract::StatusReading reading = ReadAsAgent(layout_.StatusFile(delivery.sequence), pace_);
  return Fail(
      failure, failure.report,
      reading.standing == contract::Standing::kAbsent
          ? " and wrote no status file: the agent would report transitioning, and Azure would wait 90 "
            "minutes before it fails the extension"
          : "; the agent reports the status file: " + Describe(reading));
}

Result<Ending> Play::CallEnable(const Delivery& delivery, const contract::Told& told) {
  TRY_LET(const auto failure, calls_.Call(layout_, contract::kEnableCommand, told));
  if (failure) return JudgeFailedEnable(*failure, delivery);
  TRY(contract::WriteHandlerState(layout_, contract::HandlerState::kEnabled));
  TRY(contract::WriteHandlerReport(layout_, {true, 0, "Plugin enabled"}));
  if (delivery.has_settings) return FollowStatus(layout_.StatusFile(delivery.sequence), pace_, reporter_);
  return Ending{Verdict::kSuccess, "enabled; without settings the agent reads no status file"};
}

Result<std::optional<CallFailure>> Play::CallInstall(const contract::Told& told) {
  TRY_LET(std::optional<CallFailure> failure, calls_.Call(layout_, contract::kInstallCommand, told));
  if (failure) return failure;
  TRY(contract::WriteHandlerState(layout_, contract::HandlerState::kInstalled));
  TRY(contract::WriteHandlerReport(layout_, {false, 0, "Plugin installed but not enabled"}));
  return failure;
}

Result<Ending> Play::Install(const std::string& zip, const Settings& settings) {
  TRY(RefuseUpdate(layout_));
  TRY(Unpack(zip));
  TRY_LET(const Delivery delivery, Deliver(settings));
  const contract::Told told{.sequence = delivery.sequence};
  TRY_LET(const auto failure, CallInstall(told));
  if (failure) return Fail(*failure, failure->report, "");
  return CallEnable(delivery, told);
}

Result<Ending> Play::Run(const std::string& zip, const Settings& settings) {
  if (contract::IsInstalled(contract::ReadHandlerState(layout_))) return Enable(settings);
  return Install(zip, settings);
}

Result<Ending> Play::Enable(const Settings& settings) {
  if (!contract::IsInstalled(contract::ReadHandlerState(layout_))) {
    return Error{Code::kInvalidSettings, layout_.id().name + " is not installed: run it first"};
  }
  TRY_LET(const Delivery delivery, Deliver(settings));
  return CallEnable(delivery, {.sequence = delivery.sequence});
}

Result<std::optional<CallFailure>> Play::CallDisable(const contract::Layout& version,
                                                     const contract::Told& told) {
  TRY_LET(std::optional<CallFailure> failure, calls_.Call(version, contract::kDisableCommand, told));
  if (failure) return failure;
  TRY(contract::WriteHandlerState(version, contract::HandlerState::kInstalled));
  TRY(contract::WriteHandlerReport(version, {false, 0, "Plugin disabled"}));
  return failure;
}

Result<Ending> Play::Disable() {
  if (contract::ReadHandlerState(layout_) != contract::HandlerState::kEnabled) {
    return Ending{Verdict::kSuccess, "not enabled: the agent calls nothing"};
  }
  TRY_LET(const auto failure, CallDisable(layout_, ToldNow()));
  if (failure) return Fail(*failure, failure->report, "");
  return Ending{Verdict::kSuccess, "disabled"};
}

Status Play::RemoveFolder(const contract::Layout& version) {
  if (folders_ == Folders::kKept) {
    TRY_LET(const std::string place, KeepAside(version));
    reporter_.Event("remove", "kept", place);
    return {};
  }
  TRY(contract::RemoveTree(version.Base()));
  reporter_.Event("remove", "done", version.Base());
  return {};
}

// A name that has left the goal state loses every folder that it has, without any call.
Status Play::RemoveOtherVersions() {
  for (const contract::HandlerId& id : contract::HandlersIn(layout_.lib())) {
    if (id.name == layout_.id().name) TRY(RemoveFolder(contract::Layout(layout_.lib(), "", id)));
  }
  return {};
}

Result<Ending> Play::Uninstall() {
  if (!contract::Exists(layout_.Base())) return Ending{Verdict::kSuccess, "it is not there"};
  const contract::HandlerState state = contract::ReadHandlerState(layout_);
  const contract::Told told = ToldNow();
  if (state == contract::HandlerState::kEnabled) {
    TRY_LET(const auto failure, CallDisable(layout_, told));
    if (failure) return Fail(*failure, failure->report, ", which blocks uninstall: nothing was removed");
  }
  std::string note = "uninstalled";
  if (state != contract::HandlerState::kNotInstalled) {
    TRY_LET(const auto failure, calls_.Call(layout_, contract::kUninstallCommand, told));
    if (failure) note += ", though " + failure->what + ": the agent only logs that";
  }
  TRY(RemoveFolder(layout_));
  TRY(RemoveOtherVersions());
  return Ending{Verdict::kSuccess, note};
}

}  // namespace dockerext::harness
