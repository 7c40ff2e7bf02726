// SPDX-License-Identifier: MIT
// Clients without a certificate on the other host, which keep trying the ports of the VM in plain text and
// over TLS. The engine must never answer one of them.
#pragma once

#include <string>

#include "tests/e2e/guest/background.hpp"
#include "tests/e2e/suites/support/vm.hpp"

namespace dockerext {

class AnonymousClients {
 public:
  static Result<AnonymousClients> Begin(const Vm& vm);

  // The answers that they received; "" if none.
  Result<std::string> Stop();

 private:
  explicit AnonymousClients(guest::Background program) : program_(std::move(program)) {}

  guest::Background program_;
};

}  // namespace dockerext
