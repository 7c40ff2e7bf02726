// SPDX-License-Identifier: MIT
// The file system. Paths are absolute. A write is atomic: temporary file in the same folder, fsync, rename,
// fsync of the folder. A missing path is kNotFound; every other error is kInternal with the path and the
// system's error text.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handler/base/file_mode.hpp"
#include "handler/base/result.hpp"

namespace dockerext {

struct FileFacts {
  enum class Kind { kFile, kFolder, kLink, kOther };
  Kind kind = Kind::kFile;
  FileMode mode = FileMode::FromBits(0);
  std::uint32_t owner = 0;
  std::uint32_t group = 0;
  std::uint64_t size = 0;
  std::chrono::system_clock::time_point modified{};
};

// Mode and ownership of a file that is written; root:root by default.
struct FileAttributes {
  FileMode mode;
  std::uint32_t owner = 0;
  std::uint32_t group = 0;
  std::optional<std::chrono::system_clock::time_point> modified;  // none: now

  FileAttributes(FileMode file_mode) : mode(file_mode) {}  // NOLINT: a mode alone means root:root
  explicit FileAttributes(const FileFacts& facts)
      : mode(facts.mode), owner(facts.owner), group(facts.group) {}
};

class Files {
 public:
  virtual ~Files() = default;

  // Follows symlinks (os-release and vendor units often are symlinks); more than `limit` bytes is an error.
  virtual Result<std::string> Read(const std::string& path, std::size_t limit = kReadLimit) = 0;
  // Does not follow a symlink in the last component.
  virtual Result<FileFacts> Inspect(const std::string& path) = 0;
  // The path with every symlink followed; kNotFound for a dangling symlink too.
  virtual Result<std::string> Resolve(const std::string& path) = 0;
  // Names, sorted, without "." and "..".
  virtual Result<std::vector<std::string>> List(const std::string& folder) = 0;
  // The paths that match a pattern as glob(7) has it, sorted; none is an empty list.
  virtual Result<std::vector<std::string>> Glob(const std::string& pattern) = 0;

  // Never more readable than `attributes` allow, not even for a moment. Replaces a symlink.
  virtual Status WriteAtomically(const std::string& path, std::string_view bytes,
                                 const FileAttributes& attributes) = 0;
  // One level; an existing folder is left unchanged.
  virtual Status MakeFolder(const std::string& path, FileMode mode) = 0;
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  // A file, a symlink or an empty folder; a missing path is a success.
  virtual Status Remove(const std::string& path) = 0;
  // Removes the temporary file of a WriteAtomically of this path that was killed. The caller ensures that no
  // other process writes the path now.
  virtual Status RemoveUnfinished(const std::string& path) = 0;
  // A folder and its content, symlinks not followed; a missing path is a success.
  virtual Status RemoveTree(const std::string& path) = 0;
  // Waits until a folder and its content, which others may have written, are on the disk.
  virtual Status SyncTree(const std::string& path) = 0;

  static constexpr std::size_t kReadLimit = std::size_t{16} << 20U;
};

// Whether the path exists; any error other than kNotFound counts as existing.
inline bool Exists(Files& files, const std::string& path) {
  const auto facts = files.Inspect(path);
  return facts.ok() || facts.error().code != Code::kNotFound;
}

// Whether the path itself is a folder; a symlink to a folder is not.
inline bool IsFolder(Files& files, const std::string& path) {
  const auto facts = files.Inspect(path);
  return facts.ok() && facts->kind == FileFacts::Kind::kFolder;
}

}  // namespace dockerext
