// SPDX-License-Identifier: MIT
#include "handler/adapters/systemd/systemd_services.hpp"

#include <signal.h>
#include <systemd/sd-daemon.h>

#include <algorithm>

#include "handler/adapters/systemd/transient_unit.hpp"
#include "handler/adapters/systemd/unit_properties.hpp"

namespace dockerext {
namespace {

constexpr const char* kProperties = "org.freedesktop.DBus.Properties";

Status WithoutReply(const Result<MessagePtr>& reply) { return reply.ok() ? Status() : Status(reply.error()); }

// A unit that is not loaded needs no action.
Status IgnoreNotFound(const Result<MessagePtr>& reply) {
  const bool not_found = !reply.ok() && reply.error().code == Code::kNotFound;
  return not_found ? Status() : WithoutReply(reply);
}

}  // namespace

Status SystemdServices::AddProperties(const std::string& path, const char* interface, UnitFacts& facts) {
  TRY_LET(const MessagePtr properties,
          connection_.Call({path.c_str(), kProperties, "GetAll"}, "s", interface));
  return ReadProperties(properties.get(), facts);
}

Result<UnitFacts> SystemdServices::Describe(const std::string& unit) {
  TRY_LET(const MessagePtr loaded, connection_.Call(ManagerMethod("LoadUnit"), "s", unit.c_str()));
  const char* object = nullptr;
  const int result = sd_bus_message_read(loaded.get(), "o", &object);
  if (result < 0) return BusError("reading systemd's reply", result);
  UnitFacts facts;
  TRY(AddProperties(object, "org.freedesktop.systemd1.Unit", facts));
  if (unit.ends_with(".service")) TRY(AddProperties(object, "org.freedesktop.systemd1.Service", facts));
  if (unit.ends_with(".socket")) TRY(AddProperties(object, "org.freedesktop.systemd1.Socket", facts));
  return facts;
}

Result<std::vector<std::string>> SystemdServices::Loaded(const std::string& pattern) {
  TRY_LET(const MessagePtr reply,
          connection_.Call(ManagerMethod("ListUnitsByPatterns"), "asas", 0, 1, pattern.c_str()));
  std::vector<std::string> names;
  const int result = ReadArray(reply.get(), 'r', "ssssssouso", [&] {
    const char* name = nullptr;
    const int read = sd_bus_message_read(reply.get(), "s", &name);
    if (read > 0) names.emplace_back(name);
    return read < 0 ? read : sd_bus_message_skip(reply.get(), "sssssouso");
  });
  if (result < 0) return BusError("reading systemd's list of units", result);
  return names;
}

Status SystemdServices::ReloadDefinitions() {
  return WithoutReply(connection_.Call(ManagerMethod("Reload"), ""));
}

// Jobs survive a re-execution of PID 1, and a second job merges into the first: a call may be repeated.
Status SystemdServices::Start(const std::string& unit) {
  return WithoutReply(connection_.Call(ManagerMethod("StartUnit"), "ss", unit.c_str(), "replace"));
}

Status SystemdServices::Stop(const std::string& unit) {
  return IgnoreNotFound(connection_.Call(ManagerMethod("StopUnit"), "ss", unit.c_str(), "replace"));
}

Status SystemdServices::Restart(const std::string& unit) {
  return WithoutReply(connection_.Call(ManagerMethod("RestartUnit"), "ss", unit.c_str(), "replace"));
}

Status SystemdServices::ResetFailed(const std::string& unit) {
  return IgnoreNotFound(connection_.Call(ManagerMethod("ResetFailedUnit"), "s", unit.c_str()));
}

Status SystemdServices::EnableUnitFile(const std::string& unit) {
  TRY(connection_.Call(ManagerMethod("EnableUnitFiles"), "asbb", 1, unit.c_str(), 0, 0));
  return ReloadDefinitions();
}

Status SystemdServices::DisableUnitFile(const std::string& unit) {
  TRY(connection_.Call(ManagerMethod("DisableUnitFiles"), "asb", 1, unit.c_str(), 0));
  return ReloadDefinitions();
}

Status SystemdServices::StartTransient(const TransientUnit& unit) {
  bool is_repeated = false;
  TRY(connection_.Repeat([&](sd_bus* bus) -> Result<MessagePtr> {
    TRY_LET(const MessagePtr call, TransientUnitCall(bus, unit));
    // Only the answer to the first call was lost when the unit exists already.
    return SendCall(bus, call.get(),
                    std::exchange(is_repeated, true) ? "org.freedesktop.systemd1.UnitExists" : nullptr);
  }));
  return AwaitReady(unit).Context("starting " + unit.name);
}

// A unit that has sent READY and ended before it is looked at cannot be told from one that failed, because it
// is unloaded: its caller looks at what the unit recorded.
Status SystemdServices::AwaitReady(const TransientUnit& unit) {
  constexpr std::chrono::milliseconds kFirstPause{20};
  constexpr std::chrono::milliseconds kLongestPause{200};
  const auto limit = unit.start_limit + std::chrono::seconds(5);
  const auto deadline = clock_.SteadyNow() + limit;
  for (auto pause = kFirstPause; clock_.SteadyNow() < deadline;
       pause = std::min(pause + kFirstPause, kLongestPause)) {
    TRY_LET(const UnitFacts facts, Describe(unit.name));
    if (facts.active_state == "active") return {};
    if (facts.active_state != "activating" && !facts.has_job) {
      return MakeError<errors::kWorkerNotReady>(unit.name, "ended before it was ready");
    }
    clock_.SleepFor(pause);
  }
  return MakeError<errors::kWorkerNotReady>(unit.name,
                                            "was not ready within " + std::to_string(limit.count()) + " s")
      .As(Code::kTimeout);
}

Status SystemdServices::SignalMainProcess(const std::string& unit, Signal signal) {
  const int number = signal == Signal::kKill ? SIGKILL : SIGHUP;
  return IgnoreNotFound(connection_.Call(ManagerMethod("KillUnit"), "ssi", unit.c_str(), "main", number));
}

Status SystemdServices::NotifyReady() {
  const int result = sd_notify(0, "READY=1");
  if (result > 0) return {};
  if (result < 0) return BusError("notifying systemd", result);
  return MakeError<errors::kSystemdRefused>("notifying systemd", "it does not wait for this process");
}

Result<bool> SystemdServices::IsShuttingDown() {
  const auto [path, interface, member] = ManagerMethod("SystemState");
  TRY_LET(const MessagePtr reply, connection_.Call({path, kProperties, "Get"}, "ss", interface, member));
  const char* state = nullptr;
  const int result = sd_bus_message_read(reply.get(), "v", "s", &state);
  if (result < 0) return BusError("reading the state of systemd", result);
  return std::string_view(state) == "stopping";
}

}  // namespace dockerext
