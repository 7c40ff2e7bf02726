// SPDX-License-Identifier: MIT
// config/N.settings: written as the agent writes it, and which N. What was delivered last is
// read back from the versions' folders alone, so the harness keeps no record of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "handler/base/result.hpp"
#include "handler/base/secret.hpp"
#include "tests/sim/contract/envelope.hpp"
#include "tests/sim/contract/layout.hpp"
#include "tests/sim/contract/python_json.hpp"

namespace dockerext::agent_simulator {

// What the customer sent.
struct Settings {
  enum class Kind {
    kGiven,   // the two documents below
    kNone,    // no settings at all: 0.settings of 0 bytes
    kNew,     // the two documents, under the next number even if they are the same again
    kRepeat,  // whatever was delivered last
  };
  Kind kind = Kind::kGiven;
  contract::Json public_settings;  // null: absent
  Secret protected_settings;       // their JSON text; empty: absent
  contract::Cipher cipher = contract::Cipher::kTripleDes;
};

// The number of the settings that were delivered last, to whichever version of this handler.
std::optional<std::uint64_t> LastSequence(const contract::Layout& layout);

struct DeliveredSettings {
  std::uint64_t sequence = 0;
  bool has_settings = true;  // false: 0 bytes, and the agent will read no status file
};

// Writes the file for this version: the last number again, byte by byte, when the settings are the same as
// the last; the next number otherwise.
Result<DeliveredSettings> DeliverSettings(const contract::Layout& layout, const Settings& settings);

}  // namespace dockerext::agent_simulator
