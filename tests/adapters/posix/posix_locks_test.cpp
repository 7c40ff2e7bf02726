// SPDX-License-Identifier: MIT
// Locks on the real kernel, in a temporary folder: ours, and those of other programs.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "handler/adapters/posix/posix_clock.hpp"
#include "handler/adapters/posix/posix_files.hpp"
#include "handler/adapters/posix/posix_locks.hpp"

namespace dockerext {
namespace {

using std::chrono::milliseconds;
using testing::StartsWith;

class PosixLock : public testing::Test {
 protected:
  PosixLock() : folder_((std::filesystem::temp_directory_path() / "dx-locks-XXXXXX").string()) {
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
  }
  ~PosixLock() override { std::filesystem::remove_all(folder_); }

  std::string At(const std::string& name) const { return folder_ + "/" + name; }

  PosixFiles files;
  PosixClock clock;

 private:
  std::string folder_;
};

TEST_F(PosixLock, ALockExcludesOthersUntilItIsReleased) {
  PosixLocks locks(clock);
  auto first = locks.Acquire(At("lock"), milliseconds(0));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(locks.Acquire(At("lock"), milliseconds(50)).error().code, Code::kTimeout);
  *first = nullptr;
  EXPECT_TRUE(locks.Acquire(At("lock"), milliseconds(0)).ok());
}

TEST_F(PosixLock, ALockOnARemovedFileExcludesNoOne) {
  PosixLocks locks(clock);
  const auto first = locks.Acquire(At("lock"), milliseconds(0));
  ASSERT_TRUE(files.Remove(At("lock")).ok());
  EXPECT_TRUE(locks.Acquire(At("lock"), milliseconds(0)).ok());
}

// A child that holds a write lock of fcntl(2) on a file until it is destroyed.
class LockingChild {
 public:
  explicit LockingChild(const std::string& path) {
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    pid_ = fork();
    if (pid_ == 0) {
      const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
      struct flock lock {};
      lock.l_type = F_WRLCK;
      const char locked = fcntl(fd, F_SETLK, &lock) == 0 ? 'y' : 'n';
      if (write(ready[1], &locked, 1) == 1) pause();
      _exit(0);
    }
    char locked = 0;
    EXPECT_EQ(read(ready[0], &locked, 1), 1);
    EXPECT_EQ(locked, 'y');
    close(ready[0]);
    close(ready[1]);
  }
  LockingChild(const LockingChild&) = delete;
  LockingChild& operator=(const LockingChild&) = delete;
  ~LockingChild() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  std::string pid() const { return std::to_string(pid_); }

 private:
  pid_t pid_ = -1;
};

TEST_F(PosixLock, WhoHoldsALockOfAnotherProgramIsAskedAndTheLockIsNotTaken) {
  PosixLocks locks(clock);
  const std::string path = At("other.lock");
  const LockFile lock{path, LockFile::Kind::kFcntl};
  EXPECT_EQ(locks.HolderOf(lock), "") << "missing";
  {
    const LockingChild child(path);
    EXPECT_THAT(locks.HolderOf(lock), StartsWith("process " + child.pid() + " ("));
  }
  EXPECT_EQ(locks.HolderOf(lock), "") << "its holder ended";
  const LockingChild next(path);  // fails if the question took it
}

TEST_F(PosixLock, APidFileIsALockWhileItsProcessLives) {
  PosixLocks locks(clock);
  const std::string path = At("pid");
  const LockFile lock{path, LockFile::Kind::kPidFile};
  EXPECT_EQ(locks.HolderOf(lock), "");
  const std::string own = std::to_string(getpid());
  ASSERT_TRUE(files.WriteAtomically(path, own + "\n", 0600_mode).ok());
  EXPECT_THAT(locks.HolderOf(lock), StartsWith("process " + own + " ("));
  for (const char* stale : {"", "garbage\n", "0\n", "-1\n", "4194305\n"}) {  // above the largest pid
    ASSERT_TRUE(files.WriteAtomically(path, stale, 0600_mode).ok());
    EXPECT_EQ(locks.HolderOf(lock), "") << stale;
  }
}

}  // namespace
}  // namespace dockerext
