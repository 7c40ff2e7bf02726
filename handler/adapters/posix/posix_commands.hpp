// SPDX-License-Identifier: MIT
// Runs programs with fork and exec, one at a time.
#pragma once

#include "handler/ports/commands.hpp"

namespace dockerext {

class PosixCommands : public Commands {
 public:
  Result<CommandOutput> Run(const Command& command) override;
};

}  // namespace dockerext
