// SPDX-License-Identifier: MIT
// What we need of the file system. Paths are absolute. Every write is whole or not there: temporary file in
// the same folder, fsync, rename, fsync of the folder. A missing path is kNotFound; everything else kInternal
// with the path and the system's words.
#pragma once

#include <chrono>
#include <cstdint>
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

// Who owns a file that is written, and with which mode; root:root unless said otherwise.
struct FileAttributes {
  FileMode mode;
  std::uint32_t owner = 0;
  std::uint32_t group = 0;

  FileAttributes(FileMode file_mode) : mode(file_mode) {}  // NOLINT: a mode is a stamp of root's
  explicit FileAttributes(const FileFacts& facts)
      : mode(facts.mode), owner(facts.owner), group(facts.group) {}
};

class Files {
 public:
  virtual ~Files() = default;

  // Follows links (os-release and vendor units often are); more than `limit` bytes is an error.
  virtual Result<std::string> Read(const std::string& path, std::size_t limit = kReadLimit) = 0;
  // Does not follow a link at the end of the path.
  virtual Result<FileFacts> Inspect(const std::string& path) = 0;
  // The path that is meant once every link is followed; kNotFound also for a link to nothing.
  virtual Result<std::string> Resolve(const std::string& path) = 0;
  // Names, sorted, without "." and "..".
  virtual Result<std::vector<std::string>> List(const std::string& folder) = 0;

  // Never readable by more than the stamp says. Replaces a link instead of following it.
  virtual Status WriteAtomically(const std::string& path, std::string_view bytes,
                                 const FileAttributes& stamp) = 0;
  // One level; a folder that is there is left as it is.
  virtual Status MakeFolder(const std::string& path, FileMode mode) = 0;
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  // A file, a link or an empty folder; what is not there is removed already.
  virtual Status Remove(const std::string& path) = 0;
  // What a WriteAtomically of this path left beside it when it was killed. Only for who knows that nobody
  // writes it now.
  virtual Status RemoveUnfinished(const std::string& path) = 0;
  // A folder with all that is in it, links not followed; what is not there is removed already.
  virtual Status RemoveTree(const std::string& path) = 0;

  static constexpr std::size_t kReadLimit = std::size_t{16} << 20U;
};

// Whether something is at the path; an error that is not kNotFound counts as "something".
inline bool Exists(Files& files, const std::string& path) {
  const auto facts = files.Inspect(path);
  return facts.ok() || facts.error().code != Code::kNotFound;
}

// Itself, rather than what a link of that name leads to.
inline bool IsFolder(Files& files, const std::string& path) {
  const auto facts = files.Inspect(path);
  return facts.ok() && facts->kind == FileFacts::Kind::kFolder;
}

}  // namespace dockerext
