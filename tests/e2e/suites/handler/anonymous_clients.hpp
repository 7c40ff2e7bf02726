// SPDX-License-Identifier: MIT
// Clients on the other host that have no certificate and try the VM's ports without pause, in plain text and
// over TLS: none of them may ever get an answer of the engine's.
#pragma once

#include <string>

#include "tests/e2e/guest/background.hpp"
#include "tests/e2e/suites/support/vm.hpp"

namespace dockerext {

class AnonymousClients {
 public:
  static Result<AnonymousClients> Begin(const Vm& vm);

  // What they got to see; "" when that was nothing.
  Result<std::string> Stop();

 private:
  explicit AnonymousClients(guest::Background program) : program_(std::move(program)) {}

  guest::Background program_;
};

}  // namespace dockerext
