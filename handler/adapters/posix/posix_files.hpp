// SPDX-License-Identifier: MIT
// Implements Files with the real file system.
#pragma once

#include "handler/ports/files.hpp"

namespace dockerext {

class PosixFiles : public Files {
 public:
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
};

// Any kind of file that can be read, a pipe too, for whose writer it waits: only for one that the caller of a
// command names.
Result<std::string> ReadToEnd(const std::string& path);

}  // namespace dockerext
