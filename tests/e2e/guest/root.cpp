// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/root.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/files.hpp"

namespace dockerext::guest {
namespace {

Status Mount(const char* source, const std::string& target, const char* type, unsigned long flags,
             const char* options) {
  if (mount(source, target.c_str(), type, flags, options) == 0) return {};
  if (type == nullptr || errno != ENODEV) return ErrnoError("mounting on " + Quoted(target));
  return Error{Code::kMissingDependency, std::string("a guest needs the file system ") + type +
                                             ", which this kernel does not have: load its module"};
}

Status WriteIdentity(const Entry& entry) {
  const std::string etc = GuestFolders(entry.folder).root + "/etc";
  TRY_LET(const std::string machine_id, RandomHex(16));
  TRY(ReplaceFile(etc + "/machine-id", machine_id + "\n", 0444_mode));
  TRY(ReplaceFile(etc + "/hostname", entry.name + "\n", 0644_mode));
  return ReplaceFile(etc + "/hosts", "127.0.0.1 localhost\n127.0.1.1 " + entry.name + "\n::1 localhost\n",
                     0644_mode);
}

}  // namespace

Status EnterPrivateMounts() {
  if (unshare(CLONE_NEWNS) != 0) return ErrnoError("creating a mount namespace");
  TRY(Mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr));
  TRY_LET(const UniqueFd registry, Open(kRegistry, O_PATH | O_DIRECTORY));
  TRY(Mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755"));
  TRY(MakeFolder(kRegistry));
  TRY(MakeFolder("/run/systemd/nspawn"));
  const std::string source = "/proc/self/fd/" + std::to_string(registry.get());
  return Mount(source.c_str(), kRegistry, nullptr, MS_BIND, nullptr);
}

Status MountRoot(const Entry& entry) {
  const GuestFolders folders(entry.folder);
  for (const std::string& folder :
       {folders.upper, folders.work, folders.root, folders.docker, folders.containerd}) {
    TRY(MakeFolder(folder));
  }
  const std::string base = entry.image + "/base";
  if ((base + entry.folder).find_first_of(":,\\") != std::string::npos) {
    return Error{Code::kInternal,
                 "overlayfs supports no ':', ',' or '\\' in a path: move " + Quoted(entry.image)};
  }
  // volatile: a guest's files need not reach the disk, and dpkg calls fsync all the time.
  const std::string options = "volatile,redirect_dir=on,index=off,lowerdir=" + base +
                              ",upperdir=" + folders.upper + ",workdir=" + folders.work;
  TRY(Mount("overlay", folders.root, "overlay", 0, options.c_str())
          .Context("the image folder has to be on a file system that supports overlayfs (ext4, xfs, tmpfs)"));
  return WriteIdentity(entry);
}

void LeavePrivateMounts() { umount2("/run", MNT_DETACH); }

void UnmountRoot(const Entry& entry) { umount2(GuestFolders(entry.folder).root.c_str(), MNT_DETACH); }

}  // namespace dockerext::guest
