// SPDX-License-Identifier: MIT
#include "handler/adapters/posix/posix_locks.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <optional>

#include "handler/adapters/posix/system_error.hpp"
#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/retry.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/engine.hpp"

namespace dockerext {
namespace {

class Flock : public HeldLock {
 public:
  explicit Flock(UniqueFd fd) : fd_(std::move(fd)) {}

 private:
  UniqueFd fd_;
};

// Whether the path still names the locked file: the lock of a removed file excludes no one.
bool IsSameFile(int fd, const std::string& path) {
  struct stat held {};
  struct stat named {};
  return fstat(fd, &held) == 0 && stat(path.c_str(), &named) == 0 && held.st_dev == named.st_dev &&
         held.st_ino == named.st_ino;
}

Result<std::unique_ptr<HeldLock>> TryAcquire(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return SystemError("opening the lock", path);
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return SystemError("locking", path);
    return MakeError<errors::kAnotherOperation>(Quoted(path)).As(Code::kBusy);
  }
  if (!IsSameFile(fd.get(), path))
    return MakeError<errors::kAnotherOperation>(Quoted(path)).As(Code::kBusy);  // removed meanwhile
  return std::unique_ptr<HeldLock>(std::make_unique<Flock>(std::move(fd)));
}

// The first bytes of a file; empty where it cannot be read.
std::string Beginning(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::array<char, 64> bytes{};
  const ssize_t size = fd ? read(fd.get(), bytes.data(), bytes.size()) : 0;
  return size > 0 ? std::string(bytes.data(), static_cast<std::size_t>(size)) : std::string();
}

// "process 314 (unattended-upgr)"; nullopt when there is no such process.
std::optional<std::string> ProcessOf(const std::string& pid) {
  const std::string name = Beginning("/proc/" + pid + "/comm");
  if (name.empty()) return std::nullopt;
  return "process " + pid + " (" + std::string(Trim(name)) + ")";
}

std::string HolderByPid(const std::string& path) {
  const std::string text = Beginning(path);
  const auto pid = ParseUnsigned(Trim(text));
  return pid && *pid > 0 ? ProcessOf(std::to_string(*pid)).value_or("") : "";
}

// A read lock would conflict with a write lock only: a reader of rpm's database keeps nobody from writing.
std::string HolderByFcntl(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct flock other {};
  other.l_type = F_RDLCK;
  other.l_whence = SEEK_SET;
  if (!fd || fcntl(fd.get(), F_OFD_GETLK, &other) != 0 || other.l_type == F_UNLCK) return {};
  // A lock of an open file description has no pid, and neither has a holder in another pid namespace.
  if (other.l_pid <= 0) return "another process";
  return ProcessOf(std::to_string(other.l_pid)).value_or("another process");
}

}  // namespace

Result<std::unique_ptr<HeldLock>> PosixLocks::Acquire(const std::string& path,
                                                      std::chrono::milliseconds budget) {
  auto lock = RetryWhileBusy(clock_, budget, std::chrono::milliseconds(20), [&] { return TryAcquire(path); });
  if (lock.ok() || lock.error().code != Code::kBusy) return lock;
  return lock.error().As(Code::kTimeout);
}

std::string PosixLocks::HolderOf(const LockFile& lock) {
  const std::string path(lock.path);
  return lock.kind == LockFile::Kind::kPidFile ? HolderByPid(path) : HolderByFcntl(path);
}

}  // namespace dockerext
