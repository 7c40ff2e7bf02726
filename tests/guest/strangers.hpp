// SPDX-License-Identifier: MIT
// Clients on the other host that have no certificate and try the VM's ports without pause, in plain text and
// over TLS: none of them may ever get an answer of the engine's.
#pragma once

#include <string>

#include "tests/guest/background.hpp"
#include "tests/guest/vm.hpp"

namespace dockerext {

class Strangers {
 public:
  static Result<Strangers> Begin(const Vm& vm);

  // What they got to see; "" when that was nothing.
  Result<std::string> Stop();

 private:
  explicit Strangers(guest::Background program) : program_(std::move(program)) {}

  guest::Background program_;
};

}  // namespace dockerext
