// SPDX-License-Identifier: MIT
// Tests the posix adapters on the real kernel, in a temporary folder.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "handler/adapters/posix/posix_clock.hpp"
#include "handler/adapters/posix/posix_commands.hpp"
#include "handler/adapters/posix/posix_files.hpp"
#include "handler/adapters/posix/posix_network.hpp"
#include "handler/adapters/posix/system_error.hpp"
#include "handler/adapters/posix/unique_fd.hpp"

namespace dockerext {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Posix : public testing::Test {
 protected:
  Posix() : folder_((std::filesystem::temp_directory_path() / "dx-posix-XXXXXX").string()) {
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
  }
  ~Posix() override { std::filesystem::remove_all(folder_); }

  std::string At(const std::string& name) const { return folder_ + "/" + name; }

  PosixFiles files;
  PosixClock clock;

 private:
  std::string folder_;
};

TEST_F(Posix, RemoveUnfinishedRemovesOnlyTheTemporaryFilesOfItsPath) {
  for (const char* name : {".a.aB3xY9", ".a.conf", ".a.aB3xY9z", ".ab.aB3xY9", "a", "a.aB3xY9"}) {
    ASSERT_TRUE(files.WriteAtomically(At(name), "", 0600_mode).ok());
  }
  EXPECT_TRUE(files.RemoveUnfinished(At("a")).ok());
  EXPECT_THAT(*files.List(At(".")), ElementsAre(".a.aB3xY9z", ".a.conf", ".ab.aB3xY9", "a", "a.aB3xY9"));
  EXPECT_TRUE(files.RemoveUnfinished(At("missing/a")).ok());
}

TEST_F(Posix, OfAFileThatACallerNamesAPipesWriterIsWaitedFor) {
  ASSERT_EQ(mkfifo(At("pipe").c_str(), 0600), 0);
  std::thread writer([&] {
    const UniqueFd fd(open(At("pipe").c_str(), O_WRONLY | O_CLOEXEC));
    EXPECT_EQ(write(fd.get(), "te", 2), 2);
    sched_yield();
    EXPECT_EQ(write(fd.get(), "xt", 2), 2);
  });
  const auto read = ReadToEnd(At("pipe"));
  writer.join();
  EXPECT_EQ(*read, "text");
  EXPECT_EQ(*files.Read(At("pipe"), 100), "") << "a pipe without a writer stops nothing else";
  EXPECT_EQ(ReadToEnd(At("missing")).error().code, Code::kNotFound);
}

TEST_F(Posix, AWriteSetsContentAndModeAndLeavesNoTemporaryFile) {
  ASSERT_TRUE(files.WriteAtomically(At("a"), "text", 0444_mode).ok());
  EXPECT_EQ(*files.Read(At("a"), 100), "text");
  EXPECT_EQ(files.Inspect(At("a"))->mode, 0444_mode);
  FileAttributes of_1970(0600_mode);
  of_1970.modified = std::chrono::system_clock::time_point(std::chrono::nanoseconds(1500000000));
  ASSERT_TRUE(files.WriteAtomically(At("a"), "another", of_1970).ok());
  EXPECT_EQ(files.Inspect(At("a"))->modified, of_1970.modified);
  ASSERT_TRUE(files.WriteAtomically(At("a"), "other", 0600_mode).ok());
  EXPECT_EQ(*files.Read(At("a"), 100), "other");
  EXPECT_EQ(files.Inspect(At("a"))->mode, 0600_mode);
  EXPECT_THAT(*files.List(At("")), ElementsAre("a"));
}

TEST_F(Posix, AWriteReplacesASymlinkAndDoesNotFollowIt) {
  ASSERT_TRUE(files.WriteAtomically(At("target"), "untouched", 0600_mode).ok());
  ASSERT_EQ(symlink(At("target").c_str(), At("link").c_str()), 0);
  ASSERT_TRUE(files.WriteAtomically(At("link"), "new", 0600_mode).ok());
  EXPECT_EQ(*files.Read(At("target"), 100), "untouched");
  EXPECT_EQ(files.Inspect(At("link"))->kind, FileFacts::Kind::kFile);
}

TEST_F(Posix, ResolveFollowsASymlinkAndReportsADanglingOneAsNotFound) {
  ASSERT_TRUE(files.WriteAtomically(At("target"), "text", 0600_mode).ok());
  ASSERT_EQ(symlink("target", At("link").c_str()), 0);
  ASSERT_EQ(symlink("nothing", At("dangling").c_str()), 0);
  EXPECT_EQ(*files.Resolve(At("link")), *files.Resolve(At("target")));
  EXPECT_EQ(files.Resolve(At("dangling")).error().code, Code::kNotFound);
}

TEST_F(Posix, GlobReturnsTheMatchingPathsSortedAndNothingWithoutAMatch) {
  for (const char* name : {"b.conf", "a.conf", "a.txt", ".c.conf"}) {
    ASSERT_TRUE(files.WriteAtomically(At(name), "", 0600_mode).ok());
  }
  EXPECT_THAT(*files.Glob(At("*.conf")), ElementsAre(At("a.conf"), At("b.conf")));
  EXPECT_THAT(*files.Glob(At("a.txt")), ElementsAre(At("a.txt")));
  EXPECT_THAT(*files.Glob(At("*.missing")), IsEmpty());
  EXPECT_THAT(*files.Glob(At("missing/*")), IsEmpty());
}

TEST_F(Posix, AFailedWriteLeavesTheTargetUnchangedAndNoTemporaryFile) {
  ASSERT_EQ(mkdir(At("folder").c_str(), 0700), 0);
  EXPECT_FALSE(files.WriteAtomically(At("folder"), "x", 0600_mode).ok());
  EXPECT_EQ(files.WriteAtomically(At("missing/file"), "x", 0600_mode).error().code, Code::kNotFound);
  EXPECT_THAT(*files.List(At("")), ElementsAre("folder"));
}

TEST_F(Posix, WhatTheKernelRefusesIsForTheVmsOwnerWithARemedyForThatReason) {
  const std::vector<std::pair<int, const char*>> remedies = {{ENOSPC, "free some space"},
                                                             {EDQUOT, "free some space"},
                                                             {EROFS, "mount it writable"},
                                                             {EPERM, "chattr -i"},
                                                             {EACCES, "chattr -i"},
                                                             {EIO, "dmesg"},
                                                             {ELOOP, "namei"},
                                                             {ENAMETOOLONG, "namei"},
                                                             {EMFILE, "open files"},
                                                             {ENOMEM, "memory"},
                                                             {EISDIR, "see what is at that path"},
                                                             {ENOENT, "restore it"}};
  for (const auto& [number, remedy] : remedies) {
    const Error error = SystemError("writing", "/x", number);
    EXPECT_THAT(error.what, HasSubstr(std::string("writing '/x': ") + std::strerror(number)));
    EXPECT_EQ(error.where, "/x");
    EXPECT_THAT(error.remedy, HasSubstr(remedy));
    EXPECT_EQ(error.owner, Owner::kVmOwner);
    EXPECT_EQ(error.code == Code::kNotFound, number == ENOENT);
  }
}

TEST_F(Posix, AMissingPathIsNotFoundAndRemovingItSucceeds) {
  EXPECT_EQ(files.Read(At("x"), 10).error().code, Code::kNotFound);
  EXPECT_EQ(files.Inspect(At("x")).error().code, Code::kNotFound);
  EXPECT_TRUE(files.Remove(At("x")).ok());
  EXPECT_TRUE(files.RemoveTree(At("x")).ok());
}

TEST_F(Posix, AFileAboveTheLimitIsAnError) {
  ASSERT_TRUE(files.WriteAtomically(At("big"), std::string(5000, 'x'), 0600_mode).ok());
  EXPECT_THAT(files.Read(At("big"), 4999).error().Message(), HasSubstr("larger than 4999"));
}

TEST_F(Posix, ANewFolderHasItsModeDespiteTheUmaskAndAnExistingOneKeepsIts) {
  const mode_t previous = umask(0077);
  EXPECT_TRUE(files.MakeFolder(At("f"), 0755_mode).ok());
  umask(previous);
  EXPECT_EQ(files.Inspect(At("f"))->mode, 0755_mode);
  EXPECT_TRUE(files.MakeFolder(At("f"), 0700_mode).ok());
  EXPECT_EQ(files.Inspect(At("f"))->mode, 0755_mode);
}

TEST_F(Posix, ATreeIsRemovedWithoutFollowingSymlinks) {
  ASSERT_TRUE(files.MakeFolder(At("keep"), 0700_mode).ok());
  ASSERT_TRUE(files.WriteAtomically(At("keep/file"), "x", 0600_mode).ok());
  ASSERT_TRUE(files.MakeFolder(At("tree"), 0700_mode).ok());
  ASSERT_EQ(symlink(At("keep").c_str(), At("tree/link").c_str()), 0);
  EXPECT_FALSE(files.Remove(At("tree")).ok());
  EXPECT_TRUE(files.RemoveTree(At("tree")).ok());
  EXPECT_TRUE(Exists(files, At("keep/file")));
  EXPECT_FALSE(Exists(files, At("tree")));
}

Command Sh(const std::string& script) {
  return {.argv = {"/bin/sh", "-c", script}, .environment = {"PATH=/usr/bin:/bin"}};
}

TEST_F(Posix, ATreeIsSyncedWithoutFollowingSymlinksAndWithoutWaitingForThePipesInIt) {
  ASSERT_TRUE(files.MakeFolder(At("synced"), 0700_mode).ok());
  ASSERT_TRUE(files.WriteAtomically(At("synced/file"), "text", 0600_mode).ok());
  ASSERT_EQ(symlink("/nowhere", At("synced/dangling").c_str()), 0);
  ASSERT_EQ(mkfifo(At("synced/pipe").c_str(), 0600), 0);
  const Status synced = files.SyncTree(At("synced"));
  EXPECT_TRUE(synced.ok()) << synced.error().Message();
  EXPECT_EQ(files.SyncTree(At("missing")).error().code, Code::kNotFound);
}

TEST_F(Posix, ACommandReturnsBothStreamsAndItsExitCode) {
  PosixCommands commands;
  const auto run = commands.Run(Sh("echo out; echo err >&2; exit 7"));
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run->exit_code, 7);
  EXPECT_EQ(run->output, "out\n");
  EXPECT_EQ(run->errors, "err\n");
  EXPECT_EQ(commands.Run(Sh("kill -TERM $$"))->exit_code, 128 + SIGTERM);
}

