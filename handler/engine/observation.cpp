// SPDX-License-Identifier: MIT
#include "handler/engine/observation.hpp"

#include "handler/base/text.hpp"
#include "handler/docker/daemon_json.hpp"
#include "handler/docker/flags.hpp"
#include "handler/errors/conflicts.hpp"

namespace dockerext {
namespace {

constexpr FileMode kUnitFileMode = 0644_mode;

Status ObserveTriggers(System& system, Observation& observed) {
  for (const std::string& name : observed.unit.triggered_by) {
    if (!name.ends_with(".socket")) continue;
    TRY_LET(UnitFacts facts, system.services.Describe(name));
    observed.triggers.push_back({name, std::move(facts)});
  }
  return {};
}

// Files that are gone since systemd read them are left out: it will not find them either.
Status ReadVendorFiles(Files& files, Observation& observed) {
  if (observed.unit.fragment_path.empty()) return {};
  std::vector<std::string> paths = {observed.unit.fragment_path};
  paths.insert(paths.end(), observed.unit.drop_in_paths.begin(), observed.unit.drop_in_paths.end());
  for (const std::string& path : paths) {
    // Ours has another path where the folder of drop-ins is a symlink.
    if (NameOf(path) == kDropInName) continue;
    auto text = files.Read(path);
    if (!text.ok() && text.error().code == Code::kNotFound && path == paths.front()) return {};
    if (!text.ok() && text.error().code == Code::kNotFound) continue;
    if (!text.ok()) return std::move(text).error();
    observed.vendor_files.push_back({path, *std::move(text)});
  }
  observed.vendor = CommandOf(files, observed.vendor_files);
  return {};
}

Status ReadDropIn(Files& files, Observation& observed) {
  auto text = files.Read(DropInPath());
  if (!text.ok() && text.error().code == Code::kNotFound) return {};
  if (!text.ok()) return std::move(text).error();
  observed.drop_in = *std::move(text);
  TRY_LET(const FileFacts facts, files.Inspect(DropInPath()));
  observed.drop_in_modified = facts.modified;
  observed.drop_in_intact = facts.kind == FileFacts::Kind::kFile && facts.mode == kUnitFileMode &&
                            facts.owner == 0 && facts.group == 0;
  return {};
}

// The one of --config-file, or the usual one.
std::string DaemonJsonPath(const Observation& observed) {
  if (!observed.vendor) return std::string(kDaemonJsonPath);
  const auto configured = ValuesOf(observed.vendor->args, "config-file");
  return configured.empty() ? std::string(kDaemonJsonPath) : configured.back().arg;
}

void ReadLedger(Files& files, Observation& observed) {
  auto ledger = LoadLedger(files);
  observed.has_ledger = ledger.ok();
  if (ledger.ok())
    observed.ledger = *std::move(ledger);
  else if (ledger.error().code != Code::kNotFound)
    observed.ledger_error = std::move(ledger).error();
}

std::string LocalSocket(const Observation& observed) {
  std::vector<std::string> addresses;
  for (const TriggerUnit& trigger : observed.triggers)
    addresses.insert(addresses.end(), trigger.facts.listens.begin(), trigger.facts.listens.end());
  return LocalSocketOf(observed.running.empty() && observed.vendor
                           ? observed.vendor->args
                           : WithOrigin(observed.running, std::string(kDockerUnit)),
                       addresses);
}

}  // namespace

bool IsBusy(const UnitFacts& unit) {
  if (unit.has_job) return true;
  if (unit.sub_state == "auto-restart") return false;
  return unit.active_state == "activating" || unit.active_state == "deactivating" ||
         unit.active_state == "reloading";
}

bool IsReady(const UnitFacts& unit) { return unit.active_state == "active" && !IsBusy(unit); }

bool IsRunning(const UnitFacts& unit) {
  return unit.active_state == "active" || unit.active_state == "reloading" ||
         unit.active_state == "activating";
}

bool IsNewerThanEngine(const Observation& observed, std::chrono::system_clock::time_point modified) {
  return modified > observed.unit.started && modified > observed.booted && modified <= observed.now;
}

Result<DaemonJsonFile> ReadDaemonJsonFile(Files& files, const std::string& path) {
  DaemonJsonFile file{path, std::nullopt, {}};
  const auto target = files.Resolve(path);
  if (!target.ok() && target.error().code == Code::kNotFound) return file;
  if (!target.ok()) return target.error();
  TRY_LET(const FileFacts facts, files.Inspect(*target));
  if (facts.kind != FileFacts::Kind::kFile) return MakeError<errors::kNotARegularFile>(Quoted(path));
  TRY_LET(file.text, files.Read(*target));
  file.modified = facts.modified;
  return file;
}

Result<std::vector<std::string>> ArgvOf(Files& files, std::uint32_t pid) {
  if (pid == 0) return std::vector<std::string>();
  const auto text = files.Read("/proc/" + std::to_string(pid) + "/cmdline");
  if (!text.ok() && text.error().code == Code::kNotFound) return std::vector<std::string>();
  if (!text.ok()) return text.error();
  auto argv = Split(*text, '\0');
  if (!argv.empty() && argv.back().empty()) argv.pop_back();
  return argv;
}

std::optional<VendorCommand> CommandOf(Files& files, const std::vector<UnitText>& unit_files) {
  return ReadVendorCommand(unit_files, [&](const std::string& pattern) {
    std::vector<UnitText> texts;
    const auto matches = files.Glob(pattern);
    if (!matches.ok()) return texts;
    for (const std::string& path : *matches) {
      if (auto text = files.Read(path); text.ok()) texts.push_back({path, *std::move(text)});
    }
    return texts;
  });
}

std::optional<EngineEndpoint> RunningEndpoint(const Observation& observed) {
  return EndpointOf(observed.running);
}

Result<Observation> Observe(System& system, std::chrono::milliseconds ping_budget) {
  Observation observed;
  TRY_LET(observed.unit, system.services.Describe(std::string(kDockerUnit)));
  observed.now = system.clock.UtcNow();
  observed.booted = observed.now - system.clock.SinceBoot();
  TRY(ObserveTriggers(system, observed));
  TRY_LET(observed.running, ArgvOf(system.files, observed.unit.main_pid));
  if (observed.unit.main_pid != 0) {
    TRY_LET(observed.listeners, system.network.ListenersOf(observed.unit.main_pid));
  }
  TRY(ReadVendorFiles(system.files, observed));
  TRY(ReadDropIn(system.files, observed));
  TRY_LET(observed.daemon_json, ReadDaemonJsonFile(system.files, DaemonJsonPath(observed)));
  ReadLedger(system.files, observed);
  observed.socket = LocalSocket(observed);
  if (!IsReady(observed.unit)) return observed;
  auto version = system.engine.Ping(observed.socket, ping_budget);
  if (version.ok()) observed.version = *std::move(version);
  return observed;
}

}  // namespace dockerext
