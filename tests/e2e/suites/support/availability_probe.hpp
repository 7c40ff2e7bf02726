// SPDX-License-Identifier: MIT
// Watches a server in a guest by `availability-probe probe` or `availability-probe ping`
// (DX_AVAILABILITY_PROBE), from its start to Stop: how many requests got no answer, and how long nobody was
// answered.
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
  // A server of HTTP, or the dockerd behind a socket of which the address is the path.
  struct Target {
    std::string address;
    std::uint16_t port = 80;
    std::chrono::milliseconds interval{10};
  };

  // From a program in the guest, or one on the other host. Returns once a request was answered.
  static Result<AvailabilityProbe> FromInside(const Guest& guest, const Target& target);
  static Result<AvailabilityProbe> FromOutside(const Guest& guest, const Target& target);

  Result<Availability> Stop();

  // Where FromInside looks for the program in the guest.
  static constexpr const char* kProgram = "/usr/local/bin/availability-probe";

 private:
  explicit AvailabilityProbe(guest::Background probe) : probe_(std::move(probe)) {}

  static Result<AvailabilityProbe> Start(std::vector<std::string> argv, const Target& target);

  guest::Background probe_;
};

}  // namespace dockerext
