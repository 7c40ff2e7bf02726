// SPDX-License-Identifier: MIT
#include "tests/harness/play.hpp"

#include <chrono>
#include <sstream>

#include "handler/base/text.hpp"
#include "tests/harness/environment.hpp"
#include "tests/harness/files.hpp"
#include "tests/harness/unpack.hpp"

namespace dockerext::harness {
namespace {

constexpr int kCommandTimedOut = 1011;

std::string Seconds(std::chrono::milliseconds limit) {
  std::ostringstream text;
  text << std::chrono::duration<double>(limit).count();
  return text.str();
}

// <base>/<command>: whatever the command's first word is, the agent glues the folder in front.
std::string CommandLine(const Layout& layout, const std::string& command) {
  const auto start = command.find_first_not_of('/');
  return layout.Base() + "/" + (start == std::string::npos ? "" : command.substr(start));
}

bool IsInstalled(HandlerState state) {
  return state == HandlerState::kInstalled || state == HandlerState::kEnabled;
}

// Another version that is there makes this an update, which has an order of its own (contract 5.4).
Status RefuseUpdate(const Layout& layout) {
  for (const HandlerId& other : HandlersIn(layout.lib())) {
    if (other.name != layout.id().name || other.version == layout.id().version) continue;
    const Layout theirs(layout.lib(), "", other);
    if (!IsInstalled(ReadHandlerState(theirs))) continue;
    return Error{Code::kInvalidSettings, other.name + " " + other.version +
                                             " is installed; run does not update it: uninstall it first"};
  }
  return {};
}

}  // namespace

Result<Play::Ran> Play::Fail(const Command& command, Verdict verdict, const HandlerReport& report) {
  TRY(WriteHandlerReport(layout_, report));
  reporter_.Event(command.name, "failed", "the agent reports NotReady " + std::to_string(report.code) + ":");
  reporter_.Detail(report.message);
  return Ran{verdict, std::string(command.name) + " failed"};
}

Result<Play::Ran> Play::Finish(const Command& command, const std::string& text, const Outcome& outcome) {
  const std::string line = CommandLine(layout_, text);
  if (outcome.timed_out) {
    const std::string limit = Seconds(pace_.Scaled(command.limit));
    const std::string message = "Timeout(" + limit + "): " + line + "\n" + outcome.output;
    TRY_LET(Ran ran, Fail(command, Verdict::kTimedOut, {false, kCommandTimedOut, message}));
    ran.failure = std::string(command.name) + " was killed at its limit of " + limit + " s";
    return ran;
  }
  const std::string code = std::to_string(outcome.exit_code);
  if (outcome.exit_code != 0) {
    const std::string message = "Non-zero exit code: " + code + ", " + line + "\n" + outcome.output;
    TRY_LET(Ran ran, Fail(command, Verdict::kCommandFailed, {false, command.error_code, message}));
    ran.failure += " (exit " + code + ")";
    return ran;
  }
  TRY(AppendFile(layout_.Logs() + "/CommandExecution.log", FormatUtc(std::chrono::system_clock::now()) +
                                                               " INFO ExtHandler Command: " + text + "\n" +
                                                               outcome.output + "\n"));
  reporter_.Event(command.name, "exit 0", "after " + FormatSeconds(outcome.took));
  return Ran{};
}

Result<Play::Ran> Play::RunCommand(const Command& command, std::uint64_t sequence) {
  const auto found = FindCommand(layout_.ManifestFile(), command);
  if (const auto* report = std::get_if<HandlerReport>(&found)) {
    return Fail(command, Verdict::kCommandFailed, *report);
  }
  const std::string& text = *std::get_if<std::string>(&found);
  TRY(MakeFolder(layout_.Logs(), 0755_mode));
  TRY_LET(const Outcome outcome,
          harness::RunCommand({.line = CommandLine(layout_, text),
                               .folder = layout_.Base(),
                               .environment = CommandEnvironment(layout_, command, sequence),
                               .limit = pace_.Scaled(command.limit)}));
  return Finish(command, text, outcome);
}

// A ZIP that cannot be read takes the folder with it, as in the agent.
Status Play::Unpack(const std::string& zip) {
  TRY(MakeHandlerFolder(layout_));
  const auto files = UnpackOver(zip, layout_.Base());
  if (!files.ok()) {
    TRY(RemoveTree(layout_.Base()));
    return files.error();
  }
  TRY(InitialiseHandler(layout_));
  reporter_.Event("unpack", "done", std::to_string(*files) + " files in " + layout_.Base());
  return {};
}

Verdict Play::JudgeFailedEnable(const Ran& ran, const Delivery& delivery) {
  if (!delivery.has_settings) return reporter_.Conclude(ran.verdict, ran.failure);
  const StatusReading reading = ReadAsAgent(layout_.StatusFile(delivery.sequence), pace_);
  const std::string report = reading.standing == Standing::kAbsent
                                 ? " and wrote no status file: the agent would report transitioning, and "
                                   "Azure would wait 90 minutes "
                                   "before it fails the extension"
                                 : "; the agent reports the status file: " + Describe(reading);
  return reporter_.Conclude(ran.verdict, ran.failure + report);
}

Result<Verdict> Play::CallEnable(const Delivery& delivery) {
  reporter_.Event("settings", "delivered", "sequence number " + std::to_string(delivery.sequence));
  TRY_LET(const Ran ran, RunCommand(kEnableCommand, delivery.sequence));
  if (!ran.failure.empty()) return JudgeFailedEnable(ran, delivery);
  TRY(WriteHandlerState(layout_, HandlerState::kEnabled));
  TRY(WriteHandlerReport(layout_, {true, 0, "Plugin enabled"}));
  if (delivery.has_settings) return FollowStatus(layout_.StatusFile(delivery.sequence), pace_, reporter_);
  return reporter_.Conclude(Verdict::kSuccess, "enabled; without settings the agent reads no status file");
}

Result<Verdict> Play::Install(const std::string& zip, const Settings& settings) {
  TRY(RefuseUpdate(layout_));
  TRY(Unpack(zip));
  TRY_LET(const Delivery delivery, DeliverSettings(layout_, settings));
  TRY_LET(const Ran ran, RunCommand(kInstallCommand, delivery.sequence));
  if (!ran.failure.empty()) return reporter_.Conclude(ran.verdict, ran.failure);
  TRY(WriteHandlerState(layout_, HandlerState::kInstalled));
  TRY(WriteHandlerReport(layout_, {false, 0, "Plugin installed but not enabled"}));
  return CallEnable(delivery);
}

Result<Verdict> Play::Run(const std::string& zip, const Settings& settings) {
  if (IsInstalled(ReadHandlerState(layout_))) return Enable(settings);
  return Install(zip, settings);
}

Result<Verdict> Play::Enable(const Settings& settings) {
  if (!IsInstalled(ReadHandlerState(layout_))) {
    return Error{Code::kInvalidSettings, layout_.id().name + " is not installed: run it first"};
  }
  TRY_LET(const Delivery delivery, DeliverSettings(layout_, settings));
  return CallEnable(delivery);
}

Result<Verdict> Play::Disable() {
  if (ReadHandlerState(layout_) != HandlerState::kEnabled) {
    return reporter_.Conclude(Verdict::kSuccess, "not enabled: the agent calls nothing");
  }
  TRY_LET(const Ran ran, RunCommand(kDisableCommand, Sequence()));
  if (!ran.failure.empty()) return reporter_.Conclude(ran.verdict, ran.failure);
  TRY(WriteHandlerState(layout_, HandlerState::kInstalled));
  TRY(WriteHandlerReport(layout_, {false, 0, "Plugin disabled"}));
  return reporter_.Conclude(Verdict::kSuccess, "disabled");
}

Status Play::RemoveFolder() {
  TRY(RemoveTree(layout_.Base()));
  reporter_.Event("remove", "done", layout_.Base());
  return {};
}

Result<Verdict> Play::Uninstall() {
  if (!Exists(layout_.Base())) return reporter_.Conclude(Verdict::kSuccess, "it is not there");
  const HandlerState state = ReadHandlerState(layout_);
  if (state == HandlerState::kEnabled) {
    TRY_LET(const Ran ran, RunCommand(kDisableCommand, Sequence()));
    if (!ran.failure.empty()) {
      return reporter_.Conclude(ran.verdict, ran.failure + ", which blocks uninstall: nothing was removed");
    }
    TRY(WriteHandlerState(layout_, HandlerState::kInstalled));
  }
  std::string note = "uninstalled";
  if (state != HandlerState::kNotInstalled) {
    TRY_LET(const Ran ran, RunCommand(kUninstallCommand, Sequence()));
    if (!ran.failure.empty()) note += ", though " + ran.failure + ": the agent only logs that";
  }
  TRY(RemoveFolder());
  return reporter_.Conclude(Verdict::kSuccess, note);
}

}  // namespace dockerext::harness
