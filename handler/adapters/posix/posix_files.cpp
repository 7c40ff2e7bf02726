// SPDX-License-Identifier: MIT
#include "handler/adapters/posix/posix_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "handler/adapters/posix/system_error.hpp"
#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/handle.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/machine.hpp"

namespace dockerext {
namespace {

using DirPtr = Handle<DIR, closedir>;

FileFacts::Kind KindOf(mode_t mode) {
  if (S_ISREG(mode)) return FileFacts::Kind::kFile;
  if (S_ISDIR(mode)) return FileFacts::Kind::kFolder;
  return S_ISLNK(mode) ? FileFacts::Kind::kLink : FileFacts::Kind::kOther;
}

Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError("writing", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Sets the owner first: a change of owner clears the set-user-ID and set-group-ID bits.
Status SetAttributes(int fd, const FileAttributes& attributes, const std::string& path) {
  const bool is_root_owned = attributes.owner == 0 && attributes.group == 0;
  if (!is_root_owned && fchown(fd, attributes.owner, attributes.group) != 0)
    return SystemError("setting the owner of", path);
  if (fchmod(fd, attributes.mode.bits()) != 0) return SystemError("setting the mode of", path);
  if (!attributes.modified) return {};
  const auto since_1970 = attributes.modified->time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_1970);
  const timespec modified{seconds.count(), (since_1970 - seconds).count()};
  const std::array<timespec, 2> times = {modified, modified};
  if (futimens(fd, times.data()) != 0) return SystemError("setting the time of", path);
  return {};
}

Status Sync(const std::string& path, int flags) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (!fd) return SystemError("opening", path);
  if (fsync(fd.get()) != 0) return SystemError("syncing", path);
  return {};
}

// A new name survives a power failure only when its folder is synced too.
Status SyncFolder(const std::string& folder) { return Sync(folder, O_DIRECTORY); }

constexpr std::string_view kRandomPart = "XXXXXX";

// The part of a temporary file's name before the random part.
std::string UnfinishedStem(const std::string& path) { return "." + NameOf(path) + "."; }

// A new file in the folder of `path`, created with mode 0600 (mkostemp); removed on destruction unless Keep()
// was called.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& path)
      : path_(ParentOf(path) + "/" + UnfinishedStem(path) + std::string(kRandomPart)),
        fd_(mkostemp(path_.data(), O_CLOEXEC)) {}
  ~TemporaryFile() {
    if (fd_ && !kept_) unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const UniqueFd& fd() const { return fd_; }
  const std::string& path() const { return path_; }
  void Keep() { kept_ = true; }

 private:
  std::string path_;
  UniqueFd fd_;
  bool kept_ = false;
};

Result<std::string> ReadAll(const std::string& path, int flags, std::size_t limit) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (!fd) return SystemError("opening", path);
  std::string content;
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t got = read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError("reading", path);
    if (got == 0) break;
    content.append(buffer.data(), static_cast<std::size_t>(got));
    if (content.size() > limit) {
      return MakeError<errors::kFileTooLarge>(Quoted(path), std::to_string(limit));
    }
  }
  explicit_bzero(buffer.data(), buffer.size());
  return content;
}

}  // namespace

Result<std::string> ReadToEnd(const std::string& path) { return ReadAll(path, O_NOCTTY, Files::kReadLimit); }

// A pipe that somebody put there stops nothing.
Result<std::string> PosixFiles::Read(const std::string& path, std::size_t limit) {
  return ReadAll(path, O_NONBLOCK, limit);
}

Result<FileFacts> PosixFiles::Inspect(const std::string& path) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return SystemError("inspecting", path);
  FileFacts facts;
  facts.kind = KindOf(found.st_mode);
  facts.mode = FileMode::FromBits(found.st_mode);
  facts.owner = found.st_uid;
  facts.group = found.st_gid;
  facts.size = static_cast<std::uint64_t>(found.st_size);
  facts.modified =
      std::chrono::system_clock::time_point(std::chrono::duration_cast<std::chrono::system_clock::duration>(
          std::chrono::seconds(found.st_mtim.tv_sec) + std::chrono::nanoseconds(found.st_mtim.tv_nsec)));
  return facts;
}

