// SPDX-License-Identifier: MIT
// What is known of dockerd's flags, of 1.12 to 29, in one table: how each is read, and whether docker.options
// may have it. A flag that is not in it is the engine's to judge.
#pragma once

#include <string_view>

#include "handler/errors/settings.hpp"

namespace dockerext {

enum class FlagValue {
  kBoolean,  // never takes the next argument for its value
  kOne,      // the last one counts
  kList,     // may be repeated; each adds
};

struct DockerdFlag {
  std::string_view name;  // without dashes
  FlagValue value = FlagValue::kOne;
  char shorthand = '\0';
  std::string_view key = {};          // in daemon.json, where it is not the name
  const ErrorRow* refusal = nullptr;  // why docker.options may not have it; null: it may
};

// By its name, the former --graph as the data-root that it is; nullptr for an unknown one.
const DockerdFlag* FindFlag(std::string_view name);

// By its letter; nullptr for one that no dockerd accepts.
const DockerdFlag* FindShorthand(char letter);

}  // namespace dockerext
