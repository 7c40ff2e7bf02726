// SPDX-License-Identifier: MIT
// Implements Services with sd-bus (org.freedesktop.systemd1(5)). Connects at its first use, so that verbs
// that do not need systemd work without it.
#pragma once

#include <systemd/sd-bus.h>

#include "handler/base/handle.hpp"
#include "handler/ports/services.hpp"

namespace dockerext {

using BusPtr = Handle<sd_bus, sd_bus_flush_close_unref>;

class SystemdServices : public Services {
 public:
  // Without a bus: connects to systemd's private socket, or else to the system bus.
  explicit SystemdServices(BusPtr bus = nullptr) : bus_(std::move(bus)) {}

  Result<UnitFacts> Describe(const std::string& unit) override;
  Result<std::vector<std::string>> Loaded(const std::string& pattern) override;
  Status ReloadDefinitions() override;
  Status Start(const std::string& unit, std::chrono::milliseconds budget) override;
  Status Stop(const std::string& unit, std::chrono::milliseconds budget) override;
  Status Restart(const std::string& unit, std::chrono::milliseconds budget) override;
  Status ResetFailed(const std::string& unit) override;
  Status EnableUnitFile(const std::string& unit) override;
  Status DisableUnitFile(const std::string& unit) override;
  Status StartTransient(const TransientUnit& unit) override;
  Status SignalMainProcess(const std::string& unit, Signal signal) override;
  Status NotifyReady() override;

 private:
  Result<sd_bus*> Bus();
  Status RunJob(const char* method, const std::string& unit, std::chrono::milliseconds budget);

  BusPtr bus_;
};

}  // namespace dockerext
