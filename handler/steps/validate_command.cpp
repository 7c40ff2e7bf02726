// SPDX-License-Identifier: MIT
#include "handler/steps/validate_command.hpp"

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

Result<CommandOutput> RunDockerd(EngineContext& context, std::vector<std::string> argv) {
  return context.system.commands.Run(
      {.argv = std::move(argv),
       .environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                       "HOME=/root"},
       .budget = std::chrono::seconds(60)});
}

// dockerd prints the reason first and then a usage hint.
std::string Reason(const CommandOutput& run) {
  for (const std::string& line : Split(run.errors + "\n" + run.output, '\n')) {
    if (!Trim(line).empty()) return std::string(Trim(line)).substr(0, 600);
  }
  return "exit " + std::to_string(run.exit_code);
}

Error Rejected(const CommandOutput& run) {
  return Error{
      Code::kInvalidSettings,
      "dockerd rejects the configuration (publicSettings.docker.options, or /etc/docker/daemon.json): " +
          Reason(run)};
}

}  // namespace

Status ValidateCommand(EngineContext& context, const VendorCommand& vendor,
                       const std::vector<std::string>& added) {
  if (added.empty()) return {};
  std::vector<std::string> argv;
  for (const ArgWithOrigin& arg : vendor.args) argv.push_back(arg.arg);
  argv.insert(argv.end(), added.begin(), added.end());
  argv.emplace_back("--validate");
  TRY_LET(const CommandOutput validated, RunDockerd(context, argv));
  if (validated.exit_code == 0) return {};
  if (validated.errors.find("unknown flag: --validate") == std::string::npos) return Rejected(validated);
  argv.back() = "--version";
  TRY_LET(const CommandOutput parsed, RunDockerd(context, argv));
  return parsed.exit_code == 0 ? Status() : Status(Rejected(parsed));
}

}  // namespace dockerext
