// SPDX-License-Identifier: MIT
// What a supervisor boots: one kind of guest. The supervisor decides when, and owns the processes: all that a
// machine starts is in the guest's cgroups or is killed with the supervisor.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>

#include "handler/base/result.hpp"
#include "tests/e2e/guest/registry.hpp"

namespace dockerext::guest {

class Machine {
 public:
  Machine() = default;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  virtual ~Machine() = default;

  // Once, in the private mounts of the supervisor: disk, network, and the socket of its notifications.
  virtual Status SetUp(const Entry& entry) = 0;

  // One boot. The process ends with the calling one.
  virtual Result<pid_t> Start(const Entry& entry) = 0;
  virtual std::chrono::seconds BootBudget() const = 0;

  // Readable: ReadNotification says whether the guest has become ready.
  virtual int notifications() const = 0;
  virtual Result<bool> ReadNotification(const Entry& entry) = 0;

  // Of a guest that is ready: the process that other programs enter the guest by.
  virtual Result<ProcessId> Leader(const Entry& entry) const = 0;

  // Begins an orderly end, at which the process exits.
  virtual Status ShutDown(const Entry& entry) = 0;
  virtual void CutPower(const UniqueFd& process) = 0;

  // Whether the process ended because the guest reboots on its own.
  virtual bool IsReboot(int exit_status) const = 0;

  // Writes a running guest's state into a folder, and stops it. Only a VM has one.
  virtual Status Save(const Entry& entry, const std::string& folder) = 0;

  virtual void TearDown(const Entry& entry) = 0;
};

std::unique_ptr<Machine> MakeMachine(const Entry& entry);

}  // namespace dockerext::guest
