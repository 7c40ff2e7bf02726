// SPDX-License-Identifier: MIT
// Keeps every line, so that tests can check for what must and must not be logged.
#pragma once

#include <string>
#include <vector>

#include "handler/ports/log.hpp"

namespace dockerext {

class FakeLog : public Log {
 public:
  Status AddFileSink(const std::string& folder) override {
    folders.push_back(folder);
    return {};
  }

  std::vector<std::string> folders;
  std::vector<std::string> lines;

 protected:
  void WriteRedacted(Severity /*severity*/, std::string_view message) override {
    lines.emplace_back(message);
  }
};

}  // namespace dockerext
