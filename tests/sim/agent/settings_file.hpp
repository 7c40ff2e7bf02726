// SPDX-License-Identifier: MIT
// Writes config/N.settings as the agent does, and chooses N. Finds the settings delivered last in the
// versions' folders, so the harness keeps no record of its own.
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

// The settings to deliver.
struct Settings {
  enum class Kind {
    kGiven,   // the two documents below; the last number again if they are unchanged
    kNone,    // no settings at all: 0.settings of 0 bytes
    kNew,     // the two documents, always under the next number
    kRepeat,  // the settings delivered last
  };
  Kind kind = Kind::kGiven;
  contract::Json public_settings;  // null: absent
  Secret protected_settings;       // their JSON text; empty: absent
  contract::Cipher cipher = contract::Cipher::kTripleDes;
};

// The number of the settings delivered last, to any version of this handler.
std::optional<std::uint64_t> LastSequence(const contract::Layout& layout);

struct DeliveredSettings {
  std::uint64_t sequence = 0;
  bool has_settings = true;  // false: 0 bytes; the agent then reads no status file
};

// Writes the file for this version: unchanged settings again under the last number, byte by byte; others
// under the next number.
Result<DeliveredSettings> DeliverSettings(const contract::Layout& layout, const Settings& settings);

}  // namespace dockerext::agent_simulator
