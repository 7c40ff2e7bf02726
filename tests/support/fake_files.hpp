// SPDX-License-Identifier: MIT
// A file system in memory. It counts changes, and can fail one or "kill the process" at the n-th.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "handler/ports/clock.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

// Thrown where SIGKILL would end the process.
struct ProcessKilled {};

// The modes of files and folders for which a test gives none.
inline constexpr FileMode kFileMode = 0644_mode;
inline constexpr FileMode kFolderMode = 0755_mode;

class FakeFiles : public Files {
 public:
  explicit FakeFiles(Clock& clock);

  // Set-up by the test: missing parents are created, nothing is counted.
  void Put(const std::string& path, std::string content, FileMode mode = kFileMode);
  void PutLink(const std::string& path, const std::string& target);  // an absolute path
  void PutFolder(const std::string& path, FileMode mode = kFolderMode);
  void Erase(const std::string& path);
  bool Has(const std::string& path) const { return nodes_.contains(path); }
  std::string Content(const std::string& path) const;
  FileMode Mode(const std::string& path) const;

  // Everything below these folders, "path mode content" each, to compare two states.
  std::vector<std::string> Tree(const std::vector<std::string>& folders) const;

  Result<std::string> Read(const std::string& path, std::size_t limit) override;
  Result<FileFacts> Inspect(const std::string& path) override;
  Result<std::string> Resolve(const std::string& path) override;
  Result<std::vector<std::string>> List(const std::string& folder) override;
  Result<std::vector<std::string>> Glob(const std::string& pattern) override;
  Status WriteAtomically(const std::string& path, std::string_view bytes,
                         const FileAttributes& attributes) override;
  Status MakeFolder(const std::string& path, FileMode mode) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Remove(const std::string& path) override;
  Status RemoveUnfinished(const std::string& path) override;
  Status RemoveTree(const std::string& path) override;
  Status SyncTree(const std::string& path) override;

  // Counts a change of something other than a file, such as a systemd job.
  void CountChange();

  int changes = 0;                                        // made by the code under test
  std::vector<std::string> changed_paths;                 // of these changes, in order
  std::vector<std::string> synced_paths;                  // by SyncTree
  std::function<void(const std::string&)> before_change;  // called with the path
  std::optional<int> kill_at_change;                      // ProcessKilled before this change (1 is the first)
  std::set<std::string> failing_paths;  // a change of these fails: "No space left on device"

 private:
  struct Node {
    FileFacts::Kind kind = FileFacts::Kind::kFile;
    std::string content;
    FileMode mode = 0644_mode;
    std::chrono::system_clock::time_point modified{};
  };

  static std::string UnfinishedOf(const std::string& path);
  bool KillsNextChange() const { return kill_at_change && changes + 1 == *kill_at_change; }
  Status BeforeChange(const std::string& path);

  Clock& clock_;
  std::map<std::string, Node> nodes_;
};

}  // namespace dockerext
