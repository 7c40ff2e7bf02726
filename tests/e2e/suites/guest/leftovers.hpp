// SPDX-License-Identifier: MIT
// What is left of a guest on this machine.
#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/registry.hpp"

namespace dockerext {

// Processes that are still in the guest's cgroups.
inline std::vector<std::string> ProcessesOf(const std::string& name) {
  std::vector<std::string> found;
  for (const auto& item : std::filesystem::directory_iterator("/proc")) {
    const auto cgroup = guest::ReadText(item.path().string() + "/cgroup");
    if (cgroup.ok() && cgroup->find("docker-extension-guest-" + name) != std::string::npos) {
      found.push_back("process " + item.path().filename().string());
    }
  }
  return found;
}

// What is left of a guest on this machine: processes, files, cgroups, mounts, interfaces.
inline std::vector<std::string> Leftovers(const guest::Entry& entry) {
  std::vector<std::string> left = ProcessesOf(entry.name);
  for (const auto& process : {entry.keeper, entry.supervisor, entry.leader}) {
    if (guest::IsAlive(process)) left.push_back("process " + std::to_string(process.pid));
  }
  std::vector<std::string> paths = entry.cgroups;
  paths.insert(paths.end(), {entry.folder, std::string(guest::kRegistry) + "/" + entry.name});
  for (const std::string& path : paths) {
    if (std::filesystem::exists(path)) left.push_back(path);
  }
  const auto mounts = guest::ReadText("/proc/self/mountinfo");
  if (!mounts.ok() || mounts->find(entry.folder) != std::string::npos) left.emplace_back("a mount");
  if (std::filesystem::exists("/sys/class/net/to-the-guest")) left.emplace_back("an interface");
  return left;
}

inline bool WaitUntil(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

inline void ExpectNothingLeft(const guest::Entry& entry) {
  WaitUntil([&] { return Leftovers(entry).empty(); });
  EXPECT_THAT(Leftovers(entry), testing::IsEmpty());
}

}  // namespace dockerext
