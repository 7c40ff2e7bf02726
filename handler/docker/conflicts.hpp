// SPDX-License-Identifier: MIT
// What the texts of dockerd's configuration have that contradicts the extension's own: the keys of
// daemon.json, the arguments of docker.service, and drop-ins that come after ours. Pure text.
#pragma once

#include <string>
#include <vector>

#include "handler/docker/daemon_json.hpp"
#include "handler/docker/vendor_command.hpp"
#include "handler/settings/desired_state.hpp"

namespace dockerext {

// `options`: those of the settings. `may_remove_live_restore`:
// the key is the extension's, and gives way to an option.
std::vector<Error> ConflictsOf(const DaemonJson& daemon_json, const std::string& path,
                               const std::vector<DockerOption>& options, bool may_remove_live_restore);

// TCP listeners, TLS options, and options that docker.service has without the extension.
std::vector<Error> ConflictsOf(const std::vector<ArgWithOrigin>& args,
                               const std::vector<DockerOption>& options);

// Drop-ins that sort after the extension's and set ExecStart; http-proxy.conf and the like are no conflict.
std::vector<Error> ConflictsOf(const std::vector<UnitText>& unit_files);

}  // namespace dockerext
