// SPDX-License-Identifier: MIT
// Runs the harness inside a guest: copies it in with the files that it needs, runs it there with --here, and
// removes the copies, also after a failure or Ctrl-C.
#pragma once

#include <string>
#include <vector>

#include "handler/base/result.hpp"
#include "handler/base/secret.hpp"
#include "tests/sim/agent/foreground.hpp"

namespace dockerext::agent_simulator {

struct Guest {
  std::string program;  // PROGRAM exec NAME -- ..., PROGRAM copy NAME SOURCE DESTINATION
  std::string name;
};

struct GuestRun {
  std::string harness;                 // the program to copy in
  std::vector<std::string> arguments;  // verb and options, without files
  std::string zip;                     // empty: none
  std::string public_text;             // empty: none
  Secret protected_text;               // empty: none
  Foreground::OnInterrupt on_interrupt = Foreground::OnInterrupt::kEndTheProgram;
};

// Returns the exit code of the harness inside. Files are copied as 0600 into a folder that is 0700.
Result<int> RunHarnessInGuest(const Guest& guest, const GuestRun& run);

// The path of the running program; an error when it is dynamically linked: a guest may lack its libraries.
Result<std::string> OwnStaticProgram();

}  // namespace dockerext::agent_simulator
