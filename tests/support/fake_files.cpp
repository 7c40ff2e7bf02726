// SPDX-License-Identifier: MIT
#include "tests/support/fake_files.hpp"

#include <fnmatch.h>

#include "handler/base/text.hpp"
#include "handler/errors/machine.hpp"

namespace dockerext {
namespace {

Error Missing(const std::string& path) {
  return Error{Code::kNotFound, Quoted(path) + ": No such file or directory"};
}

bool IsBelow(const std::string& path, const std::string& folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

}  // namespace

FakeFiles::FakeFiles(Clock& clock) : clock_(clock) {
  nodes_["/"] = {FileFacts::Kind::kFolder, "", 0755_mode, {}};
}

void FakeFiles::Put(const std::string& path, std::string content, FileMode mode) {
  PutFolder(ParentOf(path));
  nodes_[path] = {FileFacts::Kind::kFile, std::move(content), mode, clock_.UtcNow()};
}

void FakeFiles::PutLink(const std::string& path, const std::string& target) {
  Put(path, target, 0777_mode);
  nodes_[path].kind = FileFacts::Kind::kLink;
}

void FakeFiles::PutFolder(const std::string& path, FileMode mode) {
  if (nodes_.contains(path)) return;
  PutFolder(ParentOf(path));
  nodes_[path] = {FileFacts::Kind::kFolder, "", mode, clock_.UtcNow()};
}

void FakeFiles::Erase(const std::string& path) {
  std::erase_if(nodes_, [&](const auto& node) { return node.first == path || IsBelow(node.first, path); });
}

std::string FakeFiles::Content(const std::string& path) const {
  const auto found = nodes_.find(path);
  return found == nodes_.end() ? std::string("(absent)") : found->second.content;
}

FileMode FakeFiles::Mode(const std::string& path) const { return nodes_.at(path).mode; }

std::vector<std::string> FakeFiles::Tree(const std::vector<std::string>& folders) const {
  std::vector<std::string> tree;
  for (const auto& [path, node] : nodes_) {
    for (const std::string& folder : folders) {
      if (path != folder && !IsBelow(path, folder)) continue;
      tree.push_back(path + " " + std::to_string(node.mode.bits()) + " " + node.content);
    }
  }
  return tree;
}

Result<std::string> FakeFiles::Read(const std::string& path, std::size_t limit) {
  const auto found = nodes_.find(path);
  if (found == nodes_.end()) return Missing(path);
  if (found->second.kind == FileFacts::Kind::kLink) return Read(found->second.content, limit);
  if (found->second.content.size() > limit) return Error{Code::kInternal, Quoted(path) + " is too large"};
  return found->second.content;
}

Result<FileFacts> FakeFiles::Inspect(const std::string& path) {
  const auto found = nodes_.find(path);
  if (found == nodes_.end()) return Missing(path);
  const Node& node = found->second;
  return FileFacts{node.kind, node.mode, 0, 0, node.content.size(), node.modified};
}

Result<std::string> FakeFiles::Resolve(const std::string& path) {
  const auto found = nodes_.find(path);
  if (found == nodes_.end()) return Missing(path);
  return found->second.kind == FileFacts::Kind::kLink ? Resolve(found->second.content) : path;
}

Result<std::vector<std::string>> FakeFiles::List(const std::string& folder) {
  const auto found = nodes_.find(folder);
  if (found == nodes_.end()) return Missing(folder);
  if (found->second.kind == FileFacts::Kind::kLink) return List(found->second.content);
  std::vector<std::string> names;
  for (const auto& [path, node] : nodes_) {
    if (path != "/" && ParentOf(path) == folder) names.push_back(NameOf(path));
  }
  return names;
}

Result<std::vector<std::string>> FakeFiles::Glob(const std::string& pattern) {
  std::vector<std::string> paths;
  for (const auto& [path, node] : nodes_) {
    if (fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0) paths.push_back(path);
  }
  return paths;
}

void FakeFiles::CountChange() {
  if (KillsNextChange()) throw ProcessKilled{};
  ++changes;
}

Status FakeFiles::BeforeChange(const std::string& path) {
  CountChange();
  changed_paths.push_back(path);
  // A copy, so that it may replace itself.
  if (const auto call = before_change) call(path);
  if (failing_paths.contains(path))
    return MakeError<errors::kDiskFull>("writing", Quoted(path), "No space left on device");
  if (!nodes_.contains(ParentOf(path))) return Missing(ParentOf(path));
  return {};
}

Status FakeFiles::WriteAtomically(const std::string& path, std::string_view bytes,
                                  const FileAttributes& attributes) {
  if (KillsNextChange()) Put(UnfinishedOf(path), std::string(bytes));
  TRY(BeforeChange(path));
  nodes_[path] = {FileFacts::Kind::kFile, std::string(bytes), attributes.mode,
                  attributes.modified.value_or(clock_.UtcNow())};
  return {};
}

Status FakeFiles::MakeFolder(const std::string& path, FileMode mode) {
  if (nodes_.contains(path)) return {};
  TRY(BeforeChange(path));
  nodes_[path] = {FileFacts::Kind::kFolder, "", mode, clock_.UtcNow()};
  return {};
}

Status FakeFiles::Rename(const std::string& from, const std::string& to) {
  TRY(BeforeChange(to));
  if (!nodes_.contains(from)) return Missing(from);
  std::map<std::string, Node> moved;
  for (const auto& [path, node] : nodes_) {
    if (path == from || IsBelow(path, from)) moved[to + path.substr(from.size())] = node;
  }
  Erase(from);
  nodes_.insert(moved.begin(), moved.end());
  return {};
}

Status FakeFiles::Remove(const std::string& path) {
  if (!nodes_.contains(path)) return {};
  TRY(BeforeChange(path));
  for (const auto& [other, node] : nodes_) {
    if (IsBelow(other, path))
      return Error{Code::kInternal, "removing " + Quoted(path) + ": Directory not empty"};
  }
  nodes_.erase(path);
  return {};
}

std::string FakeFiles::UnfinishedOf(const std::string& path) {
  return ParentOf(path) + "/." + NameOf(path) + ".Xy1234";
}

Status FakeFiles::RemoveUnfinished(const std::string& path) { return Remove(UnfinishedOf(path)); }

Status FakeFiles::RemoveTree(const std::string& path) {
  if (!nodes_.contains(path)) return {};
  TRY(BeforeChange(path));
  Erase(path);
  return {};
}

Status FakeFiles::SyncTree(const std::string& path) {
  TRY(Inspect(path));
  synced_paths.push_back(path);
  return {};
}

}  // namespace dockerext
