// SPDX-License-Identifier: MIT
#include "handler/verbs/plan.hpp"

#include "handler/agent/settings_file.hpp"
#include "handler/base/text.hpp"
#include "handler/docker/tls_material.hpp"
#include "handler/docker/tls_rules.hpp"
#include "handler/docker/tls_set.hpp"
#include "handler/errors/certificates.hpp"
#include "handler/errors/settings.hpp"

namespace dockerext {
namespace {

ServedCertificate Served(const CertificateFacts& certificate, bool may_be_client) {
  return {certificate.sha256, std::chrono::floor<std::chrono::seconds>(certificate.not_after), may_be_client};
}

// The verified endpoint, while the VM has one open; it is not always that one: an operation may have been
// interrupted after its commit.
std::optional<EngineEndpoint> VerifiedEndpoint(const Observation& observed) {
  const auto& good = observed.ledger.last_known_good;
  const bool is_open = EndpointOfDropIn(observed.drop_in) || RunningEndpoint(observed);
  if (!good || !good->verified || !is_open) return std::nullopt;
  return EndpointOfDropIn(good->drop_in);
}

// The settings contain certificates. Those that are served stay served, whatever their dates: Azure sends the
// same settings again at each boot.
Status UseMaterial(System& system, DesiredState& desired, const std::optional<EngineEndpoint>& verified,
                   Plan& plan) {
  const std::string folder = TlsSetFolder(system.crypto.Sha256(TlsSetContent(*desired.tls).Reveal()));
  const bool is_served = verified && verified->tls_folder == folder;
  const TlsValidation validation =
      ValidateMaterial(system.files, system.crypto, *desired.tls, system.clock.UtcNow(),
                       is_served ? TlsUse::kServed : TlsUse::kNew);
  if (!validation.findings.errors.empty()) return InvalidSettings(validation.findings.errors);
  for (const Finding& warning : validation.findings.warnings)
    plan.warnings.push_back(FormatFindings({warning}));
  plan.target.endpoint = EngineEndpoint{desired.port.value_or(kDefaultPort), folder};
  plan.target.certificate = Served(validation.served, validation.own_pair_is_client);
  plan.target.client_authorities = validation.client_authorities;
  plan.valid_until = validation.valid_until;
  plan.material = std::move(desired.tls);
  return {};
}

// The settings contain no certificates and the extension's endpoint is open: keeps those in use.
Status KeepCertificates(System& system, const DesiredState& desired, const std::string& tls_folder,
                        Plan& plan) {
  const auto pem = system.files.Read(tls_folder + "/" + std::string(kCertificateFile));
  const auto ca_pem = system.files.Read(tls_folder + "/" + std::string(kCaFile));
  for (const auto* file : {&pem, &ca_pem}) {
    if (file->ok()) continue;
    return file->error().code == Code::kNotFound ? DamagedTlsSet(tls_folder) : file->error();
  }
  const auto read = system.crypto.InspectCertificates(*pem);
  // A CA file that an earlier version accepted, and this one would not, stays in use.
  const auto authorities = system.crypto.InspectCertificates(*ca_pem);
  const auto own_pair = system.crypto.VerifyAsClient(*pem, *ca_pem, system.clock.UtcNow());
  if (!read.ok()) return DamagedTlsSet(tls_folder);
  const CertificateFacts& served = read->front();
  plan.target.endpoint = EngineEndpoint{desired.port.value_or(kDefaultPort), tls_folder};
  plan.target.certificate = Served(served, own_pair.ok() && own_pair->is_accepted);
  plan.target.client_authorities = authorities.ok() ? CountDistinct(*authorities) : 0;
  plan.valid_until = FindingsChangeAt({served}, system.clock.UtcNow());
  plan.warnings.emplace_back(
      "protectedSettings: no certificates were given; those that are in use were kept");
  if (served.not_after < system.clock.UtcNow() + kExpiresSoon) {
    const bool expired = served.not_after < system.clock.UtcNow();
    plan.warnings.push_back("the certificate in use " + std::string(expired ? "expired" : "expires") +
                            " on " + DescribeDay(served.not_after) + "; send a new one");
  } else if (const auto now = system.clock.UtcNow(); served.not_before > now) {
    plan.warnings.push_back(MakeError<errors::kNotYetValid>("the certificate in use",
                                                            DescribeDay(served.not_before), FormatUtc(now))
                                .Message());
  }
  return {};
}

// No settings at all while the extension's endpoint is open: keeps the last applied ones instead of the
// defaults, since the agent writes the same nulls for settings that it could not read.
void RepeatLastSettings(const Observation& observed, DesiredState& desired, Plan& plan) {
  const auto& cached = observed.ledger.cached_plan;
  const auto target = cached ? ParseTarget(cached->target) : std::nullopt;
  if (!target || !target->endpoint) return;
  desired.port = target->endpoint->port;
  desired.options = target->options;
  desired.uninstall_policy = target->uninstall_policy;
  desired.source = target->source;
  plan.warnings.emplace_back(
      "there are no settings, so port, options, uninstallPolicy and the source of Docker were kept as they "
      "were");
}

Status ChooseEndpoint(System& system, DesiredState& desired, const Observation& observed, Plan& plan) {
  const auto verified = VerifiedEndpoint(observed);
  if (desired.tls) return UseMaterial(system, desired, verified, plan);
  if (observed.ledger_error) return *observed.ledger_error;
  if (verified) return KeepCertificates(system, desired, verified->tls_folder, plan);
  if (EndpointOfDropIn(observed.drop_in)) return MakeError<errors::kCertificatesUnverified>();
  if (desired.port) return MakeError<errors::kPortWithoutCertificates>();
  plan.warnings.emplace_back(
      "neither a port nor certificates were given: Docker is installed, and the extension opens no TCP port");
  return {};
}

void LeaveAlone(const DesiredState& desired, const Observation& observed, Plan& plan) {
  plan.target.leave_engine_alone = true;
  if (desired.tls || desired.port || !desired.options.empty()) {
    plan.warnings.emplace_back(
        "publicSettings.installonly is true, so port, options and certificates were not applied");
  }
  if (const auto open = RunningEndpoint(observed)) {
    plan.warnings.push_back(
        "port " + std::to_string(open->port) +
        ", which the extension opened before, stays open; disable the extension to close it");
  }
}

std::int64_t Seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

Result<std::string> HashOfSettings(System& system, const HandlerEnvironment& environment,
                                   std::uint64_t sequence) {
  TRY_LET(const std::string text,
          system.files.Read(environment.config_folder + "/" + std::to_string(sequence) + ".settings"));
  return system.crypto.Sha256(text);
}

// With those of certificates beside another error, as far as each can be read by itself.
std::vector<Finding> AllErrors(System& system, const SettingsReading& reading) {
  std::vector<Finding> errors = reading.findings.errors;
  const auto& parts = reading.desired.tls ? reading.desired.tls : reading.remains_of_tls;
  if (!parts) return errors;
  for (Finding& error : ErrorsOfParts(system.crypto, *parts)) errors.push_back(std::move(error));
  return errors;
}

}  // namespace

Result<SettingsReading> ReadSettings(System& system, const HandlerEnvironment& environment,
                                     std::uint64_t sequence) {
  TRY_LET(const SettingsFile file, ReadSettingsFile(system.files, environment.config_folder, sequence));
  TRY_LET(const Secret opened,
          OpenProtectedSettings(system.files, system.crypto, environment.config_folder, file));
  return ReadSettings(file.public_text, opened);
}

Result<Plan> ResolvePlan(System& system, SettingsReading reading, const Observation& observed) {
  if (!reading.findings.errors.empty()) return InvalidSettings(AllErrors(system, reading));
  Plan plan;
  for (const Finding& warning : reading.findings.warnings) plan.warnings.push_back(FormatFindings({warning}));
  if (reading.none && VerifiedEndpoint(observed)) RepeatLastSettings(observed, reading.desired, plan);
  plan.target.uninstall_policy = reading.desired.uninstall_policy;
  plan.target.source = reading.desired.source;
  if (reading.desired.leave_engine_alone) {
    LeaveAlone(reading.desired, observed, plan);
    return plan;
  }
  plan.target.options = reading.desired.options;
  TRY(ChooseEndpoint(system, reading.desired, observed, plan));
  return plan;
}

std::optional<Plan> LoadCachedPlan(System& system, const HandlerEnvironment& environment,
                                   std::uint64_t sequence, const std::string& version, const Ledger& ledger) {
  if (!ledger.cached_plan) return std::nullopt;
  const CachedPlan& cached = *ledger.cached_plan;
  const std::int64_t now = Seconds(system.clock.UtcNow());
  if (cached.version != version || now < cached.valid_from || now >= cached.valid_until) return std::nullopt;
  const auto hash = HashOfSettings(system, environment, sequence);
  if (!hash.ok() || *hash != cached.settings_sha256) return std::nullopt;
  auto target = ParseTarget(cached.target);
  if (!target) return std::nullopt;
  return Plan{.target = *std::move(target), .material = std::nullopt, .warnings = cached.warnings};
}

Status StoreCachedPlan(System& system, const HandlerEnvironment& environment, std::uint64_t sequence,
                       const Versions& versions, const Plan& plan) {
  CachedPlan cached{.settings_sha256 = {},
                    .version = versions.extension,
                    .valid_from = Seconds(system.clock.UtcNow()),
                    .valid_until = Seconds(plan.valid_until),
                    .target = Serialize(plan.target),
                    .engine_version = versions.engine,
                    .warnings = plan.warnings};
  TRY_LET(cached.settings_sha256, HashOfSettings(system, environment, sequence));
  return AmendLedger(system.files, [&](Ledger& ledger) { ledger.cached_plan = cached; });
}

}  // namespace dockerext
