// SPDX-License-Identifier: MIT
#include "handler/docker/vendor_command.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "handler/docker/environment_file.hpp"
#include "handler/docker/exec_line.hpp"
#include "handler/docker/unit_file.hpp"

namespace dockerext {
namespace {

struct ValueWithOrigin {
  std::string value;
  std::string origin;
};

using Variables = std::map<std::string, ValueWithOrigin>;

// "${NAME}", wherever it stands, becomes the value, "$$" a "$". Other forms, as "${NAME:-word}", stay.
ArgWithOrigin ReplaceReferences(std::string_view arg, const std::string& origin, const Variables& variables) {
  ArgWithOrigin replaced{"", origin};
  while (!arg.empty()) {
    const auto end = arg.starts_with("${") ? std::min(arg.find_first_of("}:"), arg.size() - 1) : 0;
    if (arg[end] == '}' && end > 0) {
      const auto found = variables.find(std::string(arg.substr(2, end - 2)));
      if (found != variables.end()) replaced = {replaced.arg + found->second.value, found->second.origin};
    } else {
      replaced.arg += arg.substr(0, end + 1);
    }
    arg.remove_prefix(arg.starts_with("$$") ? 2 : end + 1);
  }
  return replaced;
}

// An argument that begins with "$" is the name of a variable up to its end, and becomes one argument for each
// word of its value.
void Expand(const std::string& arg, const std::string& origin, const Variables& variables,
            std::vector<ArgWithOrigin>& args) {
  if (!arg.starts_with('$') || arg.starts_with("${") || arg.starts_with("$$")) {
    args.push_back(ReplaceReferences(arg, origin, variables));
    return;
  }
  const auto found = variables.find(arg.substr(1));
  if (found == variables.end()) return;
  for (const std::string& word : SplitWords(found->second.value, WordSyntax::kVariable))
    args.push_back({word, found->second.origin});
}

// The settings of the [Service] sections, file by file.
class Reader {
 public:
  void Read(const UnitText& file) {
    for (const UnitAssignment& assignment : ParseUnitFile(file.text)) {
      if (assignment.section == "Service") Apply(assignment, file.path);
    }
  }

  std::optional<VendorCommand> Finish(const ReadFiles& read_files) {
    if (line_.empty()) return std::nullopt;
    VendorCommand command{line_, {}, {}, further_origins_};
    // Environment files win over Environment=, whatever their order; what is unset is unset in both.
    for (const std::string& pattern : environment_files_) {
      for (const UnitText& file : read_files(pattern)) {
        command.environment_files.push_back(file.path);
        for (const Variable& variable : ParseEnvironmentFile(file.text))
          variables_[variable.name] = {variable.value, file.path};
      }
    }
    for (const std::string& name_or_assignment : unset_) Unset(name_or_assignment);
    std::vector<std::string> words = SplitExecLine(line_);
    command.args.push_back({words.front(), origin_});
    words.erase(words.begin());
    const bool expands = ExpandsVariables(line_);
    for (const std::string& word : words) {
      if (expands)
        Expand(word, origin_, variables_, command.args);
      else
        command.args.push_back({word, origin_});
    }
    return command;
  }

 private:
  void Apply(const UnitAssignment& assignment, const std::string& path) {
    const std::string& value = assignment.value;
    if (assignment.key == "ExecStart") {
      if (value.empty())
        further_origins_.clear();
      else if (!line_.empty())
        further_origins_.push_back(path);
      line_ = value;
      origin_ = path;
    } else if (assignment.key == "Environment") {
      if (value.empty()) variables_.clear();
      for (const std::string& word : Words(value)) {
        const auto variable = ParseAssignment(word);
        if (variable) variables_[variable->name] = {variable->value, path};
      }
    } else if (assignment.key == "UnsetEnvironment") {
      if (value.empty()) unset_.clear();
      for (std::string& word : Words(value)) unset_.push_back(std::move(word));
    } else if (assignment.key == "EnvironmentFile") {
      AddEnvironmentFile(value);
    }
  }

  static std::vector<std::string> Words(const std::string& value) {
    std::vector<std::string> words = SplitWords(value, WordSyntax::kAssignments);
    for (std::string& word : words) word = ResolveSpecifiers(word);
    return words;
  }

  void AddEnvironmentFile(const std::string& value) {
    if (value.empty()) environment_files_.clear();
    // "-": it may be missing. systemd ignores a path that is not absolute.
    const std::string pattern = ResolveSpecifiers(value).substr(value.starts_with('-') ? 1 : 0);
    if (pattern.starts_with('/')) environment_files_.push_back(pattern);
  }

  // "NAME" whatever its value; "NAME=value" only with that value.
  void Unset(const std::string& name_or_assignment) {
    const auto found = variables_.find(name_or_assignment.substr(0, name_or_assignment.find('=')));
    if (found == variables_.end()) return;
    const bool named = name_or_assignment == found->first;
    if (named || name_or_assignment == found->first + "=" + found->second.value) variables_.erase(found);
  }

  std::string line_;
  std::string origin_;
  std::vector<std::string> further_origins_;
  Variables variables_;
  std::vector<std::string> unset_;
  std::vector<std::string> environment_files_;
};

}  // namespace

std::optional<VendorCommand> ReadVendorCommand(const std::vector<UnitText>& files,
                                               const ReadFiles& read_files) {
  Reader reader;
  for (const UnitText& file : files) reader.Read(file);
  return reader.Finish(read_files);
}

}  // namespace dockerext
