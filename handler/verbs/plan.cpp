// SPDX-License-Identifier: MIT
#include "handler/verbs/plan.hpp"

#include "handler/agent/settings_file.hpp"
#include "handler/base/text.hpp"
#include "handler/docker/tls_material.hpp"
#include "handler/docker/tls_rules.hpp"
#include "handler/docker/tls_set.hpp"
#include "handler/state/ledger.hpp"
#include "handler/state/vm_identity.hpp"

namespace dockerext {
namespace {

Error Invalid(const std::vector<Finding>& findings) {
  return Error{Code::kInvalidSettings, FormatFindings(findings)};
}

ServedCertificate Served(const CertificateFacts& certificate) {
  return {certificate.sha256, certificate.not_after, certificate.may_be_client};
}

// The settings contain certificates.
Status UseMaterial(System& system, DesiredState& desired, Plan& plan) {
  const TlsValidation validation = ValidateMaterial(system.crypto, *desired.tls, system.clock.UtcNow());
  if (!validation.findings.errors.empty()) return Invalid(validation.findings.errors);
  for (const Finding& warning : validation.findings.warnings)
    plan.warnings.push_back(FormatFindings({warning}));
  const std::string hash = system.crypto.Sha256(TlsSetContent(*desired.tls).Reveal());
  plan.target.endpoint = EngineEndpoint{desired.port.value_or(kDefaultPort), TlsSetFolder(hash)};
  plan.target.certificate = Served(validation.served);
  plan.valid_until = validation.valid_until;
  plan.target.material = std::move(desired.tls);
  return {};
}

// The settings contain no certificates and the extension's endpoint is open: keeps those in use.
Status KeepCertificates(System& system, const DesiredState& desired, const std::string& tls_folder,
                        Plan& plan) {
  const std::string path = tls_folder + "/" + std::string(kCertificateFile);
  const auto pem = system.files.Read(path);
  if (!pem.ok()) return pem.error().code == Code::kNotFound ? DamagedTlsSet(tls_folder) : pem.error();
  const auto read = system.crypto.InspectCertificates(*pem);
  if (!read.ok()) return DamagedTlsSet(tls_folder);
  const CertificateFacts& served = read->front();
  plan.target.endpoint = EngineEndpoint{desired.port.value_or(kDefaultPort), tls_folder};
  plan.target.certificate = Served(served);
  plan.valid_until = FindingsChangeAt({served}, system.clock.UtcNow());
  plan.warnings.emplace_back(
      "protectedSettings: no certificates were given; those that are in use were kept");
  if (served.not_after < system.clock.UtcNow() + kExpiresSoon) {
    plan.warnings.push_back("the certificate in use expires on " + FormatUtcDate(served.not_after) +
                            "; send a new one");
  }
  return {};
}

Error CertificatesRequired() {
  return Error{
      Code::kInvalidSettings,
      "publicSettings.docker.port is set, but there are no certificates, and a port is never opened without "
      "them; set protectedSettings.certs.ca, certs.cert and certs.key"};
}

Error NoUsableCertificates(bool on_same_vm) {
  const std::string why = on_same_vm
                              ? "the certificates of the open port were never verified"
                              : "this VM was created from an image of a VM that the extension had configured";
  return Error{Code::kInvalidSettings, why +
                                           ", and the settings contain none, so the port was closed; set "
                                           "protectedSettings.certs.ca, certs.cert and certs.key"};
}

// No settings at all while the extension's endpoint is open: keeps the last applied ones instead of the
// defaults, since the agent writes the same nulls for settings that it could not read.
void RepeatLastSettings(System& system, DesiredState& desired, Plan& plan) {
  const auto ledger = LoadLedger(system.files);
  if (!ledger.ok() || !ledger->cached_plan || ledger->cached_plan->port == 0) return;
  if (!SameVm(ledger->vm, VmIdentity(system.files))) return;
  const CachedPlan& cached = *ledger->cached_plan;
  desired.port = cached.port;
  desired.options = cached.options;
  desired.uninstall_policy = PolicyOf(cached.uninstall_policy).value_or(desired.uninstall_policy);
  plan.warnings.emplace_back(
      "there are no settings, so port, options and uninstallPolicy were kept as they were");
}

Status ChooseEndpoint(System& system, DesiredState& desired, Plan& plan) {
  if (desired.tls) return UseMaterial(system, desired, plan);
  const auto ledger = LoadLedger(system.files);
  if (!ledger.ok() && ledger.error().code != Code::kNotFound) return ledger.error();
  const bool on_same_vm = ledger.ok() && SameVm(ledger->vm, VmIdentity(system.files));
  if (DockerUnit(system).ConfiguredEndpoint()) {
    if (on_same_vm && ledger->last_known_good && !ledger->last_known_good->tls_folder.empty()) {
      return KeepCertificates(system, desired, ledger->last_known_good->tls_folder, plan);
    }
    plan.rejection = NoUsableCertificates(on_same_vm);
    return {};
  }
  if (desired.port) return CertificatesRequired();
  plan.warnings.emplace_back(
      "neither a port nor certificates were given: Docker is installed, and no TCP port is open");
  return {};
}

void LeaveAlone(const DesiredState& desired, Plan& plan) {
  plan.target.leave_engine_alone = true;
  if (desired.tls || desired.port || !desired.options.empty()) {
    plan.warnings.emplace_back(
        "publicSettings.installonly is true, so port, options and certificates were not applied");
  }
}

std::string Hash(Crypto& crypto, const EngineTarget& target) {
  std::vector<std::string> parts = {target.leave_engine_alone ? "leave" : "configure",
                                    std::to_string(static_cast<int>(target.uninstall_policy))};
  if (target.endpoint) {
    parts.push_back(std::to_string(target.endpoint->port));
    parts.push_back(target.endpoint->tls_folder);
  }
  parts.insert(parts.end(), target.options.begin(), target.options.end());
  return crypto.Sha256(Join(parts, "\n"));
}

}  // namespace

Result<Plan> ResolvePlan(System& system, const Distro& distro, SettingsReading reading) {
  if (!reading.findings.errors.empty()) return Invalid(reading.findings.errors);
  Plan plan;
  for (const Finding& warning : reading.findings.warnings) plan.warnings.push_back(FormatFindings({warning}));
  plan.target.distro = &distro;
  if (reading.none && DockerUnit(system).ConfiguredEndpoint())
    RepeatLastSettings(system, reading.desired, plan);
  plan.target.uninstall_policy = reading.desired.uninstall_policy;
  if (reading.desired.leave_engine_alone) {
    LeaveAlone(reading.desired, plan);
  } else {
    plan.target.options = reading.desired.options;
    TRY(ChooseEndpoint(system, reading.desired, plan));
  }
  plan.hash = Hash(system.crypto, plan.target);
  return plan;
}

Result<Plan> MakePlan(System& system, const HandlerEnvironment& environment, std::uint64_t sequence,
                      const Distro& distro) {
  TRY_LET(const SettingsFile file, ReadSettingsFile(system.files, environment.config_folder, sequence));
  TRY_LET(const Secret opened,
          OpenProtectedSettings(system.files, system.crypto, environment.config_folder, file));
  return ResolvePlan(system, distro, ReadSettings(file.public_text, opened));
}

}  // namespace dockerext
