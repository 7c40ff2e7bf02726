// SPDX-License-Identifier: MIT
#include "handler/base/text.hpp"
#include "handler/docker/engine_output.hpp"
#include "handler/engine/decisions.hpp"
#include "handler/engine/dry_run.hpp"
#include "handler/errors/engine.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

bool IsUp(const EngineContext& context) {
  return RunsTarget(context.target, context.observed) && context.observed.version.has_value() &&
         RunsAskedVersion(context.target, context.observed);
}

// Records that an existing engine was stopped, so that uninstall stops it again. Not once there is a verified
// configuration: the engine has been running since, so a later stop is not its original state.
Status RecordStart(EngineContext& context) {
  bool socket_was_stopped = false;
  for (const TriggerUnit& trigger : context.observed.triggers) {
    if (trigger.name == kSocketUnit && trigger.facts.load_state == "loaded" && !IsRunning(trigger.facts))
      socket_was_stopped = true;
  }
  return AmendLedger(context.system.files, [&](Ledger& ledger) {
    const bool was_verified = ledger.last_known_good && ledger.last_known_good->verified;
    if (!ledger.packages.empty() || was_verified) return;
    ledger.started_engine = true;
    ledger.started_socket = ledger.started_socket || socket_was_stopped;
  });
}

bool AreOptionsNew(const EngineContext& context) {
  const auto& cached = context.observed.ledger.cached_plan;
  const auto last = cached ? ParseTarget(cached->target) : std::nullopt;
  return !context.target.options.empty() && (!last || last->options != context.target.options);
}

// The parts of the settings whose files dockerd names, as in: error reading X509 key pair (cert: "...",
// key: "...").
std::string MaterialNamedIn(std::string_view logged, const EngineContext& context) {
  if (!context.target.endpoint) return {};
  const auto& material = context.material;
  const std::string kept = "protectedSettings.certs.";
  const std::vector<std::pair<std::string_view, std::string>> parts = {
      {kCaFile, material ? material->ca_at : kept + "ca"},
      {kCertificateFile, material ? material->certificate_at : kept + "cert"},
      {kKeyFile, material ? material->key_at : kept + "key"}};
  std::vector<std::string> named;
  for (const auto& [file, path] : parts) {
    const std::string at = context.target.endpoint->tls_folder + "/" + std::string(file);
    if (logged.find(at) != std::string_view::npos) named.push_back(path);
  }
  return Join(named, " and ");
}

// dockerd before 23.0 judges the values of options only when it starts: one that its line names is at fault,
// and where an engine ran until the options changed, they are.
Error Explained(const EngineContext& context, bool was_running, const Error& failed,
                const std::string& logged) {
  Error error = ExplainedByLog(failed, logged);
  if (error.code != Code::kInternal) return error;
  const std::string material = MaterialNamedIn(logged, context);
  if (!material.empty()) return MakeError<errors::kMaterialRefusedAtStart>(error.what, material);
  const auto place = OptionNamedIn(logged, context.target.options);
  const auto unit_file = OptionNamedIn(logged, VendorOptions(context.observed));
  const bool unit_is_new = was_running && IsVendorLineNew(context.observed);
  if (!place && (unit_file || unit_is_new)) {
    return MakeError<errors::kUnitLineRefused>(
        error.what, unit_file.value_or(Quoted(context.observed.vendor->args.front().origin)));
  }
  if (was_running && AreOptionsNew(context)) {
    return MakeError<errors::kOptionsRefusedAtRestart>(error.what, place.value_or(std::string(kOptionsPath)));
  }
  return place ? MakeError<errors::kOptionRefusedAtStart>(error.what, *place) : error;
}

Result<std::string> Run(EngineContext& context) {
  const bool was_running = IsRunning(context.observed.unit);
  // An engine that is up must not be lost to what others left pending, and one that is down is told why.
  TRY(ValidateRestart(context));
  if (!was_running) TRY(RecordStart(context));
  TRY(RestartEngine(context.system, context.report_wait, [&](const Error& failed, const std::string& logged) {
    return Explained(context, was_running, failed, logged);
  }));
  return std::string(was_running ? "restarted docker.service" : "started docker.service");
}

}  // namespace

Step RunEngine(EngineContext& context) {
  return {.name = "engine",
          .done = [&context]() -> Result<bool> { return IsUp(context); },
          .apply = [&context] { return Run(context); }};
}

}  // namespace dockerext
