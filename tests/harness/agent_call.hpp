// SPDX-License-Identifier: MIT
// One command of one version of the handler, called and judged as the agent does it. What
// follows from a failure is for the caller to decide: here nothing is written but CommandExecution.log.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "handler/base/result.hpp"
#include "tests/contract/environment.hpp"
#include "tests/contract/layout.hpp"
#include "tests/contract/manifest.hpp"
#include "tests/harness/debugger.hpp"
#include "tests/harness/follow.hpp"
#include "tests/harness/launch.hpp"
#include "tests/harness/reporter.hpp"

namespace dockerext::harness {

struct CallFailure {
  Verdict verdict = Verdict::kCommandFailed;
  std::string what;                // "enable failed (exit 1)"
  contract::HandlerReport report;  // what the agent makes of it
  int exit_code = 0;  // what it tells later commands: the command's own, or its own number for the failure
  // False where the agent meets a plain Python exception: that is never tolerated and fails no upgrade.
  bool is_extension_error = true;
};

class AgentCalls {
 public:
  AgentCalls(Pace pace, Debugging debugging, Reporter& reporter)
      : pace_(pace), debugging_(std::move(debugging)), reporter_(reporter) {}

  // No failure: it exited with 0.
  Result<std::optional<CallFailure>> Call(const contract::Layout& layout, const contract::Command& command,
                                          const contract::Told& told);

 private:
  Result<Outcome> Run(const contract::Layout& layout, const contract::Command& command,
                      const contract::Told& told, const std::string& line);
  std::optional<CallFailure> Judge(const contract::Command& command, const std::string& line,
                                   const Outcome& outcome) const;

  Pace pace_;
  Debugging debugging_;
  Reporter& reporter_;
};

}  // namespace dockerext::harness
