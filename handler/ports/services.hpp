// SPDX-License-Identifier: MIT
// What we need of systemd, in our words. Start, Stop and Restart return when the job has ended, not when it
// is queued, and within the budget (the vendor's TimeoutStartSec is often infinite).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext {

struct UnitFacts {
  std::string load_state;       // loaded, not-found, masked, bad-setting, error
  std::string active_state;     // active, reloading, inactive, failed, activating, deactivating
  std::string sub_state;        // running, dead, auto-restart, ...
  std::string unit_file_state;  // enabled, disabled, masked, ...
  std::string result;           // success, exit-code, start-limit-hit, timeout, ...
  std::string fragment_path;
  std::vector<std::string> drop_in_paths;  // in the order in which systemd reads them
  std::vector<std::string> exec_start;     // the last ExecStart= as it will be run, variables not expanded
  std::string invocation_id;               // 32 hex digits; empty when it never ran
  std::uint32_t main_pid = 0;              // 0 when none
  bool has_job = false;                    // queued or running
};

// A unit that lives until it has ended: Type=notify, KillMode=process, collected whatever its result.
struct TransientUnit {
  std::string name;
  std::string description;
  std::vector<std::string> command;        // argv[0] absolute
  std::vector<std::string> after_command;  // run by systemd when the main process has ended, however it ended
  std::chrono::seconds start_limit{};      // until READY
  std::chrono::seconds run_limit{};        // of the whole unit
};

class Services {
 public:
  virtual ~Services() = default;

  // kMissingDependency when systemd cannot be reached. A unit that does not exist is no error: load_state
  // not-found.
  virtual Result<UnitFacts> Describe(const std::string& unit) = 0;
  // Names of the loaded units that match a shell pattern.
  virtual Result<std::vector<std::string>> Loaded(const std::string& pattern) = 0;

  // Reads all unit files again (daemon-reload).
  virtual Status ReloadDefinitions() = 0;
  virtual Status Start(const std::string& unit, std::chrono::milliseconds budget) = 0;
  virtual Status Stop(const std::string& unit, std::chrono::milliseconds budget) = 0;
  virtual Status Restart(const std::string& unit, std::chrono::milliseconds budget) = 0;
  // Clears a failed state and the start-limit counter; a unit that is not loaded is no error.
  virtual Status ResetFailed(const std::string& unit) = 0;
  virtual Status EnableUnitFile(const std::string& unit) = 0;
  virtual Status DisableUnitFile(const std::string& unit) = 0;

  // Returns after READY=1 of the command, or an error when the job failed or the start limit passed.
  virtual Status StartTransient(const TransientUnit& unit) = 0;
  // To the unit's main process alone; a unit that is gone is no error.
  enum class Signal { kHangUp, kKill };
  virtual Status SignalMainProcess(const std::string& unit, Signal signal) = 0;
  // Tells systemd that this process, the main process of a unit, is ready.
  virtual Status NotifyReady() = 0;
};

}  // namespace dockerext
