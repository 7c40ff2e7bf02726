// SPDX-License-Identifier: MIT
#include "tests/sim/contract/files.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "handler/base/text.hpp"

namespace dockerext::contract {
namespace {

namespace fs = std::filesystem;

Descriptor Open(const std::string& path, int flags, FileMode mode) {
  return Descriptor(open(path.c_str(), flags | O_CLOEXEC, mode.bits()));
}

Status WriteAll(const Descriptor& file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError("writing " + Quoted(path));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::string> ReadAll(const Descriptor& file, const std::string& path) {
  std::string bytes;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t got = read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError("reading " + Quoted(path));
    if (got == 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

Result<TempFolder> TempFolder::Make(const std::string& parent) {
  std::string path = parent + "/handler-harness.XXXXXX";
  if (mkdtemp(path.data()) == nullptr) return SystemError("making a folder in " + Quoted(parent));
  return TempFolder(std::move(path));
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Error SystemError(std::string_view doing) {
  const int number = errno;
  const Code code = number == ENOENT ? Code::kNotFound : Code::kInternal;
  return Error{code, std::generic_category().message(number)}.Context(doing);
}

Result<std::string> ReadFile(const std::string& path) {
  const Descriptor file = Open(path, O_RDONLY, 0000_mode);
  if (!file.ok()) return SystemError("opening " + Quoted(path));
  return ReadAll(file, path);
}

Result<std::string> ReadStart(const Descriptor& file, std::size_t limit) {
  std::string bytes(limit, '\0');
  std::size_t size = 0;
  while (size < limit) {
    const ssize_t got = pread(file.get(), bytes.data() + size, limit - size, static_cast<off_t>(size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError("reading a command's output");
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

Status WriteFile(const std::string& path, std::string_view bytes, FileMode mode) {
  const Descriptor file = Open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
  if (!file.ok()) return SystemError("opening " + Quoted(path));
  return WriteAll(file, bytes, path);
}

Status AppendFile(const std::string& path, std::string_view bytes) {
  const Descriptor file = Open(path, O_WRONLY | O_CREAT | O_APPEND, 0644_mode);
  if (!file.ok()) return SystemError("opening " + Quoted(path));
  return WriteAll(file, bytes, path);
}

Status CreateFile(const std::string& path, std::string_view bytes, FileMode mode) {
  const Descriptor file = Open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  if (!file.ok()) return SystemError("creating " + Quoted(path));
  if (fchmod(file.get(), mode.bits()) != 0) return SystemError("setting the mode of " + Quoted(path));
  return WriteAll(file, bytes, path);
}

Status CopyFile(const std::string& source, const std::string& destination) {
  std::error_code error;
  fs::copy_file(source, destination, fs::copy_options::overwrite_existing, error);
  const auto time = error ? fs::file_time_type() : fs::last_write_time(source, error);
  if (!error) fs::last_write_time(destination, time, error);
  if (!error) return {};
  return Error{Code::kInternal, error.message()}.Context("copying " + Quoted(source));
}

bool Exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

Status MakeFolder(const std::string& path, FileMode mode) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return Error{Code::kInternal, error.message()}.Context("making the folder " + Quoted(path));
  if (chmod(path.c_str(), mode.bits()) != 0) return SystemError("setting the mode of " + Quoted(path));
  return {};
}

Status RemoveTree(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return Error{Code::kInternal, error.message()}.Context("removing " + Quoted(path));
  return {};
}

std::vector<std::string> NamesIn(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string RandomName() {
  std::string bytes(8, '\0');
  // 8 bytes are never returned in part, and fail only before the kernel's pool is ready.
  if (getrandom(bytes.data(), bytes.size(), 0) < 0) bytes.assign(std::to_string(getpid()));
  return HexEncode(bytes);
}

}  // namespace dockerext::contract
