// SPDX-License-Identifier: MIT
// What dockerd (20.10 to 29) and its clients accept as TLS material, found by trying each shape on real
// engines: a set that dockerd would reject, or that no client could ever use, is an error; a set that works
// with limits is a warning. Pure: facts in, messages out.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "handler/ports/crypto.hpp"

namespace dockerext {

struct TlsFacts {
  std::vector<CertificateFacts> ca;
  std::vector<CertificateFacts> chain;  // the server's certificate first
  KeyFacts key;
  std::optional<std::size_t> key_of;  // the position in `chain` of the certificate that the key belongs to
  ClientVerdict own_pair;             // what dockerd makes of the server's pair, as a client's
  std::set<std::string> public_authorities;   // fingerprints of CAs that are the distribution's
  std::optional<std::size_t> key_of_ca = {};  // as `key_of`, in `ca`, where it belongs to none of `chain`
};

enum class TlsPart { kCa, kCertificate, kKey };

struct TlsFinding {
  TlsPart part;
  std::string what;         // "the certificate expired on 2026-11-01"
  std::string remedy = {};  // of an error

  std::string Message() const { return remedy.empty() ? what : what + "; " + remedy; }
};

struct TlsFindings {
  std::vector<TlsFinding> errors;
  std::vector<TlsFinding> warnings;
};

// A certificate that expires within this time is a warning.
inline constexpr std::chrono::hours kExpiresSoon{24 * 30};

// Its first or last day, for messages; "a day after 2262-04-11" where the clock holds no more.
std::string DescribeDay(std::chrono::system_clock::time_point date);

// The next time after `now` at which the certificates' dates change the findings of ValidateTls.
std::chrono::system_clock::time_point FindingsChangeAt(const std::vector<CertificateFacts>& certificates,
                                                       std::chrono::system_clock::time_point now);

// dockerd does not look at dates. Of material that is served already no date is an error: it stays served.
enum class TlsUse { kNew, kServed };

// The clocks of new VMs and of CAs differ: new material that becomes valid within this time is only a
// warning.
inline constexpr std::chrono::hours kClockTolerance{24};

// `facts.ca` and `facts.chain` hold at least one certificate each.
TlsFindings ValidateTls(const TlsFacts& facts, std::chrono::system_clock::time_point now,
                        TlsUse use = TlsUse::kNew);

}  // namespace dockerext
