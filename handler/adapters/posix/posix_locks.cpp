// SPDX-License-Identifier: MIT
#include "handler/adapters/posix/posix_locks.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

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

}  // namespace

Result<std::unique_ptr<HeldLock>> PosixLocks::Acquire(const std::string& path,
                                                      std::chrono::milliseconds budget) {
  auto lock = RetryWhileBusy(clock_, budget, std::chrono::milliseconds(20), [&] { return TryAcquire(path); });
  if (lock.ok() || lock.error().code != Code::kBusy) return lock;
  return lock.error().As(Code::kTimeout);
}

}  // namespace dockerext
