// SPDX-License-Identifier: MIT
#include "handler/verbs/settled_plan.hpp"

#include "handler/state/ledger.hpp"
#include "handler/state/vm_identity.hpp"

namespace dockerext {
namespace {

using Time = std::chrono::system_clock::time_point;

std::int64_t Seconds(Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

Time At(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

Result<std::string> HashOfSettings(Host& host, const HandlerEnvironment& environment,
                                   std::uint64_t sequence) {
  TRY_LET(const std::string text,
          host.files.Read(environment.config_folder + "/" + std::to_string(sequence) + ".settings"));
  return host.crypto.Sha256(text);
}

Plan PlanOf(const SettledSettings& settled, const Distro& distro) {
  Plan plan;
  plan.hash = settled.hash;
  plan.warnings = settled.warnings;
  plan.valid_until = At(settled.valid_until);
  plan.target.distro = &distro;
  plan.target.leave_engine_alone = settled.leave_engine_alone;
  plan.target.options = settled.options;
  plan.target.uninstall_policy = PolicyOf(settled.uninstall_policy).value_or(UninstallPolicy::kAuto);
  plan.target.certificate = {settled.certificate_sha256, At(settled.certificate_not_after),
                             settled.certificate_may_be_client};
  if (settled.port != 0) plan.target.endpoint = EngineEndpoint{settled.port, settled.tls_folder};
  return plan;
}

}  // namespace

std::optional<Plan> RecallPlan(Host& host, const HandlerEnvironment& environment, std::uint64_t sequence,
                               const std::string& version, const Distro& distro) {
  const auto ledger = LoadLedger(host.files);
  if (!ledger.ok() || !ledger->settled || !SameVm(ledger->vm, VmIdentity(host.files))) return std::nullopt;
  const SettledSettings& settled = *ledger->settled;
  if (settled.version != version || Seconds(host.clock.UtcNow()) >= settled.valid_until) return std::nullopt;
  const auto hash = HashOfSettings(host, environment, sequence);
  if (!hash.ok() || *hash != settled.settings_sha256) return std::nullopt;
  return PlanOf(settled, distro);
}

Status RememberPlan(Host& host, const HandlerEnvironment& environment, std::uint64_t sequence,
                    const std::string& version, const Plan& plan) {
  SettledSettings settled;
  TRY_LET(settled.settings_sha256, HashOfSettings(host, environment, sequence));
  settled.version = version;
  settled.valid_until = Seconds(plan.valid_until);
  settled.hash = plan.hash;
  settled.leave_engine_alone = plan.target.leave_engine_alone;
  settled.options = plan.target.options;
  settled.uninstall_policy = PolicyName(plan.target.uninstall_policy);
  settled.certificate_sha256 = plan.target.certificate.sha256;
  settled.certificate_not_after = Seconds(plan.target.certificate.not_after);
  settled.certificate_may_be_client = plan.target.certificate.may_be_client;
  settled.warnings = plan.warnings;
  if (plan.target.endpoint) {
    settled.port = plan.target.endpoint->port;
    settled.tls_folder = plan.target.endpoint->tls_folder;
  }
  return AmendLedger(host.files, [&](Ledger& ledger) { ledger.settled = settled; });
}

}  // namespace dockerext
