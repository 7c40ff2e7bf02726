// SPDX-License-Identifier: MIT
#include "handler/verbs/cached_plan.hpp"

#include "handler/state/ledger.hpp"
#include "handler/state/vm_identity.hpp"

namespace dockerext {
namespace {

using Time = std::chrono::system_clock::time_point;

std::int64_t Seconds(Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

Time At(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

Result<std::string> HashOfSettings(System& system, const HandlerEnvironment& environment,
                                   std::uint64_t sequence) {
  TRY_LET(const std::string text,
          system.files.Read(environment.config_folder + "/" + std::to_string(sequence) + ".settings"));
  return system.crypto.Sha256(text);
}

Plan PlanOf(const CachedPlan& cached, const Distro& distro) {
  Plan plan;
  plan.hash = cached.hash;
  plan.warnings = cached.warnings;
  plan.valid_until = At(cached.valid_until);
  plan.target.distro = &distro;
  plan.target.leave_engine_alone = cached.leave_engine_alone;
  plan.target.options = cached.options;
  plan.target.uninstall_policy = PolicyOf(cached.uninstall_policy).value_or(UninstallPolicy::kAuto);
  plan.target.certificate = {cached.certificate_sha256, At(cached.certificate_not_after),
                             cached.certificate_may_be_client};
  if (cached.port != 0) plan.target.endpoint = EngineEndpoint{cached.port, cached.tls_folder};
  return plan;
}

}  // namespace

std::optional<Plan> LoadCachedPlan(System& system, const HandlerEnvironment& environment,
                                   std::uint64_t sequence, const std::string& version, const Distro& distro) {
  const auto ledger = LoadLedger(system.files);
  if (!ledger.ok() || !ledger->cached_plan || !SameVm(ledger->vm, VmIdentity(system.files)))
    return std::nullopt;
  const CachedPlan& cached = *ledger->cached_plan;
  if (cached.version != version || Seconds(system.clock.UtcNow()) >= cached.valid_until) return std::nullopt;
  const auto hash = HashOfSettings(system, environment, sequence);
  if (!hash.ok() || *hash != cached.settings_sha256) return std::nullopt;
  return PlanOf(cached, distro);
}

Status StoreCachedPlan(System& system, const HandlerEnvironment& environment, std::uint64_t sequence,
                       const std::string& version, const Plan& plan) {
  CachedPlan cached;
  TRY_LET(cached.settings_sha256, HashOfSettings(system, environment, sequence));
  cached.version = version;
  cached.valid_until = Seconds(plan.valid_until);
  cached.hash = plan.hash;
  cached.leave_engine_alone = plan.target.leave_engine_alone;
  cached.options = plan.target.options;
  cached.uninstall_policy = PolicyName(plan.target.uninstall_policy);
  cached.certificate_sha256 = plan.target.certificate.sha256;
  cached.certificate_not_after = Seconds(plan.target.certificate.not_after);
  cached.certificate_may_be_client = plan.target.certificate.may_be_client;
  cached.warnings = plan.warnings;
  if (plan.target.endpoint) {
    cached.port = plan.target.endpoint->port;
    cached.tls_folder = plan.target.endpoint->tls_folder;
  }
  return AmendLedger(system.files, [&](Ledger& ledger) { ledger.cached_plan = cached; });
}

}  // namespace dockerext
