// SPDX-License-Identifier: MIT
// One command of one version of the handler, called and judged as the agent does it. What
// follows from a failure is for the caller to decide: here nothing is written but CommandExecution.log.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "handler/base/result.hpp"
#include "tests/sim/agent/debugger.hpp"
#include "tests/sim/agent/follow.hpp"
#include "tests/sim/agent/launch.hpp"
#include "tests/sim/agent/reporter.hpp"
#include "tests/sim/contract/environment.hpp"
#include "tests/sim/contract/layout.hpp"
#include "tests/sim/contract/manifest.hpp"

namespace dockerext::agent_simulator {

struct CallFailure {
  ExitCode harness_exit_code = ExitCode::kCommandFailed;
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
                                          const contract::CallContext& call);

 private:
  Result<CommandResult> Run(const contract::Layout& layout, const contract::Command& command,
                            const contract::CallContext& call, const std::string& line);
  std::optional<CallFailure> Classify(const contract::Command& command, const std::string& line,
                                      const CommandResult& result) const;

  Pace pace_;
  Debugging debugging_;
  Reporter& reporter_;
};

}  // namespace dockerext::agent_simulator
