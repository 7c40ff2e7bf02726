// SPDX-License-Identifier: MIT
// The stories that the agent can ask for, one file each. Each gives a Status; what its code means for the
// process's exit code is cli's.
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
  std::string program;                            // the running binary's absolute path
  std::optional<HandlerEnvironment> environment;  // none: it could not be read; only enable needs it
};

Status Install(VerbContext& context);
Status Enable(VerbContext& context);
Status Disable(VerbContext& context);
Status Update(VerbContext& context);
Status Uninstall(VerbContext& context);

// What systemd runs for us, not the agent. `extension_folder` is where HandlerEnvironment.json is.
Status RunEnableWorker(System& system, std::uint64_t generation, const std::string& program,
                       const std::string& extension_folder);
Status RunUninstallWorker(System& system, std::uint64_t generation);
// After a worker's end, however it ended; `result` is systemd's $SERVICE_RESULT.
Status OnWorkerExit(System& system, std::uint64_t generation, const std::string& result);

}  // namespace dockerext
