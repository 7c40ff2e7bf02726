// SPDX-License-Identifier: MIT
// Implements Services with sd-bus (org.freedesktop.systemd1(5)). Connects at its first use, so that verbs
// that do not need systemd work without it.
#pragma once

#include "handler/adapters/systemd/connection.hpp"
#include "handler/ports/services.hpp"

namespace dockerext {

class SystemdServices : public Services {
 public:
  explicit SystemdServices(Clock& clock, Connection::Connect connect = ConnectToSystemd)
      : clock_(clock), connection_(clock, std::move(connect)) {}

  Result<UnitFacts> Describe(const std::string& unit) override;
  Result<std::vector<std::string>> Loaded(const std::string& pattern) override;
  Status ReloadDefinitions() override;
  Status Start(const std::string& unit) override;
  Status Stop(const std::string& unit) override;
  Status Restart(const std::string& unit) override;
  Status ResetFailed(const std::string& unit) override;
  Status EnableUnitFile(const std::string& unit) override;
  Status DisableUnitFile(const std::string& unit) override;
  Status StartTransient(const TransientUnit& unit) override;
  Status SignalMainProcess(const std::string& unit, Signal signal) override;
  Status NotifyReady() override;
  Result<bool> IsShuttingDown() override;

 private:
  Status AddProperties(const std::string& path, const char* interface, UnitFacts& facts);
  Status AwaitReady(const TransientUnit& unit);

  Clock& clock_;
  Connection connection_;
};

}  // namespace dockerext
