// SPDX-License-Identifier: MIT
// The values of the certificates and of the key: PEM, or base64 of PEM, also where a pipeline lost line ends.
// What else people send has an error that says what it is. No part of a value reaches a message. Private to
// this room.
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

// All three of a set, or none: with an incomplete set, earlier extensions listened without TLS. Nothing too
// where there are errors.
std::optional<TlsMaterial> ReadTls(ObjectReader& reader, const TlsKeys& names, Findings& findings);

}  // namespace dockerext