TEST_F(Posix, ACommandHasTheGivenEnvironmentNoInputAndItsOwnSession) {
  PosixCommands commands;
  EXPECT_EQ(commands.Run(Sh("echo ${HOME-none}; cat; pwd; umask"))->output, "none\n/\n0022\n");
  EXPECT_EQ(commands.Run(Sh("test \"$(cut -d' ' -f6 /proc/self/stat)\" = $$"))->exit_code, 0);
}

TEST_F(Posix, AMissingCommandIsNotFound) {
  EXPECT_EQ(PosixCommands().Run({.argv = {"/nonexistent"}}).error().code, Code::kNotFound);
}

TEST_F(Posix, ACommandThatExceedsItsBudgetIsKilledWithItsChildren) {
  PosixCommands commands;
  Command late = Sh("(sleep 0.5; touch " + At("survived") + ") & sleep 300");
  late.budget = milliseconds(100);
  EXPECT_EQ(commands.Run(late).error().code, Code::kTimeout);
  clock.SleepFor(milliseconds(1000));
  EXPECT_FALSE(Exists(files, At("survived")));
}

TEST_F(Posix, AProgramWithoutItsXBitIsForTheVmsOwner) {
  const std::string program = At("dockerd");
  ASSERT_TRUE(files.WriteAtomically(program, "#!/bin/sh\n", 0644_mode).ok());
  const auto run = PosixCommands().Run({.argv = {program}});
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().what, "'" + program + "' cannot be executed");
  EXPECT_THAT(run.error().remedy, HasSubstr("chmod 0755"));
}

