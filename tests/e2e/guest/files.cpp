// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>

#include "handler/base/text.hpp"

namespace dockerext::guest {

Result<UniqueFd> Open(const std::string& path, int flags, FileMode mode) {
  UniqueFd fd(open(path.c_str(), flags | O_CLOEXEC, mode.bits()));
  if (!fd) return ErrnoError("opening " + Quoted(path));
  return fd;
}

Result<std::string> ReadAll(int fd) {
  std::string bytes;
  std::array<char, 16384> block{};
  while (true) {
    const ssize_t count = read(fd, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoError("reading");
    if (count == 0) return bytes;
    bytes.append(block.data(), static_cast<std::size_t>(count));
  }
}

Status WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoError("writing");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<std::string> ReadText(const std::string& path) {
  TRY_LET(const UniqueFd fd, Open(path, O_RDONLY));
  return ReadAll(fd.get()).Context(Quoted(path));
}

Status WriteText(const std::string& path, std::string_view text) {
  TRY_LET(const UniqueFd fd, Open(path, O_WRONLY | O_CREAT, 0644_mode));
  return WriteAll(fd.get(), text).Context(Quoted(path));
}

Status ReplaceFile(const std::string& path, std::string_view bytes, FileMode mode) {
  const std::string temporary = path + ".new";
  unlink(temporary.c_str());
  TRY_LET(const UniqueFd fd, Open(temporary, O_WRONLY | O_CREAT | O_EXCL));
  Status status = WriteAll(fd.get(), bytes).Context(Quoted(temporary));
  if (status.ok() && fchmod(fd.get(), mode.bits()) != 0)
    status = ErrnoError("setting the mode of " + Quoted(path));
  if (status.ok() && rename(temporary.c_str(), path.c_str()) != 0)
    status = ErrnoError("writing " + Quoted(path));
  if (!status.ok()) unlink(temporary.c_str());
  return status;
}

Status MakeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return Error{Code::kInternal, "creating the folder " + Quoted(path) + ": " + error.message()};
  return {};
}

Status RemoveTree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return Error{Code::kInternal, "removing " + Quoted(path) + ": " + error.message()};
  return {};
}

void RemoveEmptyFolder(const std::string& path) { rmdir(path.c_str()); }

std::string FindProgram(std::string_view name) {
  for (const std::string_view folder : {"/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/"}) {
    std::string path = std::string(folder) + std::string(name);
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

}  // namespace dockerext::guest
