// SPDX-License-Identifier: MIT
// The values of the certificates and of the key: PEM, or base64 of PEM, also where a pipeline lost line ends
// or padding, or put quotes or a data URI around. What else people send has an error that says what it is. No
// part of a value reaches a message. Private to this room.
#pragma once

#include <optional>
#include <string>

#include "handler/settings/desired_state.hpp"
#include "handler/settings/object_reader.hpp"

namespace dockerext {

struct TlsKeys {
  std::string ca;
  std::string certificate;
  std::string key;
};

struct TlsReading {
  std::optional<TlsMaterial> whole;
  // Of a set with errors, the parts without one, for what else is wrong; the others are empty.
  std::optional<TlsMaterial> remains;
};

// All three of a set, or none: with an incomplete set, earlier extensions listened without TLS.
TlsReading ReadTls(ObjectReader& reader, const TlsKeys& names, Findings& findings);

}  // namespace dockerext
