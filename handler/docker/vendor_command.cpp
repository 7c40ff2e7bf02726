// SPDX-License-Identifier: MIT
#include "handler/docker/vendor_command.hpp"

#include <map>

#include "handler/base/text.hpp"
#include "handler/docker/exec_line.hpp"
#include "handler/docker/unit_file.hpp"

namespace dockerext {
namespace {

using Variables = std::map<std::string, ArgWithOrigin>;  // name -> value and source

void Assign(Variables& variables, std::string_view assignment, const std::string& origin) {
  const auto equals = assignment.find('=');
  if (equals == std::string_view::npos) return;
  variables[std::string(Trim(assignment.substr(0, equals)))] = {std::string(assignment.substr(equals + 1)),
                                                                origin};
}

// Lines "NAME=value", the value perhaps in quotes; comments and other lines are skipped.
void AssignFromFile(Variables& variables, const std::string& text, const std::string& path) {
  for (const std::string& raw : Split(text, '\n')) {
    const std::string_view line = Trim(raw);
    if (line.empty() || line.starts_with('#') || line.starts_with(';')) continue;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    std::string_view value = Trim(line.substr(equals + 1));
    const bool quoted =
        value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
    if (quoted) value = value.substr(1, value.size() - 2);
    variables[std::string(Trim(line.substr(0, equals)))] = {std::string(value), path};
  }
}

// $NAME and ${NAME}, alone or inside an argument.
struct Reference {
  std::size_t begin;
  std::size_t end;
  std::string name;
};

std::optional<Reference> FindReference(const std::string& arg) {
  const auto dollar = arg.find('$');
  if (dollar == std::string::npos || dollar + 1 >= arg.size() || arg[dollar + 1] == '$') return std::nullopt;
  if (arg[dollar + 1] == '{') {
    const auto close = arg.find('}', dollar);
    if (close == std::string::npos) return std::nullopt;
    return Reference{dollar, close + 1, arg.substr(dollar + 2, close - dollar - 2)};
  }
  if (dollar != 0) return std::nullopt;  // systemd replaces $NAME only where it is the whole argument
  return Reference{0, arg.size(), arg.substr(1)};
}

// $NAME alone becomes one argument for each word of its value; ${NAME} stays inside its argument.
void Expand(const std::string& arg, const std::string& origin, const Variables& variables,
            std::vector<ArgWithOrigin>& args) {
  const auto reference = FindReference(arg);
  if (!reference) {
    args.push_back({arg, origin});
    return;
  }
  const auto found = variables.find(reference->name);
  const ArgWithOrigin value = found == variables.end() ? ArgWithOrigin{"", origin} : found->second;
  if (arg.starts_with("${") || reference->begin != 0) {
    args.push_back({arg.substr(0, reference->begin) + value.arg + arg.substr(reference->end), value.origin});
    return;
  }
  // Without a first argument, SplitExecLine would take a leading "-" for a prefix.
  const auto parts = SplitExecLine("x " + value.arg);
  for (std::size_t i = 1; i < parts.size(); ++i) args.push_back({parts[i], value.origin});
}

// The settings of the [Service] sections, file by file.
class Reader {
 public:
  void Read(const UnitText& file) {
    for (const UnitAssignment& assignment : ParseUnitFile(file.text)) {
      if (assignment.section != "Service") continue;
      if (assignment.key == "ExecStart") SetLine(assignment.value, file.path);
      if (assignment.key == "Environment") AddVariables(assignment.value, file.path);
      if (assignment.key == "EnvironmentFile") AddFile(assignment.value);
    }
  }

  // Environment files win over Environment=, whatever their order.
  template <class ReadFile>
  std::optional<VendorCommand> Finish(const ReadFile& read_file) {
    if (line_.empty()) return std::nullopt;
    for (const std::string& path : files_) {
      if (const auto text = read_file(path)) AssignFromFile(variables_, *text, path);
    }
    VendorCommand command{line_, {}};
    for (const std::string& arg : SplitExecLine(line_)) Expand(arg, origin_, variables_, command.args);
    return command;
  }

 private:
  void SetLine(const std::string& value, const std::string& path) {
    line_ = value;
    origin_ = path;
  }
  void AddVariables(const std::string& value, const std::string& path) {
    if (value.empty()) variables_.clear();
    // After a first argument, since SplitExecLine takes a leading "-" of that for a prefix.
    const auto parts = SplitExecLine("x " + value);
    for (std::size_t i = 1; i < parts.size(); ++i) Assign(variables_, parts[i], path);
  }
  void AddFile(const std::string& value) {
    if (value.empty())
      files_.clear();
    else
      files_.push_back(value.substr(value.starts_with('-') ? 1 : 0));
  }

  std::string line_;
  std::string origin_;
  Variables variables_;
  std::vector<std::string> files_;
};

}  // namespace

std::optional<VendorCommand> ReadVendorCommand(
    const std::vector<UnitText>& files,
    const std::function<std::optional<std::string>(const std::string& path)>& read_file) {
  Reader reader;
  for (const UnitText& file : files) reader.Read(file);
  return reader.Finish(read_file);
}

std::vector<ArgWithOrigin> HostsOf(const std::vector<ArgWithOrigin>& args) {
  std::vector<ArgWithOrigin> hosts;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const std::string& arg = args[i].arg;
    if ((arg == "-H" || arg == "--host") && i + 1 < args.size())
      hosts.push_back(args[i + 1]);
    else if (arg.starts_with("--host="))
      hosts.push_back({arg.substr(7), args[i].origin});
    else if (arg.starts_with("-H="))
      hosts.push_back({arg.substr(3), args[i].origin});
    else if (arg.starts_with("-H") && arg.size() > 2)
      hosts.push_back({arg.substr(2), args[i].origin});
  }
  return hosts;
}

bool IsTcpHost(const std::string& host) {
  return !host.starts_with("fd:") && !host.starts_with("unix:") && !host.starts_with("npipe:");
}

std::vector<ArgWithOrigin> TcpStreamsOf(const std::vector<UnitText>& files) {
  std::vector<ArgWithOrigin> streams;
  for (const UnitText& file : files) {
    for (const UnitAssignment& assignment : ParseUnitFile(file.text)) {
      if (assignment.section != "Socket" || assignment.key != "ListenStream") continue;
      if (assignment.value.empty()) streams.clear();
      const bool local = assignment.value.empty() || assignment.value.starts_with('/') ||
                         assignment.value.starts_with('@') || assignment.value.starts_with('%') ||
                         assignment.value.starts_with("vsock");
      if (!local) streams.push_back({assignment.value, file.path});
    }
  }
  return streams;
}

}  // namespace dockerext
