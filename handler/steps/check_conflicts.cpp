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

constexpr std::array kOurKeys =
    std::to_array<std::string_view>({"hosts", "tls", "tlsverify", "tlscacert", "tlscert", "tlskey"});

constexpr const char* kListenerAdvice =
    "; remove it, or set publicSettings.installonly to leave the daemon as it is";

using Conflicts = std::vector<std::string>;

bool Contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string NameOfOption(const std::string& option) { return option.substr(0, option.find('=')); }

Status FromDaemonJson(EngineContext& context, Conflicts& conflicts) {
  const auto text = context.system.files.Read(std::string(kDaemonJsonPath));
  if (!text.ok() && text.error().code == Code::kNotFound) return {};
  if (!text.ok()) return text.error();
  TRY_LET(const DaemonJson daemon_json, ReadDaemonJson(*text));
  const std::string path = Quoted(kDaemonJsonPath);
  for (const std::string_view key : kOurKeys) {
    if (!Contains(daemon_json.keys, std::string(key))) continue;
    conflicts.push_back(path + " sets " + std::string(key) +
                        ", which the extension sets on dockerd's command line" + kListenerAdvice);
  }
  for (const std::string& option : context.target.options) {
    const std::string key = KeyOfOption(option);
    if (key.empty() || !Contains(daemon_json.keys, key)) continue;
    conflicts.push_back("publicSettings.docker.options has " + NameOfOption(option) + ", and " + path +
                        " sets " + key + " too, with which dockerd does not start; keep one of them");
  }
  return {};
}

// TCP listeners and options that docker.service has by itself.
void FromCommand(EngineContext& context, const VendorCommand& vendor, Conflicts& conflicts) {
  for (const ArgWithOrigin& host : HostsOf(vendor.words)) {
    if (!IsTcpHost(host.word)) continue;
    conflicts.push_back(Quoted(host.source) + " makes dockerd listen on " + host.word + kListenerAdvice);
  }
  for (const ArgWithOrigin& word : vendor.words) {
    if (word.word.starts_with("--tls")) {
      conflicts.push_back(Quoted(word.source) + " gives dockerd " + NameOfOption(word.word) +
                          ", which the extension sets" + kListenerAdvice);
    }
    for (const std::string& option : context.target.options) {
      // What may be repeated has its key in the plural.
      const std::string name = NameOfOption(option);
      const bool repeatable = "--" + KeyOfOption(option) != name;
      if (repeatable || NameOfOption(word.word) != name) continue;
      conflicts.push_back("publicSettings.docker.options has " + name + ", which " + Quoted(word.source) +
                          " gives too; keep one of them");
    }
  }
}

// Only one that sorts behind ours and sets ExecStart is a conflict; http-proxy.conf and the like are none of
// our business.
void FromLaterDropIns(const std::vector<UnitText>& files, Conflicts& conflicts) {
  for (const UnitText& file : files) {
    if (!file.path.ends_with(".conf") || NameOf(file.path) <= kDropInName) continue;
    for (const UnitAssignment& assignment : ParseUnitFile(file.text)) {
      if (assignment.section != "Service" || assignment.key != "ExecStart") continue;
      conflicts.push_back(Quoted(file.path) + " sets ExecStart after the extension's " + DropInPath() +
                          "; give it a name that sorts before " + std::string(kDropInName));
      break;
    }
  }
}

Status FromSocket(EngineContext& context, Conflicts& conflicts) {
  TRY_LET(const UnitFacts facts, context.system.services.Describe("docker.socket"));
  TRY_LET(const auto files, FilesOf(context.system, facts, ""));
  for (const ArgWithOrigin& stream : TcpStreamsOf(files)) {
    conflicts.push_back(Quoted(stream.source) + " makes docker.socket listen on " + stream.word +
                        kListenerAdvice);
  }
  return {};
}

Status FromUnits(EngineContext& context, Conflicts& conflicts) {
  const auto vendor = context.unit.Vendor();
  if (!vendor.ok() && vendor.error().code == Code::kNotFound) return {};
  if (!vendor.ok()) return vendor.error();
  FromCommand(context, *vendor, conflicts);
  TRY_LET(const auto files, context.unit.VendorFiles());
  FromLaterDropIns(files, conflicts);
  return FromSocket(context, conflicts);
}

}  // namespace

Status FindConflicts(EngineContext& context) {
  if (context.target.leave_engine_alone) return {};
  Conflicts conflicts;
  TRY(FromDaemonJson(context, conflicts));
  TRY(FromUnits(context, conflicts));
  if (conflicts.empty()) return {};
  return Error{Code::kInvalidSettings, Join(conflicts, "; ")};
}

// Installing Docker may have brought what enable could not see; and what was added since the last enable,
// such as a listener without TLS, must not be told as a success.
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
