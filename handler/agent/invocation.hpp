// SPDX-License-Identifier: MIT
// What the agent says with a command: the extension's folder and version, the sequence number, the target of
// an update. The agent's own environment may shadow any of it, so nothing is taken from a variable that the
// folder says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "handler/base/result.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

using Variables = std::map<std::string, std::string>;

struct Invocation {
  std::string folder;                     // <lib>/<Name>-<Version>, where HandlerManifest.json is
  std::string name;                       // "Publisher.Type"
  std::string version;                    // "1.0.0"
  std::string update_target;              // of the verb update; empty otherwise
  std::optional<std::uint64_t> sequence;  // as the agent gave it
};

// `program` is the absolute path of the running binary, <folder>/bin/<arch>/docker-extension. Where it is
// elsewhere (started by hand), AZURE_GUEST_AGENT_EXTENSION_PATH names the folder.
Invocation ReadInvocation(const std::string& program, const Variables& variables);

// "1.0.0" of .../<Name>-1.0.0; empty for a folder of another shape.
std::string VersionOf(const std::string& extension_folder);

// The sequence number in force: the agent's, else that of the last modified N.settings (agents before 2.2 and
// manual runs); kNotFound when there is neither.
Result<std::uint64_t> ChooseSequence(Files& files, const std::string& config_folder,
                                     const std::optional<std::uint64_t>& given);

}  // namespace dockerext
