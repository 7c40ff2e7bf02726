// SPDX-License-Identifier: MIT
// A guest's root file system: the image's base below, the guest's own changes above (overlay), mounted in a
// mount namespace that ends with the supervisor.
#pragma once

#include <string>

#include "handler/base/result.hpp"
#include "tests/e2e/guest/registry.hpp"

namespace dockerext::guest {

// One guest's folders on disk. dockerd's overlay2 does not work on an overlay, hence docker and containerd.
struct GuestFolders {
  explicit GuestFolders(const std::string& folder)
      : upper(folder + "/upper"),
        work(folder + "/work"),
        root(folder + "/root"),
        docker(folder + "/docker"),
        containerd(folder + "/containerd"),
        console(folder + "/console.log") {}
  std::string upper;
  std::string work;
  std::string root;
  std::string docker;
  std::string containerd;
  std::string console;
};

// A mount namespace of our own with a private, empty /run (nspawn writes there), the registry still in it.
Status EnterPrivateMounts();

// Mounts the root and gives it an identity: machine-id and host name.
Status MountRoot(const Entry& entry);

// For a process that removes the guest's folders from within the namespace.
void UnmountAll(const Entry& entry);

}  // namespace dockerext::guest
