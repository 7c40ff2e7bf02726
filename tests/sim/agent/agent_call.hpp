// SPDX-License-Identifier: MIT
// Calls one command of one version of the handler and classifies its exit as the agent does. Writes nothing
// but CommandExecution.log; the caller decides what a failure leads to.
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
  contract::HandlerReport report;  // what the agent reports
  int exit_code = 0;  // as passed to later commands: the command's own, or the agent's number for the failure
  // False for a plain Python exception in the agent: it is never tolerated, and does not mark an upgrade
  // failed.
  bool is_extension_error = true;
};

class AgentCalls {
 public:
  AgentCalls(Pace pace, Debugging debugging, Reporter& reporter)
      : pace_(pace), debugging_(std::move(debugging)), reporter_(reporter) {}

  // Returns no failure when the command exits with 0.
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
