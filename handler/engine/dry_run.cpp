// SPDX-License-Identifier: MIT
#include "handler/engine/dry_run.hpp"

#include <algorithm>

#include "handler/base/redact.hpp"
#include "handler/base/text.hpp"
#include "handler/docker/daemon_json.hpp"
#include "handler/docker/engine_output.hpp"
#include "handler/docker/unit_file.hpp"
#include "handler/engine/decisions.hpp"
#include "handler/errors/conflicts.hpp"
#include "handler/errors/machine.hpp"

namespace dockerext {
namespace {

// A live-restore of its owner cannot stop an engine; everything else in daemon.json can.
constexpr std::string_view kLiveRestore = "live-restore";

// exec itself failed: an empty file, or one whose interpreter is missing.
bool IsNoProgram(const CommandOutput& run) {
  return run.exit_code == 127 && run.output.empty() && run.errors.empty();
}

Result<CommandOutput> RunDockerd(System& system, std::vector<std::string> argv) {
  const std::string program = argv.front();
  TRY_LET(CommandOutput run,
          system.commands.Run(
              {.argv = std::move(argv),
               .environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                               "LC_ALL=C.UTF-8", "HOME=/root"},
               .budget = std::chrono::seconds(60)}));
  if (IsNoProgram(run)) return MakeError<errors::kNotExecutable>(Quoted(program));
  return run;
}

// What names no option of the settings may be about daemon.json, or else about the unit's own arguments.
Error Rejected(const EngineContext& context, const CommandOutput& run) {
  const std::string named = RejectionReason(run.errors, run.output);
  const std::string reason = named.empty() ? "exit " + std::to_string(run.exit_code) : named;
  const DaemonJsonFile& daemon_json = context.observed.daemon_json;
  const auto& options = context.target.options;
  const auto place = OptionNamedIn(named, options);
  if (place) return MakeError<errors::kRejected>(*place, reason);
  const auto unit_file = OptionNamedIn(named, VendorOptions(context.observed));
  if (unit_file) return MakeError<errors::kMachineRejected>(*unit_file, reason);
  if (!options.empty() && !daemon_json.text) return MakeError<errors::kRejected>(kOptionsPath, reason);
  const std::string machines =
      daemon_json.text ? daemon_json.path : context.observed.vendor_files.front().path;
  return MakeError<errors::kMachineRejected>(
      (options.empty() ? std::string() : std::string(kOptionsPath) + ", or ") + machines, reason);
}

bool IsDockerd(const Observation& observed) {
  return observed.vendor && !observed.vendor->args.empty() &&
         NameOf(observed.vendor->args.front().arg) == "dockerd";
}

// "'/etc/docker/daemon.json' (dns, mtu)"
std::string WithKeys(const std::string& path, const std::vector<std::string>& keys) {
  std::vector<std::string> shown;
  shown.reserve(keys.size());
  for (const std::string& key : keys) {
    if (key != kLiveRestore) shown.push_back(ShownName(key));
  }
  return Quoted(path) + (shown.empty() ? "" : " (" + Join(shown, ", ") + ")");
}

Status CheckNotPending(const Observation& observed) {
  if (!IsDaemonJsonPending(observed)) return {};
  const auto read =
      ReadDaemonJson(*observed.daemon_json.text, observed.version.value_or(""), observed.daemon_json.path);
  return MakeError<errors::kPendingDaemonJson>(
      WithKeys(observed.daemon_json.path, read.ok() ? read->keys : std::vector<std::string>()),
      FormatUtc(observed.daemon_json.modified));
}

// A file whose owner has not started the engine with it yet.
Status CheckUnitFiles(Files& files, const Observation& observed) {
  if (observed.unit.main_pid == 0) return {};
  for (const UnitText& file : observed.vendor_files) {
    const auto facts = files.Inspect(file.path);
    const auto keys = UnvalidatedKeys(file.text);
    if (!facts.ok() || !IsNewerThanEngine(observed, facts->modified) || keys.empty()) continue;
    return MakeError<errors::kPendingUnitFile>(WithKeys(file.path, keys), FormatUtc(facts->modified));
  }
  return {};
}

Status CheckRequirements(Services& services, const UnitFacts& engine) {
  for (const std::string& unit : engine.requirements) {
    TRY_LET(const UnitFacts facts, services.Describe(unit));
    if (facts.load_state == "loaded") continue;
    return MakeError<errors::kRequirementMissing>(unit, facts.load_state);
  }
  return {};
}

Status Validate(EngineContext& context) {
  System& system = context.system;
  const Observation& observed = context.observed;
  if (!IsDockerd(observed)) return CheckNotPending(observed);
  std::vector<std::string> argv;
  for (const ArgWithOrigin& arg : observed.vendor->args) argv.push_back(arg.arg);
  const auto added = AddedArguments(context.target, observed);
  argv.insert(argv.end(), added.begin(), added.end());
  argv.emplace_back("--validate");
  TRY_LET(const CommandOutput validated, RunDockerd(system, argv));
  if (validated.exit_code == 0) return {};
  if (validated.errors.find("unknown flag: --validate") == std::string::npos)
    return Rejected(context, validated);
  argv.back() = "--version";
  TRY_LET(const CommandOutput parsed, RunDockerd(system, argv));
  if (parsed.exit_code != 0) return Rejected(context, parsed);
  return CheckNotPending(observed);
}

}  // namespace

std::string EngineVersion(System& system, const Observation& observed) {
  return observed.version ? *observed.version : ProgramVersion(system, observed);
}

std::string ProgramVersion(System& system, const Observation& observed) {
  if (!IsDockerd(observed)) return {};
  const auto run = RunDockerd(system, {observed.vendor->args.front().arg, "--version"});
  return run.ok() ? VersionIn(run->output) : std::string();
}

bool IsDaemonJsonPending(const Observation& observed) {
  const DaemonJsonFile& file = observed.daemon_json;
  if (observed.unit.main_pid == 0 || !file.text || !IsNewerThanEngine(observed, file.modified)) return false;
  const auto& ours = observed.ledger.live_restore;
  if (ours && *file.text == WithLiveRestore(ours->original.value_or(""), true)) return false;
  const auto read = ReadDaemonJson(*file.text, observed.version.value_or(""), file.path);
  return !read.ok() ||
         std::ranges::any_of(read->keys, [](const std::string& key) { return key != kLiveRestore; });
}

Status ValidateRestart(EngineContext& context) {
  if (context.restart_validated) return {};
  TRY(CheckRequirements(context.system.services, context.observed.unit));
  TRY(CheckUnitFiles(context.system.files, context.observed));
  TRY(Validate(context));
  context.restart_validated = true;
  return {};
}

}  // namespace dockerext
