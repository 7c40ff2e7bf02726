// SPDX-License-Identifier: MIT
// A package manager that answers by the words of its command line, and what a test asks of it.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "handler/base/text.hpp"
#include "handler/packages/package_actions.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_locks.hpp"

namespace dockerext {

// A package manager's answers by the words of its command line.
class FakeTool : public Commands {
 public:
  struct Answer {
    const char* word;
    CommandOutput output;
    bool once = false;
  };
  std::vector<Answer> answers;  // the first of which the command line has the word; none: a success
  std::vector<std::string> run;

  Result<CommandOutput> Run(const Command& command) override {
    run.push_back(Join(command.argv, " "));
    const auto answer = std::ranges::find_if(answers, [&](const Answer& candidate) {
      return std::ranges::find(command.argv, candidate.word) != command.argv.end();
    });
    if (answer == answers.end()) return CommandOutput{};
    CommandOutput output = answer->output;
    if (answer->once) answers.erase(answer);
    return output;
  }
  // The names of the last command line.
  std::string Installed() const { return run.empty() ? "" : run.back().substr(run.back().rfind("install ")); }
  long Runs(const std::string& word) const {
    return std::ranges::count_if(run, [&](const std::string& argv) { return argv.ends_with(word); });
  }
};

class Installing : public testing::Test {
 protected:
  PackageActions Packages(const PackageManager& manager) {
    return {tool, clock, locks, manager, [this](const std::string&) -> Status {
              return clock.elapsed < std::chrono::minutes(25) ? Status()
                                                              : Status(Error{Code::kTimeout, "the deadline"});
            }};
  }
  Result<PackageActions::Installed> Install(const PackageActions::Installation& installation) {
    return Packages(kApt).Install(installation, [](const Transaction&) { return Status(); });
  }

  FakeClock clock;
  FakeLocks locks{clock};
  FakeTool tool;
};

inline const std::vector<std::string> kEngine = {"docker-ce", "docker-ce-cli", "containerd.io"};

inline bool Any(std::string_view) { return true; }

}  // namespace dockerext
