// SPDX-License-Identifier: MIT
// A guest's root file system: an overlay of the guest's changes over the base of its image, mounted in a
// mount namespace that ends with the supervisor.
#pragma once

#include <string>

#include "handler/base/result.hpp"
#include "tests/e2e/guest/registry.hpp"

namespace dockerext::guest {

// The folders of a guest on disk. docker and containerd are separate, since dockerd's overlay2 does not work
// on an overlay.
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

// Enters a private mount namespace with an empty /run (nspawn writes there) that still contains the registry.
Status EnterPrivateMounts();

// Call it before removing the guest's folders from within the namespace.
void LeavePrivateMounts();

// Mounts the root and writes its identity: machine-id and host name.
Status MountRoot(const Entry& entry);

// The same, for the root.
void UnmountRoot(const Entry& entry);

}  // namespace dockerext::guest
