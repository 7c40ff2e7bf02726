// SPDX-License-Identifier: MIT
#include "tests/harness/agent_call.hpp"

#include <sstream>
#include <utility>

#include "handler/base/text.hpp"
#include "tests/contract/files.hpp"

namespace dockerext::harness {
namespace {

constexpr int kCommandTimedOut = 1011;

std::string PlainSeconds(std::chrono::milliseconds limit) {
  std::ostringstream text;
  text << Seconds(limit);
  return text.str();
}

// <base>/<command>: whatever the command's first word is, the agent glues the folder in front.
std::string CommandLine(const contract::Layout& layout, const std::string& command) {
  const auto start = command.find_first_not_of('/');
  return layout.Base() + "/" + (start == std::string::npos ? "" : command.substr(start));
}

std::string Title(const contract::Layout& layout, const contract::Command& command) {
  return std::string(command.name) + " " + layout.id().version;
}

// Python shows an exception of the agent's own with its class in front; a KeyError is its key alone.
CallFailure Unfindable(const contract::Layout& layout, const contract::Command& command,
                       const contract::HandlerReport& report) {
  return {.what = Title(layout, command) + " could not be called",
          .report = report,
          .exit_code = report.code,
          .is_extension_error = report.code > 0};
}

contract::Json RenderCall(const contract::Layout& layout, const contract::Command& command,
                          const contract::Told& told, const Outcome& outcome) {
  contract::Json environment = contract::Json::object();
  for (const auto& [name, value] : contract::AgentVariables(layout, command, told)) environment[name] = value;
  return {
      {"verb", command.name},          {"version", layout.id().version},   {"exitCode", outcome.exit_code},
      {"timedOut", outcome.timed_out}, {"seconds", Seconds(outcome.took)}, {"environment", environment},
      {"output", outcome.output}};
}

std::string ExecutionLog(const contract::Layout& layout) { return layout.Logs() + "/CommandExecution.log"; }

Status LogExecution(const contract::Layout& layout, const std::string& command, const Outcome& outcome) {
  return contract::AppendFile(ExecutionLog(layout), FormatUtc(std::chrono::system_clock::now()) +
                                                        " INFO ExtHandler Command: " + command + "\n" +
                                                        outcome.output + "\n");
}

}  // namespace

Result<Outcome> AgentCalls::Run(const contract::Layout& layout, const contract::Command& command,
                                const contract::Told& told, const std::string& line) {
  const Launch launch = {.line = line,
                         .folder = layout.Base(),
                         .environment = contract::CommandEnvironment(layout, command, told),
                         .limit = pace_.Scaled(command.limit)};
  if (debugging_.command != command.name) return RunCommand(launch);
  reporter_.Event(Title(layout, command), "debugged",
                  "without the agent's limit of " + std::to_string(command.limit.count()) + " s");
  TRY_LET(Outcome outcome, RunInDebugger(launch, debugging_));
  if (!debugging_.listen.empty()) {
    reporter_.Event(Title(layout, command), "counts as 0",
                    "gdbserver does not pass the command's exit code on");
  }
  return outcome;
}

std::optional<CallFailure> AgentCalls::Judge(const contract::Command& command, const std::string& line,
                                             const Outcome& outcome) const {
  if (outcome.timed_out) {
    const std::string limit = PlainSeconds(pace_.Scaled(command.limit));
    return CallFailure{.verdict = Verdict::kTimedOut,
                       .what = std::string(command.name) + " was killed at its limit of " + limit + " s",
                       .report = {false, kCommandTimedOut,
                                  "[ExtensionError] Timeout(" + limit + "): " + line + "\n" + outcome.output},
                       .exit_code = kCommandTimedOut};
  }
  if (outcome.exit_code == 0) return std::nullopt;
  const std::string code = std::to_string(outcome.exit_code);
  return CallFailure{.what = std::string(command.name) + " failed (exit " + code + ")",
                     .report = {false, command.error_code,
                                "[ExtensionOperationError] Non-zero exit code: " + code + ", " + line + "\n" +
                                    outcome.output},
                     .exit_code = outcome.exit_code};
}

Result<std::optional<CallFailure>> AgentCalls::Call(const contract::Layout& layout,
                                                    const contract::Command& command,
                                                    const contract::Told& told) {
  const auto found = contract::FindCommand(layout.ManifestFile(), command);
  if (const auto* report = std::get_if<contract::HandlerReport>(&found)) {
    reporter_.Event(Title(layout, command), "failed", "the agent cannot call it: " + report->message);
    return std::optional(Unfindable(layout, command, *report));
  }
  const std::string& text = *std::get_if<std::string>(&found);
  const std::string line = CommandLine(layout, text);
  TRY(contract::MakeFolder(layout.Logs(), 0755_mode));
  TRY(contract::AppendFile(ExecutionLog(layout), ""));  // the agent opens it first
  TRY_LET(const Outcome outcome, Run(layout, command, told, line));
  reporter_.Append("calls", RenderCall(layout, command, told, outcome));
  std::optional<CallFailure> failure = Judge(command, line, outcome);
  if (!failure) TRY(LogExecution(layout, text, outcome));
  const std::string ended = outcome.timed_out ? "killed" : "exit " + std::to_string(outcome.exit_code);
  reporter_.Event(Title(layout, command), ended, "after " + FormatSeconds(outcome.took));
  return failure;
}

}  // namespace dockerext::harness
