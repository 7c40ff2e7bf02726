// SPDX-License-Identifier: MIT
// What the agent passes with a command: the extension's folder and version, the sequence number, the target
// of an update. The agent's own environment may shadow any variable, so what the folder's path contains is
// read from there.
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
  std::string update_target;              // only for the verb update
  std::optional<std::uint64_t> sequence;  // the agent's ConfigSequenceNumber
};

// `program` is the absolute path of the running binary, <folder>/bin/<arch>/docker-extension. For a binary in
// another place (a manual run), AZURE_GUEST_AGENT_EXTENSION_PATH names the folder.
Invocation ReadInvocation(const std::string& program, const Variables& variables);

// "1.0.0" of .../<Name>-1.0.0; empty for a folder of another shape.
std::string VersionOf(const std::string& extension_folder);

// The sequence number to use: the agent's, else that of the last modified N.settings (agents before 2.2 and
// manual runs); kNotFound without either.
Result<std::uint64_t> ChooseSequence(Files& files, const std::string& config_folder,
                                     const std::optional<std::uint64_t>& from_agent);

}  // namespace dockerext
