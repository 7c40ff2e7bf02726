// SPDX-License-Identifier: MIT
#include "handler/docker/conflicts.hpp"

#include <algorithm>
#include <array>

#include "handler/base/text.hpp"
#include "handler/docker/drop_in.hpp"
#include "handler/docker/flags.hpp"
#include "handler/docker/unit_file.hpp"
#include "handler/errors/conflicts.hpp"
#include "handler/settings/dockerd_flags.hpp"

namespace dockerext {
namespace {

constexpr std::array kManagedKeys =
    std::to_array<std::string_view>({"hosts", "tls", "tlsverify", "tlscacert", "tlscert", "tlskey"});

bool Contains(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::string OptionName(const DockerOption& option) { return option.text.substr(0, option.text.find('=')); }

bool IsRepeatable(const Flag& flag) {
  const DockerdFlag* const known = FindFlag(flag.name);
  return known != nullptr && known->value == FlagValue::kList;
}

}  // namespace

std::vector<Error> ConflictsOf(const DaemonJson& daemon_json, const std::string& path,
                               const std::vector<DockerOption>& options, bool may_remove_live_restore) {
  std::vector<Error> conflicts;
  for (const std::string_view key : kManagedKeys) {
    if (!Contains(daemon_json.keys, key)) continue;
    conflicts.push_back(MakeError<errors::kManagedKey>(Quoted(path), key));
  }
  for (const DockerOption& option : options) {
    const std::string key = KeyOfOption(option.text);
    const bool gives_way = key == "live-restore" && may_remove_live_restore;
    if (key.empty() || gives_way || !Contains(daemon_json.keys, key)) continue;
    conflicts.push_back(
        MakeError<errors::kOptionInDaemonJson>(option.at, OptionName(option), Quoted(path), key));
  }
  return conflicts;
}

std::vector<Error> ConflictsOf(const std::vector<ArgWithOrigin>& args,
                               const std::vector<DockerOption>& options) {
  std::vector<Error> conflicts;
  for (const Flag& flag : ParseFlags(args)) {
    if (flag.name == "host" && IsTcpHost(flag.value))
      conflicts.push_back(MakeError<errors::kUnitListens>(Quoted(flag.origin), flag.value));
    if (flag.name.starts_with("tls")) {
      conflicts.push_back(MakeError<errors::kUnitSetsTls>(Quoted(flag.origin), flag.name));
    }
    for (const DockerOption& option : options) {
      if (IsRepeatable(flag) || OptionName(option) != "--" + flag.name) continue;
      conflicts.push_back(
          MakeError<errors::kOptionInUnit>(option.at, OptionName(option), Quoted(flag.origin)));
    }
  }
  return conflicts;
}

std::vector<Error> ConflictsOf(const std::vector<UnitText>& unit_files) {
  std::vector<Error> conflicts;
  for (const UnitText& file : unit_files) {
    if (!file.path.ends_with(".conf") || NameOf(file.path) <= kDropInName) continue;
    if (!EffectiveExecStart({file.text})) continue;
    conflicts.push_back(MakeError<errors::kLaterDropIn>(Quoted(file.path), DropInPath(), kDropInName));
  }
  return conflicts;
}

}  // namespace dockerext
