// SPDX-License-Identifier: MIT
// The tables of bad_input_test: every input that enable has to reject, and the harmless ones that it accepts.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/e2e/suites/handler/bad_input_makers.hpp"

namespace dockerext::bad_input {

enum class Rejected { kByEnable, kByWorker, kNever };

constexpr const char* kPortInUse = "5000";  // by a program that is not dockerd

struct Input {
  std::string name;
  Maker file;                         // none: the settings file is missing
  std::vector<std::string> expected;  // excerpts of the error message; of an accepted input, of the warnings
  Rejected rejected = Rejected::kByEnable;
  std::optional<std::string> environment = {};  // HandlerEnvironment.json, in place of the agent's

  friend void PrintTo(const Input& input, std::ostream* out) { *out << input.name; }
};

std::vector<Input> Ports();
std::vector<Input> Options();
std::vector<Input> PublicTypes();
std::vector<Input> Certificates();
std::vector<Input> CertificateParts();  // missing, of another type, or in the place of another
std::vector<Input> ProtectedTypes();
std::vector<Input> SettingsFiles();
std::vector<Input> Environments();
std::vector<Input> Accepted();

}  // namespace dockerext::bad_input
