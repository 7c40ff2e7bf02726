// SPDX-License-Identifier: MIT
#include "handler/verbs/cached_plan.hpp"

#include "handler/state/ledger.hpp"

namespace dockerext {
namespace {

std::int64_t Seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

Result<std::string> HashOfSettings(System& system, const HandlerEnvironment& environment,
                                   std::uint64_t sequence) {
  TRY_LET(const std::string text,
          system.files.Read(environment.config_folder + "/" + std::to_string(sequence) + ".settings"));
  return system.crypto.Sha256(text);
}

}  // namespace

std::optional<Plan> LoadCachedPlan(System& system, const HandlerEnvironment& environment,
                                   std::uint64_t sequence, const std::string& version, const Ledger& ledger) {
  if (!ledger.cached_plan) return std::nullopt;
  const CachedPlan& cached = *ledger.cached_plan;
  if (cached.version != version || Seconds(system.clock.UtcNow()) >= cached.valid_until) return std::nullopt;
  const auto hash = HashOfSettings(system, environment, sequence);
  if (!hash.ok() || *hash != cached.settings_sha256) return std::nullopt;
  auto target = ParseTarget(cached.target);
  if (!target) return std::nullopt;
  return Plan{.target = *std::move(target), .material = std::nullopt, .warnings = cached.warnings};
}

Status StoreCachedPlan(System& system, const HandlerEnvironment& environment, std::uint64_t sequence,
                       const std::string& version, const Plan& plan) {
  CachedPlan cached{.settings_sha256 = {},
                    .version = version,
                    .valid_until = Seconds(plan.valid_until),
                    .target = Serialize(plan.target),
                    .warnings = plan.warnings};
  TRY_LET(cached.settings_sha256, HashOfSettings(system, environment, sequence));
  return AmendLedger(system.files, [&](Ledger& ledger) { ledger.cached_plan = cached; });
}

}  // namespace dockerext
