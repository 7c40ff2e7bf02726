// SPDX-License-Identifier: MIT
// systemd's units. A job is queued and polled: Describe tells whether it still runs. A connection that is
// lost (PID 1 re-executed, dbus-daemon restarted) is made anew and the call repeated, for up to a minute.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext {

struct UnitFacts {
  std::string load_state;       // loaded, not-found, masked, bad-setting, error
  std::string load_error;       // systemd's message when it could not load the unit
  std::string active_state;     // active, reloading, inactive, failed, activating, deactivating
  std::string sub_state;        // running, dead, auto-restart, ...
  std::string unit_file_state;  // enabled, disabled, masked, ...
  std::string result;           // success, exit-code, start-limit-hit, timeout, ...
  std::string fragment_path;
  std::vector<std::string> drop_in_paths;  // in the order in which systemd reads them; may be gone meanwhile
  bool needs_reload = false;               // unit files changed since systemd read them
  std::vector<std::string> exec_start;     // argv of the last ExecStart=, variables not expanded
  std::string invocation_id;               // 32 hex digits; empty when the unit has never run
  std::uint32_t main_pid = 0;              // 0 when there is none
  std::uint32_t last_main_pid = 0;         // also of one that has ended; 0 when there was none
  std::chrono::system_clock::time_point started{};  // of the main process; 1970 when it has never run
  bool has_job = false;                             // a job is queued or running
  std::vector<std::string> triggered_by;            // the units, such as docker.socket, that start this one
  std::vector<std::string> dependents;  // units that stop with this one: RequiredBy, BoundBy, ConsistsOf
  std::vector<std::string>
      requirements;  // units without which this one does not start: Requires, BindsTo, Requisite
  std::vector<std::string> listens;  // of a socket unit: the addresses of its ListenStream=
};

// A transient service: Type=notify, KillMode=process, unloaded when it ends, also after a failure.
struct TransientUnit {
  std::string name;
  std::string description;
  std::vector<std::string> command;        // argv[0] absolute
  std::vector<std::string> after_command;  // run by systemd after the main process exits, for any reason
  std::chrono::seconds start_limit{};      // from start to READY=1
  std::chrono::seconds run_limit{};        // for the whole unit
  std::chrono::seconds stop_limit{};       // for after_command
};

class Services {
 public:
  virtual ~Services() = default;

  // kMissingDependency when systemd cannot be reached. A unit that does not exist is not an error:
  // load_state is not-found.
  virtual Result<UnitFacts> Describe(const std::string& unit) = 0;
  // The names of the loaded units that match a shell pattern.
  virtual Result<std::vector<std::string>> Loaded(const std::string& pattern) = 0;

  // Re-reads all unit files (daemon-reload).
  virtual Status ReloadDefinitions() = 0;
  // Each queues a job, replacing a conflicting one, and returns. Restart starts an inactive unit; Stop of a
  // unit that is not loaded is a success.
  virtual Status Start(const std::string& unit) = 0;
  virtual Status Stop(const std::string& unit) = 0;
  virtual Status Restart(const std::string& unit) = 0;
  // Clears a failed state and the start-limit counter; a unit that is not loaded is not an error.
  virtual Status ResetFailed(const std::string& unit) = 0;
  virtual Status EnableUnitFile(const std::string& unit) = 0;
  virtual Status DisableUnitFile(const std::string& unit) = 0;

  // Returns when the command has sent READY=1; an error when it ends before, or the start limit passes.
  virtual Status StartTransient(const TransientUnit& unit) = 0;
  // To the unit's main process alone; a unit that no longer exists is not an error.
  enum class Signal { kHangUp, kKill };
  virtual Status SignalMainProcess(const std::string& unit, Signal signal) = 0;
  // Sends READY=1 for this process, the main process of a unit.
  virtual Status NotifyReady() = 0;
  // Whether the machine is being shut down or rebooted.
  virtual Result<bool> IsShuttingDown() = 0;
};

}  // namespace dockerext