TEST_F(Posix, ADetachedCommandThatExceedsItsBudgetKeepsRunning) {
  PosixCommands commands;
  Command late = Sh("while ! test -e " + At("go") + "; do sleep 0.05; done; touch " + At("done"));
  late.budget = milliseconds(100);
  late.when_late = Command::WhenLate::kDetach;
  EXPECT_EQ(commands.Run(late).error().code, Code::kTimeout);
  ASSERT_TRUE(files.WriteAtomically(At("go"), "", 0600_mode).ok());
  for (int tries = 0; tries < 200 && !Exists(files, At("done")); ++tries) clock.SleepFor(milliseconds(50));
  EXPECT_TRUE(Exists(files, At("done")));
}

// An address of this machine, and a socket bound to a free port of it.
class Socket {
 public:
  explicit Socket(const std::string& host, int family = AF_INET)
      : fd_(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        size_(family == AF_INET ? sizeof ipv4() : sizeof ipv6()) {
    address_.ss_family = static_cast<sa_family_t>(family);
    void* const bytes = family == AF_INET ? static_cast<void*>(&ipv4().sin_addr) : &ipv6().sin6_addr;
    EXPECT_EQ(inet_pton(family, host.c_str(), bytes), 1);
    EXPECT_EQ(bind(fd_.get(), generic(), size_), 0);
    EXPECT_EQ(getsockname(fd_.get(), generic(), &size_), 0);
  }
  Socket& Listen() {
    EXPECT_EQ(listen(fd_.get(), 1), 0);
    return *this;
  }
  Socket& ConnectTo(Socket& other) {
    EXPECT_EQ(connect(fd_.get(), other.generic(), other.size_), 0);
    return *this;
  }
  int fd() const { return fd_.get(); }
  std::uint16_t port() { return ntohs(address_.ss_family == AF_INET ? ipv4().sin_port : ipv6().sin6_port); }

 private:
  sockaddr* generic() { return static_cast<sockaddr*>(pointer_); }
  sockaddr_in& ipv4() { return *static_cast<sockaddr_in*>(pointer_); }
  sockaddr_in6& ipv6() { return *static_cast<sockaddr_in6*>(pointer_); }

  UniqueFd fd_;
  sockaddr_storage address_{};
  void* pointer_ = &address_;
  socklen_t size_;
};

TEST_F(Posix, APortWithAListenerOnAnyAddressIsNotFree) {
  PosixNetwork network(files);
  std::uint16_t port = 0;
  for (const auto& [host, family] : {std::pair("127.0.0.1", AF_INET), std::pair("::", AF_INET6)}) {
    const auto listener = std::make_unique<Socket>(host, family);
    listener->Listen();
    port = listener->port();
    EXPECT_TRUE(*network.IsListening(port));
    EXPECT_FALSE(*network.IsFree(port));
  }
  EXPECT_FALSE(*network.IsListening(port));
  EXPECT_TRUE(*network.IsFree(port));
}

TEST_F(Posix, TheListenersOfAProcessAreItsListeningSocketsAndNotItsConnections) {
  Socket any("0.0.0.0");
  Socket dual("::", AF_INET6);
  Socket loopback("::1", AF_INET6);
  Socket mapped("::ffff:127.0.0.1", AF_INET6);
  for (Socket* socket : {&any, &dual, &loopback, &mapped}) socket->Listen();
  Socket bound("127.0.0.1");
  Socket client("127.0.0.1");
  client.ConnectTo(any);

  const auto listeners = PosixNetwork(files).ListenersOf(static_cast<std::uint32_t>(getpid()));
  ASSERT_TRUE(listeners.ok()) << listeners.error().Message();
  EXPECT_THAT(*listeners, ElementsAre(Listener{"0.0.0.0", any.port()}, Listener{"127.0.0.1", mapped.port()},
                                      Listener{"::", dual.port()}, Listener{"::1", loopback.port()}));
}

TEST_F(Posix, ASocketThatAProcessHoldsTwiceIsOneListener) {
  Socket listener("127.0.0.1");
  listener.Listen();
  const UniqueFd second(fcntl(listener.fd(), F_DUPFD_CLOEXEC, 0));
  EXPECT_THAT(*PosixNetwork(files).ListenersOf(static_cast<std::uint32_t>(getpid())),
              ElementsAre(Listener{"127.0.0.1", listener.port()}));
}

TEST_F(Posix, AProcessThatDoesNotExistHasNoListeners) {
  constexpr std::uint32_t kAbovePidMax = 1U << 23U;
  EXPECT_THAT(*PosixNetwork(files).ListenersOf(kAbovePidMax), IsEmpty());
}

}  // namespace
}  // namespace dockerext
