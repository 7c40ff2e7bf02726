// SPDX-License-Identifier: MIT
// Files as the agent writes them (WALinuxAgent's fileutil.py): truncated and written in place, folders with
// their mode forced. Secrets use CreateFile, which never writes to an existing file.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "handler/base/file_mode.hpp"
#include "handler/base/result.hpp"

namespace dockerext::contract {

// An open file, closed once.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

// A new folder, 0700; the destructor removes it with its content.
class TempFolder {
 public:
  static Result<TempFolder> Make(const std::string& parent);
  TempFolder(TempFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TempFolder& operator=(TempFolder&&) = delete;
  ~TempFolder();

  const std::string& path() const { return path_; }

 private:
  explicit TempFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// "doing: message of errno"; kNotFound for ENOENT.
Error SystemError(std::string_view doing);

Result<std::string> ReadFile(const std::string& path);

// At most `limit` bytes from the file's start, independent of its offset.
Result<std::string> ReadStart(const Descriptor& file, std::size_t limit);

inline constexpr FileMode kReadableFile = 0644_mode;

// Truncates and writes in place; `mode` applies to a new file only.
Status WriteFile(const std::string& path, std::string_view bytes, FileMode mode = kReadableFile);

Status AppendFile(const std::string& path, std::string_view bytes);

// Fails if the path exists; the file has exactly `mode` from its creation on.
Status CreateFile(const std::string& path, std::string_view bytes, FileMode mode);

// Copies content, mode and times; overwrites.
Status CopyFile(const std::string& source, const std::string& destination);

bool Exists(const std::string& path);

// Also makes the parents (0755); sets `mode` even if the folder exists.
Status MakeFolder(const std::string& path, FileMode mode);

// A missing path is success.
Status RemoveTree(const std::string& path);

// Sorted; empty when the folder does not exist.
std::vector<std::string> NamesIn(const std::string& folder);

// 16 random hex digits, for names that must be unique.
std::string RandomName();

}  // namespace dockerext::contract
