// SPDX-License-Identifier: MIT
// Measures the availability of a server in a guest from Start to Stop, with `availability-probe probe` or
// `availability-probe ping` (DX_AVAILABILITY_PROBE): the number of lost requests and the longest gap between
// answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "tests/e2e/guest/background.hpp"
#include "tests/e2e/guest/guest.hpp"

namespace dockerext {

struct Availability {
  std::uint64_t sent = 0;
  std::uint64_t lost = 0;
  std::uint64_t longest_gap_ms = 0;
  std::uint64_t slowest_ms = 0;
};

// "sent N lost N longest gap N ms".
std::string Describe(const Availability& availability);

class AvailabilityProbe {
 public:
  // An HTTP server, or a dockerd whose socket path is the address.
  struct Target {
    std::string address;
    std::uint16_t port = 80;
    std::chrono::milliseconds interval{10};
  };

  // Probes from within the guest, or from the other host. Returns after the first answer.
  static Result<AvailabilityProbe> FromInside(const Guest& guest, const Target& target);
  static Result<AvailabilityProbe> FromOutside(const Guest& guest, const Target& target);

  Result<Availability> Stop();

  // The path of the probe program in the guest, for FromInside.
  static constexpr const char* kProgram = "/usr/local/bin/availability-probe";

 private:
  explicit AvailabilityProbe(guest::Background probe) : probe_(std::move(probe)) {}

  static Result<AvailabilityProbe> Start(std::vector<std::string> argv, const Target& target);

  guest::Background probe_;
};

}  // namespace dockerext
