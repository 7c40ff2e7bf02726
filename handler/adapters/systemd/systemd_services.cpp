// SPDX-License-Identifier: MIT
#include "handler/adapters/systemd/systemd_services.hpp"

#include <signal.h>
#include <systemd/sd-daemon.h>

#include "handler/adapters/systemd/bus_call.hpp"
#include "handler/adapters/systemd/job.hpp"
#include "handler/adapters/systemd/transient_unit.hpp"
#include "handler/adapters/systemd/unit_properties.hpp"

namespace dockerext {
namespace {

// A reload reads every unit file of the machine.
constexpr std::uint64_t kCallLimit = 90'000'000;  // microseconds

// A unit that is not loaded needs no action.
Status IgnoreNotFound(Result<MessagePtr> reply) {
  if (reply.ok() || reply.error().code == Code::kNotFound) return {};
  return std::move(reply).error();
}

Result<std::string> ReadPath(sd_bus_message* reply) {
  const char* path = nullptr;
  const int result = sd_bus_message_read(reply, "o", &path);
  if (result < 0) return BusError("reading systemd's reply", result);
  return std::string(path);
}

Status AddProperties(sd_bus* bus, const std::string& path, const char* interface, UnitFacts& facts) {
  const BusMethod get_all{path.c_str(), "org.freedesktop.DBus.Properties", "GetAll"};
  TRY_LET(const MessagePtr properties, CallBus(bus, get_all, "s", interface));
  return ReadProperties(properties.get(), facts);
}

// systemd's private socket, which systemctl uses as root too: it does not need a running dbus-daemon.
BusPtr OpenPrivate() {
  sd_bus* bus = nullptr;
  if (sd_bus_new(&bus) < 0) return nullptr;
  BusPtr owned(bus);
  const bool started =
      sd_bus_set_address(bus, "unix:path=/run/systemd/private") >= 0 && sd_bus_start(bus) >= 0;
  return started ? std::move(owned) : nullptr;
}

int OpenSystem(BusPtr& bus) {
  sd_bus* opened = nullptr;
  const int result = sd_bus_open_system(&opened);
  bus.reset(opened);
  return result;
}

}  // namespace

Result<sd_bus*> SystemdServices::Bus() {
  if (bus_) return bus_.get();
  bus_ = OpenPrivate();
  const int result = bus_ ? 0 : OpenSystem(bus_);
  if (result < 0) {
    return Error{Code::kMissingDependency, std::string("cannot reach systemd over the system bus (") +
                                               std::strerror(-result) +
                                               "); check that the dbus package is installed"};
  }
  sd_bus_set_method_call_timeout(bus_.get(), kCallLimit);
  return bus_.get();
}

Result<UnitFacts> SystemdServices::Describe(const std::string& unit) {
  TRY_LET(sd_bus* const bus, Bus());
  TRY_LET(const MessagePtr loaded, CallBus(bus, ManagerMethod("LoadUnit"), "s", unit.c_str()));
  TRY_LET(const std::string path, ReadPath(loaded.get()));
  UnitFacts facts;
  TRY(AddProperties(bus, path, "org.freedesktop.systemd1.Unit", facts));
  // No property of the Socket interface is needed.
  if (unit.ends_with(".service")) TRY(AddProperties(bus, path, "org.freedesktop.systemd1.Service", facts));
  return facts;
}

Result<std::vector<std::string>> SystemdServices::Loaded(const std::string& pattern) {
  TRY_LET(sd_bus* const bus, Bus());
  TRY_LET(const MessagePtr reply,
          CallBus(bus, ManagerMethod("ListUnitsByPatterns"), "asas", 0, 1, pattern.c_str()));
  int result = sd_bus_message_enter_container(reply.get(), 'a', "(ssssssouso)");
  std::vector<std::string> names;
  while (result >= 0 && (result = sd_bus_message_enter_container(reply.get(), 'r', "ssssssouso")) > 0) {
    const char* name = nullptr;
    result = sd_bus_message_read(reply.get(), "s", &name);
    if (result >= 0) names.emplace_back(name);
    if (result >= 0) result = sd_bus_message_skip(reply.get(), "sssssouso");
    if (result >= 0) result = sd_bus_message_exit_container(reply.get());
  }
  if (result < 0) return BusError("reading systemd's list of units", result);
  return names;
}

Status SystemdServices::ReloadDefinitions() {
  TRY_LET(sd_bus* const bus, Bus());
  TRY(CallBus(bus, ManagerMethod("Reload"), ""));
  return {};
}

Status SystemdServices::RunJob(const char* method, const std::string& unit,
                               std::chrono::milliseconds budget) {
  TRY_LET(sd_bus* const bus, Bus());
  TRY_LET(JobWatch watch, JobWatch::Begin(bus));
  TRY_LET(const MessagePtr reply, CallBus(bus, ManagerMethod(method), "ss", unit.c_str(), "replace"));
  TRY_LET(const std::string job, ReadPath(reply.get()));
  return watch.Await(job, std::string(method) + " of " + unit, budget);
}

Status SystemdServices::Start(const std::string& unit, std::chrono::milliseconds budget) {
  return RunJob("StartUnit", unit, budget);
}

Status SystemdServices::Stop(const std::string& unit, std::chrono::milliseconds budget) {
  Status stopped = RunJob("StopUnit", unit, budget);
  return !stopped.ok() && stopped.error().code == Code::kNotFound ? Status() : stopped;
}

Status SystemdServices::Restart(const std::string& unit, std::chrono::milliseconds budget) {
  return RunJob("RestartUnit", unit, budget);
}

Status SystemdServices::ResetFailed(const std::string& unit) {
  TRY_LET(sd_bus* const bus, Bus());
  return IgnoreNotFound(CallBus(bus, ManagerMethod("ResetFailedUnit"), "s", unit.c_str()));
}

Status SystemdServices::EnableUnitFile(const std::string& unit) {
  TRY_LET(sd_bus* const bus, Bus());
  TRY(CallBus(bus, ManagerMethod("EnableUnitFiles"), "asbb", 1, unit.c_str(), 0, 0));
  return ReloadDefinitions();
}

Status SystemdServices::DisableUnitFile(const std::string& unit) {
  TRY_LET(sd_bus* const bus, Bus());
  TRY(CallBus(bus, ManagerMethod("DisableUnitFiles"), "asb", 1, unit.c_str(), 0));
  return ReloadDefinitions();
}

Status SystemdServices::StartTransient(const TransientUnit& unit) {
  TRY_LET(sd_bus* const bus, Bus());
  TRY_LET(JobWatch watch, JobWatch::Begin(bus));
  TRY_LET(const MessagePtr call, TransientUnitCall(bus, unit));
  sd_bus_error error = SD_BUS_ERROR_NULL;
  sd_bus_message* answer = nullptr;
  const int result = sd_bus_call(bus, call.get(), 0, &error, &answer);
  const MessagePtr reply(answer);
  if (result < 0) {
    Error failure = CallError("starting " + unit.name, error, result);
    sd_bus_error_free(&error);
    return failure;
  }
  TRY_LET(const std::string job, ReadPath(reply.get()));
  return watch.Await(job, "starting " + unit.name, unit.start_limit + std::chrono::seconds(5));
}

Status SystemdServices::SignalMainProcess(const std::string& unit, Signal signal) {
  TRY_LET(sd_bus* const bus, Bus());
  const int number = signal == Signal::kKill ? SIGKILL : SIGHUP;
  return IgnoreNotFound(CallBus(bus, ManagerMethod("KillUnit"), "ssi", unit.c_str(), "main", number));
}

Status SystemdServices::NotifyReady() {
  const int result = sd_notify(0, "READY=1");
  if (result > 0) return {};
  return Error{Code::kInternal, result == 0
                                    ? std::string("systemd does not wait for this process to be ready")
                                    : std::string("notifying systemd: ") + std::strerror(-result)};
}

}  // namespace dockerext
