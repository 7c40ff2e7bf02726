// SPDX-License-Identifier: MIT
// The registry of the guests on this machine: one folder per guest below /run. Every reader first removes the
// remains of guests whose processes were all killed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "handler/base/result.hpp"
#include "tests/e2e/guest/process.hpp"

namespace dockerext::guest {

constexpr const char* kRegistry = "/run/docker-extension-guests";

// What only a VM can be asked for.
struct VmOptions {
  std::string accelerator = "tcg";  // or "kvm"
  std::int64_t clock_offset = 0;    // seconds that its clock is ahead of this machine's
  bool loses_unflushed = false;     // a power cut loses what the VM had not flushed
  std::string saved_state = {};     // a folder: the first boot goes on from there; empty: none
};

struct Entry {
  std::string name;
  std::string image;
  std::string folder;  // on disk, see GuestFolders
  std::vector<std::string> cgroups;
  std::uint64_t since = 0;  // seconds of CLOCK_BOOTTIME
  ProcessId keeper;
  ProcessId supervisor;
  ProcessId leader;  // the guest's PID 1, or its qemu; none during the boot
  VmOptions vm;
};

std::string RenderEntry(const Entry& entry);
Result<Entry> ParseEntry(std::string_view text);

// Whether a guest of this image is a VM; a container otherwise.
bool IsVmImage(const std::string& image);

// A random, unused name.
Result<std::string> FreshName();

// A new entry with the calling process as its keeper.
Result<Entry> Reserve(const std::string& name, const std::string& image, const VmOptions& vm);

Status Record(const Entry& entry);
Result<Entry> Find(const std::string& name);
Result<std::vector<Entry>> List();

// Kills and removes everything of a guest, its entry last. Missing parts are not an error.
Status Discard(const Entry& entry);

std::string ControlSocket(const std::string& name);

Result<std::string> RandomHex(std::size_t bytes);
std::uint64_t SecondsSinceBoot();

}  // namespace dockerext::guest
