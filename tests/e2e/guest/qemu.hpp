// SPDX-License-Identifier: MIT
// The command line of qemu for one VM, and what this machine needs for it. Nothing here starts a VM.
#pragma once

#include <string>
#include <vector>

#include "handler/base/result.hpp"
#include "tests/e2e/guest/registry.hpp"

namespace dockerext::guest {

// Fails if this machine lacks a program that a VM of this image needs.
Status CheckMachineForVm(const std::string& image);

// "kvm" only if the image's kernel has been seen to run with it within five seconds: /dev/kvm may exist and
// never run one. Another call may have another answer: a busy machine is slow to run it.
std::string ProbeAccelerator(const std::string& image);

// Sockets in the supervisor's private /run.
constexpr const char* kPortSocket = "/run/guest-port";
constexpr const char* kMonitorSocket = "/run/guest-monitor";
constexpr const char* kDiskSocket = "/run/guest-disk";

// The files of a VM on disk.
struct VmFiles {
  explicit VmFiles(const Entry& entry)
      : disk(entry.folder + (entry.vm.loses_unflushed ? "/disk.raw" : "/disk.qcow2")),
        console(entry.folder + "/console.log") {}
  std::string disk;
  std::string console;
};

// The disk that a VM's own begins as: the image's, or that of the saved state.
struct BackingDisk {
  std::string path;
  std::string format;
};
BackingDisk BackingDiskOf(const Entry& entry);

std::vector<std::string> QemuArgv(const Entry& entry);

// Names what a saved state depends on, besides its image: qemu's version and its whole command line.
Result<std::string> SavedStateKey(const std::string& image);

}  // namespace dockerext::guest
