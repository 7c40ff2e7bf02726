// SPDX-License-Identifier: MIT
#include "handler/agent/invocation.hpp"

#include "handler/base/text.hpp"
#include "handler/errors/agent_files.hpp"

namespace dockerext {
namespace {

std::string Get(const Variables& variables, const std::string& name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string() : found->second;
}

std::string ExtensionFolder(const std::string& program, const Variables& variables) {
  const std::string binaries = ParentOf(ParentOf(program));
  if (NameOf(binaries) == "bin") return ParentOf(binaries);
  return Get(variables, "AZURE_GUEST_AGENT_EXTENSION_PATH");
}

}  // namespace

Invocation ReadInvocation(const std::string& program, const Variables& variables) {
  Invocation invocation;
  invocation.folder = ExtensionFolder(program, variables);
  const std::string base = NameOf(invocation.folder);
  invocation.name = base.substr(0, base.rfind('-'));
  invocation.version = VersionOf(invocation.folder);
  invocation.update_target = Get(variables, "VERSION");
  invocation.sequence = ParseUnsigned(Get(variables, "ConfigSequenceNumber"));
  return invocation;
}

std::string VersionOf(const std::string& extension_folder) {
  const std::string base = NameOf(extension_folder);
  const auto dash = base.rfind('-');
  return dash == std::string::npos ? std::string() : base.substr(dash + 1);
}

Result<std::uint64_t> ChooseSequence(Files& files, const std::string& config_folder,
                                     const std::optional<std::uint64_t>& from_agent) {
  if (from_agent) return *from_agent;
  constexpr std::string_view kSuffix = ".settings";
  TRY_LET(const auto names, files.List(config_folder));
  std::optional<std::uint64_t> newest;
  std::chrono::system_clock::time_point newest_time{};
  for (const std::string& name : names) {
    if (!name.ends_with(kSuffix)) continue;
    const auto number = ParseUnsigned(std::string_view(name).substr(0, name.size() - kSuffix.size()));
    const auto facts = files.Inspect(config_folder + "/" + name);
    if (!number || !facts.ok() || (newest && facts->modified < newest_time)) continue;
    newest = number;
    newest_time = facts->modified;
  }
  if (newest) return *newest;
  return MakeError<errors::kNoSequence>(Quoted(config_folder));
}

}  // namespace dockerext
