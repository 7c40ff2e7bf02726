// SPDX-License-Identifier: MIT
// The commands that the agent calls, one file each. Each returns a Status; cli maps it to the exit code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "handler/agent/environment.hpp"
#include "handler/agent/invocation.hpp"
#include "handler/ports/system.hpp"

namespace dockerext {

struct VerbContext {
  System& system;
  Invocation invocation;
  std::string program;                            // absolute path of the running binary
  std::optional<HandlerEnvironment> environment;  // none when it could not be read; only enable needs it
};

Status Install(VerbContext& context);
Status Enable(VerbContext& context);
Status Disable(VerbContext& context);
Status Update(VerbContext& context);
Status Uninstall(VerbContext& context);

// Run by systemd, not by the agent. `extension_folder` contains HandlerEnvironment.json.
Status RunEnableWorker(System& system, std::uint64_t generation, const std::string& program,
                       const std::string& extension_folder);
Status RunUninstallWorker(System& system, std::uint64_t generation);
// Run by systemd after a reboot that cut a removal off.
Status ResumeRemoval(System& system);
// Runs after the worker has exited for any reason (ExecStopPost=); `result` is systemd's $SERVICE_RESULT.
Status OnWorkerExit(System& system, std::uint64_t generation, const std::string& result);

}  // namespace dockerext
