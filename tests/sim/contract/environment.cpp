// SPDX-License-Identifier: MIT
#include "tests/sim/contract/environment.hpp"

namespace dockerext::contract {
namespace {

// The environment of a Debian VM's walinuxagent.service. The journal's device and inode, and the process id,
// are placeholders.
const Variables& AgentServiceVariables() {
  static const Variables kVariables = {
      {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
      {"LANG", "C.UTF-8"},
      {"INVOCATION_ID", "0123456789abcdef0123456789abcdef"},
      {"JOURNAL_STREAM", "8:1"},
      {"SYSTEMD_EXEC_PID", "1"},
      {"PYTHONDONTWRITEBYTECODE", "1"},
      {"PYTHONPATH", "/var/lib/waagent/WALinuxAgent-2.15.0.1/bin/WALinuxAgent-2.15.0.1-py3.9.egg"},
      {"_AZURE_GUEST_AGENT_DAEMON_VERSION_", "2.15.0.1"},
  };
  return kVariables;
}

}  // namespace

Variables AgentVariables(const Layout& layout, const Command& command, const CallContext& call) {
  Variables variables = {
      {"AZURE_GUEST_AGENT_EXTENSION_PATH", layout.Base()},
      {"AZURE_GUEST_AGENT_EXTENSION_VERSION", layout.id().version},
      {"AZURE_GUEST_AGENT_WIRE_PROTOCOL_ADDRESS", std::string(kWireAddress)},
      {"ConfigSequenceNumber", std::to_string(call.sequence)},
      {"AZURE_GUEST_AGENT_EXTENSION_SUPPORTED_FEATURES",
       R"([{"Key": "ExtensionTelemetryPipeline", "Value": "1.0"}])"},
  };
  if (command.extra_variables == ExtraVariables::kUninstallCode) {
    variables["AZURE_GUEST_AGENT_UNINSTALL_CMD_EXIT_CODE"] = call.uninstall_code;
  }
  if (command.extra_variables == ExtraVariables::kUpdate) {
    variables["VERSION"] = call.target;
    variables["AZURE_GUEST_AGENT_UPDATING_FROM_VERSION"] = call.updating_from;
    variables["AZURE_GUEST_AGENT_DISABLE_CMD_EXIT_CODE"] = call.disable_code;
  }
  return variables;
}

std::vector<std::string> CommandEnvironment(const Layout& layout, const Command& command,
                                            const CallContext& call) {
  Variables variables = AgentVariables(layout, command, call);
  for (const auto& [name, value] : AgentServiceVariables()) variables[name] = value;
  std::vector<std::string> environment;
  for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
  return environment;
}

}  // namespace dockerext::contract
