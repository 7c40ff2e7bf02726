// SPDX-License-Identifier: MIT
#include "handler/steps/check_conflicts.hpp"

#include <algorithm>
#include <array>

#include "handler/base/text.hpp"
#include "handler/docker/daemon_json.hpp"
#include "handler/docker/unit_file.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

constexpr std::array kManagedKeys =
    std::to_array<std::string_view>({"hosts", "tls", "tlsverify", "tlscacert", "tlscert", "tlskey"});

constexpr const char* kListenerRemedy =
    "; remove it, or set publicSettings.installonly to leave the daemon as it is";

using Conflicts = std::vector<std::string>;

bool Contains(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::string OptionName(const std::string& option) { return option.substr(0, option.find('=')); }

Status AddDaemonJsonConflicts(EngineContext& context, Conflicts& conflicts) {
  const auto text = context.system.files.Read(std::string(kDaemonJsonPath));
  if (!text.ok() && text.error().code == Code::kNotFound) return {};
  if (!text.ok()) return text.error();
  TRY_LET(const DaemonJson daemon_json, ReadDaemonJson(*text));
  const std::string path = Quoted(kDaemonJsonPath);
  for (const std::string_view key : kManagedKeys) {
    if (!Contains(daemon_json.keys, std::string(key))) continue;
    conflicts.push_back(path + " sets " + std::string(key) +
                        ", which the extension sets on dockerd's command line" + kListenerRemedy);
  }
  for (const std::string& option : context.target.options) {
    const std::string key = KeyOfOption(option);
    if (key.empty() || !Contains(daemon_json.keys, key)) continue;
    conflicts.push_back("publicSettings.docker.options has " + OptionName(option) + ", and " + path +
                        " sets " + key + " too, so dockerd would not start; keep one of them");
  }
  return {};
}

// TCP listeners and options that docker.service has without the extension.
void AddCommandLineConflicts(EngineContext& context, const VendorCommand& vendor, Conflicts& conflicts) {
  for (const ArgWithOrigin& host : HostsOf(vendor.args)) {
    if (!IsTcpHost(host.arg)) continue;
    conflicts.push_back(Quoted(host.origin) + " makes dockerd listen on " + host.arg + kListenerRemedy);
  }
  for (const ArgWithOrigin& arg : vendor.args) {
    if (arg.arg.starts_with("--tls")) {
      conflicts.push_back(Quoted(arg.origin) + " passes " + OptionName(arg.arg) +
                          " to dockerd, an option that the extension sets" + kListenerRemedy);
    }
    for (const std::string& option : context.target.options) {
      // An option that may be repeated has a plural key in daemon.json.
      const std::string name = OptionName(option);
      const bool repeatable = "--" + KeyOfOption(option) != name;
      if (repeatable || OptionName(arg.arg) != name) continue;
      conflicts.push_back("publicSettings.docker.options has " + name + ", which " + Quoted(arg.origin) +
                          " sets too; keep one of them");
    }
  }
}

// Only a drop-in that sorts after the extension's and sets ExecStart is a conflict; http-proxy.conf and the
// like are not.
void AddDropInConflicts(const std::vector<UnitText>& files, Conflicts& conflicts) {
  for (const UnitText& file : files) {
    if (!file.path.ends_with(".conf") || NameOf(file.path) <= kDropInName) continue;
    for (const UnitAssignment& assignment : ParseUnitFile(file.text)) {
      if (assignment.section != "Service" || assignment.key != "ExecStart") continue;
      conflicts.push_back(Quoted(file.path) + " sets ExecStart after the extension's " + DropInPath() +
                          "; rename it so that it sorts before " + std::string(kDropInName));
      break;
    }
  }
}

Status AddSocketConflicts(EngineContext& context, Conflicts& conflicts) {
  TRY_LET(const UnitFacts facts, context.system.services.Describe("docker.socket"));
  TRY_LET(const auto files, FilesOf(context.system, facts, ""));
  for (const ArgWithOrigin& stream : TcpStreamsOf(files)) {
    conflicts.push_back(Quoted(stream.origin) + " makes docker.socket listen on " + stream.arg +
                        kListenerRemedy);
  }
  return {};
}

Status AddUnitConflicts(EngineContext& context, Conflicts& conflicts) {
  const auto vendor = context.unit.Vendor();
  if (!vendor.ok() && vendor.error().code == Code::kNotFound) return {};
  if (!vendor.ok()) return vendor.error();
  AddCommandLineConflicts(context, *vendor, conflicts);
  TRY_LET(const auto files, context.unit.VendorFiles());
  AddDropInConflicts(files, conflicts);
  return AddSocketConflicts(context, conflicts);
}

}  // namespace

Status FindConflicts(EngineContext& context) {
  if (context.target.leave_engine_alone) return {};
  Conflicts conflicts;
  TRY(AddDaemonJsonConflicts(context, conflicts));
  TRY(AddUnitConflicts(context, conflicts));
  if (conflicts.empty()) return {};
  return Error{Code::kInvalidSettings, Join(conflicts, "; ")};
}

// Checked again after enable's own check, because installing Docker may have added a conflict. Also checked
// when everything else is converged: a listener without TLS that was added since must not be a success.
Step CheckConflicts(EngineContext& context) {
  return {.name = "conflicts",
          .done = [&context]() -> Result<bool> {
            TRY(FindConflicts(context));
            return true;
          },
          .apply = [] { return Result<std::string>(std::string()); },
          .undo = {}};
}

}  // namespace dockerext
