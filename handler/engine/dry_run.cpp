// SPDX-License-Identifier: MIT
#include "handler/engine/dry_run.hpp"

#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/docker/daemon_json.hpp"
#include "handler/docker/engine_output.hpp"
#include "handler/engine/decisions.hpp"

namespace dockerext {
namespace {

Result<CommandOutput> RunDockerd(System& system, std::vector<std::string> argv) {
  return system.commands.Run(
      {.argv = std::move(argv),
       .environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                       "HOME=/root"},
       .budget = std::chrono::seconds(60)});
}

Error Rejected(const Observation& observed, const CommandOutput& run) {
  const std::string reason = RejectionReason(run.errors, run.output);
  return Error{Code::kInvalidSettings,
               "dockerd rejects the configuration (publicSettings.docker.options, or " +
                   observed.daemon_json.path +
                   "): " + (reason.empty() ? "exit " + std::to_string(run.exit_code) : reason)};
}

bool IsDockerd(const Observation& observed) {
  return observed.vendor && !observed.vendor->args.empty() &&
         NameOf(observed.vendor->args.front().arg) == "dockerd";
}

Status CheckNotPending(const Observation& observed) {
  if (!IsDaemonJsonPending(observed)) return {};
  const auto read =
      ReadDaemonJson(*observed.daemon_json.text, observed.version.value_or(""), observed.daemon_json.path);
  const std::string keys = read.ok() ? " (" + Join(read->keys, ", ") + ")" : "";
  return Error{
      Code::kInvalidSettings,
      Quoted(observed.daemon_json.path) + keys + " was changed on " +
          FormatUtc(observed.daemon_json.modified) +
          ", after docker.service was started, and this dockerd cannot validate it before a restart; run "
          "`systemctl restart docker`, see that it starts, and set the extension's settings again"};
}

Status Validate(System& system, const Observation& observed, const std::vector<std::string>& added) {
  if (!IsDockerd(observed)) return CheckNotPending(observed);
  std::vector<std::string> argv;
  for (const ArgWithOrigin& arg : observed.vendor->args) argv.push_back(arg.arg);
  argv.insert(argv.end(), added.begin(), added.end());
  argv.emplace_back("--validate");
  TRY_LET(const CommandOutput validated, RunDockerd(system, argv));
  if (validated.exit_code == 0) return {};
  if (validated.errors.find("unknown flag: --validate") == std::string::npos)
    return Rejected(observed, validated);
  argv.back() = "--version";
  TRY_LET(const CommandOutput parsed, RunDockerd(system, argv));
  if (parsed.exit_code != 0) return Rejected(observed, parsed);
  return CheckNotPending(observed);
}

}  // namespace

std::string EngineVersion(System& system, const Observation& observed) {
  if (observed.version) return *observed.version;
  if (!IsDockerd(observed)) return {};
  const auto run = RunDockerd(system, {observed.vendor->args.front().arg, "--version"});
  return run.ok() ? VersionIn(run->output) : std::string();
}

bool IsDaemonJsonPending(const Observation& observed) {
  const DaemonJsonFile& file = observed.daemon_json;
  if (observed.unit.main_pid == 0 || !file.text || file.modified <= observed.unit.started) return false;
  const auto& ours = observed.ledger.live_restore;
  if (ours && *file.text == WithLiveRestore(ours->original.value_or(""), true)) return false;
  const auto read = ReadDaemonJson(*file.text, observed.version.value_or(""), file.path);
  // A live-restore of its owner cannot stop an engine; everything else can.
  return !read.ok() ||
         std::ranges::any_of(read->keys, [](const std::string& key) { return key != "live-restore"; });
}

Status ValidateRestart(EngineContext& context) {
  if (context.restart_validated) return {};
  TRY(Validate(context.system, context.observed, AddedArguments(context.target, context.observed)));
  context.restart_validated = true;
  return {};
}

}  // namespace dockerext
