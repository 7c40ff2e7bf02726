// SPDX-License-Identifier: MIT
#include "handler/docker/flags.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "handler/settings/dockerd_flags.hpp"

namespace dockerext {
namespace {

bool IsBoolean(const DockerdFlag* flag) { return flag != nullptr && flag->value == FlagValue::kBoolean; }

class Parser {
 public:
  explicit Parser(const std::vector<ArgWithOrigin>& args) : args_(args) {}

  std::vector<Flag> Parse() {
    while (next_ < args_.size()) {
      const ArgWithOrigin& word = args_[next_++];
      if (word.arg == "--") break;
      if (word.arg.starts_with("--"))
        ParseLong(word);
      else if (word.arg.starts_with('-'))
        ParseShorthands(word);
    }
    return std::move(flags_);
  }

 private:
  void ParseLong(const ArgWithOrigin& word) {
    const auto equals = word.arg.find('=');
    const std::string written = word.arg.substr(2, equals == std::string::npos ? equals : equals - 2);
    const DockerdFlag* const known = FindFlag(written);
    const std::string name(known == nullptr ? written : known->name);
    if (equals != std::string::npos)
      flags_.push_back({name, word.arg.substr(equals + 1), word.origin});
    else if (IsBoolean(known))
      flags_.push_back({name, "true", word.origin});
    else
      AddWithNext(name);
  }

  // "-DHtcp://...": boolean letters, up to one that takes the rest, or the next argument, for its value.
  void ParseShorthands(const ArgWithOrigin& word) {
    for (std::size_t i = 1; i < word.arg.size(); ++i) {
      const DockerdFlag* const known = FindShorthand(word.arg[i]);
      if (known == nullptr) return;
      const std::string name(known->name);
      const std::string rest = word.arg.substr(i + 1);
      if (rest.size() > 1 && rest.starts_with('=')) {
        flags_.push_back({name, rest.substr(1), word.origin});
        return;
      }
      if (IsBoolean(known)) {
        flags_.push_back({name, "true", word.origin});
        continue;
      }
      if (rest.empty())
        AddWithNext(name);
      else
        flags_.push_back({name, rest, word.origin});
      return;
    }
  }

  // The value is the next argument, whatever it looks like.
  void AddWithNext(const std::string& name) {
    if (next_ == args_.size()) return;
    const ArgWithOrigin& value = args_[next_++];
    flags_.push_back({name, value.arg, value.origin});
  }

  const std::vector<ArgWithOrigin>& args_;
  std::size_t next_ = 1;
  std::vector<Flag> flags_;
};

}  // namespace

std::vector<Flag> ParseFlags(const std::vector<ArgWithOrigin>& args) { return Parser(args).Parse(); }

std::vector<ArgWithOrigin> WithOrigin(const std::vector<std::string>& argv, const std::string& origin) {
  std::vector<ArgWithOrigin> args;
  args.reserve(argv.size());
  for (const std::string& arg : argv) args.push_back({arg, origin});
  return args;
}

std::vector<ArgWithOrigin> ValuesOf(const std::vector<ArgWithOrigin>& args, std::string_view name) {
  std::vector<ArgWithOrigin> values;
  for (const Flag& flag : ParseFlags(args)) {
    if (flag.name == name) values.push_back({flag.value, flag.origin});
  }
  return values;
}

bool IsTrue(std::string_view value) {
  constexpr std::array kFalse = std::to_array<std::string_view>({"0", "f", "F", "false", "False", "FALSE"});
  return std::ranges::find(kFalse, value) == kFalse.end();
}

std::vector<ArgWithOrigin> HostsOf(const std::vector<ArgWithOrigin>& args) { return ValuesOf(args, "host"); }

std::string LocalSocketOf(const std::vector<ArgWithOrigin>& args,
                          const std::vector<std::string>& socket_addresses) {
  for (const ArgWithOrigin& host : HostsOf(args)) {
    constexpr std::string_view kUnix = "unix://";
    if (host.arg.starts_with(kUnix)) return host.arg.substr(kUnix.size());
    if (!host.arg.starts_with("fd:")) continue;
    for (const std::string& address : socket_addresses) {
      if (address.starts_with('/')) return address;
    }
  }
  return "/var/run/docker.sock";
}

bool IsTcpHost(const std::string& host) {
  return !host.starts_with("fd:") && !host.starts_with("unix:") && !host.starts_with("npipe:");
}

}  // namespace dockerext