Result<std::string> PosixFiles::Resolve(const std::string& path) {
  const Handle<char, free> resolved(realpath(path.c_str(), nullptr));
  if (!resolved) return SystemError("resolving", path);
  return std::string(resolved.get());
}

Result<std::vector<std::string>> PosixFiles::List(const std::string& folder) {
  const DirPtr dir(opendir(folder.c_str()));
  if (!dir) return SystemError("listing", folder);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(dir.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
    errno = 0;
  }
  if (errno != 0) return SystemError("listing", folder);
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::vector<std::string>> PosixFiles::Glob(const std::string& pattern) {
  glob_t matches{};
  const int result = glob(pattern.c_str(), 0, nullptr, &matches);
  const std::unique_ptr<glob_t, decltype(&globfree)> owned(&matches, globfree);
  if (result != 0 && result != GLOB_NOMATCH) {
    return SystemError("searching for", pattern, ENOMEM);
  }
  return std::vector<std::string>(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
}

Status PosixFiles::WriteAtomically(const std::string& path, std::string_view bytes,
                                   const FileAttributes& attributes) {
  TemporaryFile file(path);
  if (!file.fd()) return SystemError("creating a temporary file for", path);
  TRY(WriteAll(file.fd().get(), bytes, path));
  TRY(SetAttributes(file.fd().get(), attributes, path));
  if (fsync(file.fd().get()) != 0) return SystemError("syncing", path);
  if (rename(file.path().c_str(), path.c_str()) != 0) return SystemError("renaming to", path);
  file.Keep();
  return SyncFolder(ParentOf(path));
}

Status PosixFiles::MakeFolder(const std::string& path, FileMode mode) {
  if (mkdir(path.c_str(), mode.bits()) != 0) {
    struct stat found {};
    if (errno == EEXIST && lstat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) return {};
    return SystemError("creating the folder", path);
  }
  // The umask has masked mkdir's mode.
  if (chmod(path.c_str(), mode.bits()) != 0) return SystemError("setting the mode of", path);
  return SyncFolder(ParentOf(path));
}

Status PosixFiles::Rename(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) return SystemError("renaming " + Quoted(from) + " to", to);
  TRY(SyncFolder(ParentOf(to)));
  return ParentOf(from) == ParentOf(to) ? Status() : SyncFolder(ParentOf(from));
}

Status PosixFiles::Remove(const std::string& path) {
  if (unlink(path.c_str()) != 0 && (errno != EISDIR || rmdir(path.c_str()) != 0)) {
    Error error = SystemError("removing", path);
    if (error.code == Code::kNotFound) return {};
    return error;
  }
  return SyncFolder(ParentOf(path));
}

Status PosixFiles::RemoveUnfinished(const std::string& path) {
  const auto names = List(ParentOf(path));
  if (!names.ok()) return names.error().code == Code::kNotFound ? Status() : Status(names.error());
  const std::string stem = UnfinishedStem(path);
  for (const std::string& name : *names) {
    const bool is_unfinished = name.size() == stem.size() + kRandomPart.size() && name.starts_with(stem);
    if (is_unfinished) TRY(Remove(ParentOf(path) + "/" + name));
  }
  return {};
}

Status PosixFiles::RemoveTree(const std::string& path) {
  const auto facts = Inspect(path);
  if (!facts.ok()) return facts.error().code == Code::kNotFound ? Status() : Status(facts.error());
  if (facts->kind == FileFacts::Kind::kFolder) {
    TRY_LET(const auto names, List(path));
    for (const std::string& name : names) TRY(RemoveTree(path + "/" + name));
  }
  return Remove(path);
}

Status PosixFiles::SyncTree(const std::string& path) {
  TRY_LET(const FileFacts facts, Inspect(path));
  if (facts.kind == FileFacts::Kind::kFile) return Sync(path, O_NOFOLLOW | O_NONBLOCK);
  if (facts.kind != FileFacts::Kind::kFolder) return {};
  TRY_LET(const auto names, List(path));
  for (const std::string& name : names) TRY(SyncTree(path + "/" + name));
  return SyncFolder(path);
}

}  // namespace dockerext
