// SPDX-License-Identifier: MIT
#include "tests/e2e/suites/support/availability_probe.hpp"

#include <nlohmann/json.hpp>

namespace dockerext {
namespace {

constexpr std::chrono::seconds kFirstAnswerBudget{20};
constexpr std::chrono::seconds kStopBudget{20};

std::vector<std::string> ArgsFor(const AvailabilityProbe::Target& target) {
  const std::string interval = std::to_string(target.interval.count());
  if (target.address.starts_with('/')) return {"ping", target.address, interval};
  return {"probe", target.address, std::to_string(target.port), interval};
}

}  // namespace

std::string Describe(const Availability& availability) {
  return "sent " + std::to_string(availability.sent) + " lost " + std::to_string(availability.lost) +
         " longest gap " + std::to_string(availability.longest_gap_ms) + " ms";
}

Result<AvailabilityProbe> AvailabilityProbe::Start(std::vector<std::string> argv, const Target& target) {
  const std::vector<std::string> args = ArgsFor(target);
  argv.insert(argv.end(), args.begin(), args.end());
  TRY_LET(guest::Background probe, guest::Background::Start(argv));
  TRY(probe.ReadLine(kFirstAnswerBudget).Context("waiting for an answer of " + target.address));
  return AvailabilityProbe(std::move(probe));
}

Result<AvailabilityProbe> AvailabilityProbe::FromInside(const Guest& guest, const Target& target) {
  return Start({Variable("DX_GUEST"), "exec", guest.name(), "--", kProgram}, target);
}

Result<AvailabilityProbe> AvailabilityProbe::FromOutside(const Guest& guest, const Target& target) {
  return Start({Variable("DX_GUEST"), "client", guest.name(), "--", Variable("DX_AVAILABILITY_PROBE")},
               target);
}

Result<Availability> AvailabilityProbe::Stop() {
  TRY_LET(const std::string text, probe_.Finish(kStopBudget));
  const auto report = nlohmann::json::parse(text, nullptr, false);
  if (!report.is_object()) return Error{Code::kInternal, "the probe printed no JSON: " + text};
  return Availability{.sent = report.value("sent", std::uint64_t{0}),
                      .lost = report.value("lost", std::uint64_t{0}),
                      .longest_gap_ms = report.value("longest_gap_ms", std::uint64_t{0}),
                      .slowest_ms = report.value("slowest_ms", std::uint64_t{0})};
}

}  // namespace dockerext
