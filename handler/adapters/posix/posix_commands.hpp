// SPDX-License-Identifier: MIT
// Implements Commands: runs programs with fork and exec, one at a time.
#pragma once

#include "handler/ports/commands.hpp"

namespace dockerext {

class PosixCommands : public Commands {
 public:
  Result<CommandOutput> Run(const Command& command) override;
};

}  // namespace dockerext
