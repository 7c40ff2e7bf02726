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

struct Entry {
  std::string name;
  std::string image;
  std::string folder;  // on disk, see GuestFolders
  std::vector<std::string> cgroups;
  std::uint64_t since = 0;  // seconds of CLOCK_BOOTTIME
  ProcessId keeper;
  ProcessId supervisor;
  ProcessId leader;  // the guest's PID 1; none during the boot
};

std::string RenderEntry(const Entry& entry);
Result<Entry> ParseEntry(std::string_view text);

// A random, unused name.
Result<std::string> FreshName();

// A new entry with the calling process as its keeper.
Result<Entry> Reserve(const std::string& name, const std::string& image);

Status Record(const Entry& entry);
Result<Entry> Find(const std::string& name);
Result<std::vector<Entry>> List();

// Kills and removes everything of a guest, its entry last. Missing parts are not an error.
Status Discard(const Entry& entry);

std::string ControlSocket(const std::string& name);

Result<std::string> RandomHex(std::size_t bytes);
std::uint64_t SecondsSinceBoot();

}  // namespace dockerext::guest
