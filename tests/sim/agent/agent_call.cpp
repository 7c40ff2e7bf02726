// SPDX-License-Identifier: MIT
#include "tests/sim/agent/agent_call.hpp"

#include <sstream>
#include <utility>

#include "handler/base/text.hpp"
#include "tests/sim/contract/files.hpp"

namespace dockerext::agent_simulator {
namespace {

constexpr int kCommandTimedOut = 1011;

std::string PlainSeconds(std::chrono::milliseconds limit) {
  std::ostringstream text;
  text << Seconds(limit);
  return text.str();
}

// <base>/<command>: the agent puts the folder in front of every command, also of an absolute path.
std::string CommandLine(const contract::Layout& layout, const std::string& command) {
  const auto start = command.find_first_not_of('/');
  return layout.Base() + "/" + (start == std::string::npos ? "" : command.substr(start));
}

std::string Title(const contract::Layout& layout, const contract::Command& command) {
  return std::string(command.name) + " " + layout.id().version;
}

// Only the agent's own errors have a positive code; -1 stands for a plain Python exception.
CallFailure CommandNotFound(const contract::Layout& layout, const contract::Command& command,
                            const contract::HandlerReport& report) {
  return {.what = Title(layout, command) + " could not be called",
          .report = report,
          .exit_code = report.code,
          .is_extension_error = report.code > 0};
}

contract::Json RenderCall(const contract::Layout& layout, const contract::Command& command,
                          const contract::CallContext& call, const CommandResult& result) {
  contract::Json environment = contract::Json::object();
  for (const auto& [name, value] : contract::AgentVariables(layout, command, call)) environment[name] = value;
  return {{"verb", command.name},         {"version", layout.id().version},  {"exitCode", result.exit_code},
          {"timedOut", result.timed_out}, {"seconds", Seconds(result.took)}, {"environment", environment},
          {"output", result.output}};
}

std::string ExecutionLog(const contract::Layout& layout) { return layout.Logs() + "/CommandExecution.log"; }

Status LogExecution(const contract::Layout& layout, const std::string& command, const CommandResult& result) {
  return contract::AppendFile(ExecutionLog(layout), FormatUtc(std::chrono::system_clock::now()) +
                                                        " INFO ExtHandler Command: " + command + "\n" +
                                                        result.output + "\n");
}

}  // namespace

Result<CommandResult> AgentCalls::Run(const contract::Layout& layout, const contract::Command& command,
                                      const contract::CallContext& call, const std::string& line) {
  const Launch launch = {.line = line,
                         .folder = layout.Base(),
                         .environment = contract::CommandEnvironment(layout, command, call),
                         .limit = pace_.Scaled(command.limit)};
  if (debugging_.command != command.name) return RunCommand(launch);
  reporter_.Event(Title(layout, command), "debugging",
                  "without the agent's time limit of " + std::to_string(command.limit.count()) + " s");
  TRY_LET(CommandResult result, RunInDebugger(launch, debugging_));
  if (!debugging_.listen.empty()) {
    reporter_.Event(Title(layout, command), "exit 0 assumed",
                    "gdbserver does not return the command's exit code");
  }
  return result;
}

std::optional<CallFailure> AgentCalls::Classify(const contract::Command& command, const std::string& line,
                                                const CommandResult& result) const {
  if (result.timed_out) {
    const std::string limit = PlainSeconds(pace_.Scaled(command.limit));
    return CallFailure{.harness_exit_code = ExitCode::kTimedOut,
                       .what = std::string(command.name) + " was killed at its time limit of " + limit + " s",
                       .report = {false, kCommandTimedOut,
                                  "[ExtensionError] Timeout(" + limit + "): " + line + "\n" + result.output},
                       .exit_code = kCommandTimedOut};
  }
  if (result.exit_code == 0) return std::nullopt;
  const std::string code = std::to_string(result.exit_code);
  return CallFailure{.what = std::string(command.name) + " failed (exit " + code + ")",
                     .report = {false, command.error_code,
                                "[ExtensionOperationError] Non-zero exit code: " + code + ", " + line + "\n" +
                                    result.output},
                     .exit_code = result.exit_code};
}

Result<std::optional<CallFailure>> AgentCalls::Call(const contract::Layout& layout,
                                                    const contract::Command& command,
                                                    const contract::CallContext& call) {
  const auto found = contract::FindCommand(layout.ManifestFile(), command);
  if (const auto* report = std::get_if<contract::HandlerReport>(&found)) {
    reporter_.Event(Title(layout, command), "failed", "the agent cannot call it: " + report->message);
    return std::optional(CommandNotFound(layout, command, *report));
  }
  const std::string& text = *std::get_if<std::string>(&found);
  const std::string line = CommandLine(layout, text);
  TRY(contract::MakeFolder(layout.Logs(), 0755_mode));
  TRY(contract::AppendFile(ExecutionLog(layout), ""));  // the agent opens it before the call
  TRY_LET(const CommandResult result, Run(layout, command, call, line));
  reporter_.Append("calls", RenderCall(layout, command, call, result));
  std::optional<CallFailure> failure = Classify(command, line, result);
  if (!failure) TRY(LogExecution(layout, text, result));
  const std::string state = result.timed_out ? "killed" : "exit " + std::to_string(result.exit_code);
  reporter_.Event(Title(layout, command), state, "after " + FormatSeconds(result.took));
  return failure;
}

}  // namespace dockerext::agent_simulator
