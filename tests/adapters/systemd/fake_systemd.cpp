// SPDX-License-Identifier: MIT
#include "tests/adapters/systemd/fake_systemd.hpp"

#include <sys/socket.h>

#include <array>

#include "handler/base/handle.hpp"

namespace dockerext {
namespace {

constexpr const char* kPath = "/org/freedesktop/systemd1";
constexpr const char* kUnitPath = "/org/freedesktop/systemd1/unit/docker_2eservice";
constexpr const char* kSocketPath = "/org/freedesktop/systemd1/unit/docker_2esocket";
constexpr const char* kManager = "org.freedesktop.systemd1.Manager";
constexpr const char* kJob = "/org/freedesktop/systemd1/job/42";

FakeSystemd& Self(void* data) { return *static_cast<FakeSystemd*>(data); }

// Reads up to `count` leading strings of a call.
std::string Strings(sd_bus_message* message, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const char* argument = nullptr;
    if (sd_bus_message_read(message, "s", &argument) > 0) text += std::string(" ") + argument;
  }
  return text;
}

int OnLoad(sd_bus_message* message, void* data, sd_bus_error* /*error*/) {
  const std::string call = "LoadUnit" + Strings(message, 1);
  Self(data).Record(call);
  return sd_bus_reply_method_return(message, "o", call.ends_with(".socket") ? kSocketPath : kUnitPath);
}

int OnPlain(sd_bus_message* message, void* data, sd_bus_error* error) {
  const std::string member = sd_bus_message_get_member(message);
  const bool names_unit = member == "ResetFailedUnit" || member == "KillUnit";
  std::string call = member + Strings(message, names_unit ? 1 : 0);
  if (member == "KillUnit") {
    std::int32_t signal = 0;
    call += Strings(message, 1);
    sd_bus_message_read(message, "i", &signal);
    call += " " + std::to_string(signal);
  }
  Self(data).Record(call);
  if (names_unit && !Self(data).units_exist) {
    return sd_bus_error_set(error, "org.freedesktop.systemd1.NoSuchUnit", "Unit not loaded.");
  }
  return sd_bus_reply_method_return(message, "");
}

int OnJob(sd_bus_message* message, void* data, sd_bus_error* error) {
  FakeSystemd& self = Self(data);
  const std::string member = sd_bus_message_get_member(message);
  self.Record(member + Strings(message, 2));
  if (!self.units_exist) {
    return sd_bus_error_set(error, "org.freedesktop.systemd1.NoSuchUnit", "Unit docker.service not loaded.");
  }
  return sd_bus_reply_method_return(message, "o", kJob);
}

// Formats one (sv) property of StartTransientUnit as text.
std::string Property(sd_bus_message* message) {
  const char* name = nullptr;
  const char* contents = nullptr;
  char type = 0;
  sd_bus_message_read(message, "s", &name);
  sd_bus_message_peek_type(message, &type, &contents);
  std::string text = std::string(" ") + name + "=";
  sd_bus_message_enter_container(message, 'v', contents);
  const std::string kind = contents;
  if (kind == "s") {
    const char* value = nullptr;
    sd_bus_message_read(message, "s", &value);
    text += value;
  } else if (kind == "t") {
    std::uint64_t value = 0;
    sd_bus_message_read(message, "t", &value);
    text += std::to_string(value);
  } else {
    sd_bus_message_enter_container(message, 'a', "(sasb)");
    while (sd_bus_message_enter_container(message, 'r', "sasb") > 0) {
      const char* argument = nullptr;
      int ignored = 0;
      sd_bus_message_skip(message, "s");
      sd_bus_message_enter_container(message, 'a', "s");
      while (sd_bus_message_read(message, "s", &argument) > 0) text += std::string("[") + argument + "]";
      sd_bus_message_exit_container(message);
      sd_bus_message_read(message, "b", &ignored);
      text += ignored != 0 ? "?" : "";
      sd_bus_message_exit_container(message);
    }
    sd_bus_message_exit_container(message);
  }
  sd_bus_message_exit_container(message);
  return text;
}

int OnTransient(sd_bus_message* message, void* data, sd_bus_error* error) {
  FakeSystemd& self = Self(data);
  std::string call = "StartTransientUnit" + Strings(message, 2);
  sd_bus_message_enter_container(message, 'a', "(sv)");
  while (sd_bus_message_enter_container(message, 'r', "sv") > 0) {
    call += Property(message);
    sd_bus_message_exit_container(message);
  }
  self.Record(call);
  if (self.transient_exists.exchange(true)) {
    return sd_bus_error_set(error, "org.freedesktop.systemd1.UnitExists",
                            "Unit x.service was already loaded.");
  }
  return sd_bus_reply_method_return(message, "o", kJob);
}

int OnUnitFiles(sd_bus_message* message, void* data, sd_bus_error* /*error*/) {
  const std::string member = sd_bus_message_get_member(message);
  sd_bus_message_enter_container(message, 'a', "s");
  Self(data).Record(member + Strings(message, 1));
  return member == "EnableUnitFiles" ? sd_bus_reply_method_return(message, "ba(sss)", 1, 0)
                                     : sd_bus_reply_method_return(message, "a(sss)", 0);
}

int OnList(sd_bus_message* message, void* data, sd_bus_error* /*error*/) {
  sd_bus_message_skip(message, "as");
  sd_bus_message_enter_container(message, 'a', "s");
  Self(data).Record("ListUnitsByPatterns" + Strings(message, 1));
  return sd_bus_reply_method_return(message, "a(ssssssouso)", 2, "a.service", "d", "loaded", "active",
                                    "running", "", kUnitPath, 0U, "", "/", "b.service", "d", "loaded",
                                    "active", "running", "", kUnitPath, 0U, "", "/");
}

int GetText(sd_bus*, const char*, const char*, const char* property, sd_bus_message* reply, void* data,
            sd_bus_error*) {
  const std::string name = property;
  if (name == "ActiveState") return sd_bus_message_append(reply, "s", Self(data).NextState().active.c_str());
  const char* value = name == "LoadState"       ? "loaded"
                      : name == "SubState"      ? "running"
                      : name == "UnitFileState" ? "enabled"
                      : name == "FragmentPath"  ? "/lib/systemd/system/docker.service"
                      : name == "Result"        ? "success"
                      : name == "SystemState"   ? Self(data).system_state.load()
                                                : "something else";
  return sd_bus_message_append(reply, "s", value);
}

int GetInvocation(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*,
                  sd_bus_error*) {
  const std::array<unsigned char, 16> id = {0xAB, 1};
  return sd_bus_message_append_array(reply, 'y', id.data(), id.size());
}

int GetNames(sd_bus*, const char*, const char*, const char* property, sd_bus_message* reply, void*,
             sd_bus_error*) {
  const std::string name = property;
  if (name == "DropInPaths") return sd_bus_message_append(reply, "as", 2, "/etc/a.conf", "/etc/b.conf");
  if (name == "TriggeredBy") return sd_bus_message_append(reply, "as", 1, "docker.socket");
  if (name == "RequiredBy") return sd_bus_message_append(reply, "as", 2, "web.service", "app.service");
  return sd_bus_message_append(reply, "as", 2, "web.service", "part.service");
}

int GetLoadError(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*,
                 sd_bus_error*) {
  return sd_bus_message_append(reply, "(ss)", "org.freedesktop.systemd1.BadUnitSetting", "Bad setting.");
}

int GetReload(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*, sd_bus_error*) {
  return sd_bus_message_append(reply, "b", 1);
}

int GetStarted(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*, sd_bus_error*) {
  return sd_bus_message_append(reply, "t", std::uint64_t{1'795'551'480'000'250});
}

int GetListen(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*, sd_bus_error*) {
  return sd_bus_message_append(reply, "a(ss)", 3, "Stream", "/run/docker.sock", "Datagram", "/run/other",
                               "Stream", "[::]:2375");
}

int GetJob(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void* data, sd_bus_error*) {
  const bool has_job = Self(data).State().has_job;
  return sd_bus_message_append(reply, "(uo)", has_job ? 42U : 0U, has_job ? kJob : "/");
}

int GetPid(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*, sd_bus_error*) {
  return sd_bus_message_append(reply, "u", 4711U);
}

int GetExecStart(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*,
                 sd_bus_error*) {
  return sd_bus_message_append(reply, "a(sasbttttuii)", 1, "/usr/sbin/dockerd", 5, "/usr/sbin/dockerd", "-H",
                               "fd://", "-H", "fd://", 0, std::uint64_t{0}, std::uint64_t{0},
                               std::uint64_t{0}, std::uint64_t{0}, 0U, 0, 0);
}

const sd_bus_vtable kManagerTable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("LoadUnit", "s", "o", OnLoad, 0),
    SD_BUS_METHOD("Reload", "", "", OnPlain, 0),
    SD_BUS_METHOD("ResetFailedUnit", "s", "", OnPlain, 0),
    SD_BUS_METHOD("KillUnit", "ssi", "", OnPlain, 0),
    SD_BUS_METHOD("StartUnit", "ss", "o", OnJob, 0),
    SD_BUS_METHOD("StopUnit", "ss", "o", OnJob, 0),
    SD_BUS_METHOD("RestartUnit", "ss", "o", OnJob, 0),
    SD_BUS_METHOD("StartTransientUnit", "ssa(sv)a(sa(sv))", "o", OnTransient, 0),
    SD_BUS_METHOD("EnableUnitFiles", "asbb", "ba(sss)", OnUnitFiles, 0),
    SD_BUS_METHOD("DisableUnitFiles", "asb", "a(sss)", OnUnitFiles, 0),
    SD_BUS_METHOD("ListUnitsByPatterns", "asas", "a(ssssssouso)", OnList, 0),
    SD_BUS_PROPERTY("SystemState", "s", GetText, 0, 0),
    SD_BUS_VTABLE_END,
};

const sd_bus_vtable kUnitTable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("Description", "s", GetText, 0, 0),
    SD_BUS_PROPERTY("LoadState", "s", GetText, 0, 0),
    SD_BUS_PROPERTY("ActiveState", "s", GetText, 0, 0),
    SD_BUS_PROPERTY("SubState", "s", GetText, 0, 0),
    SD_BUS_PROPERTY("UnitFileState", "s", GetText, 0, 0),
    SD_BUS_PROPERTY("FragmentPath", "s", GetText, 0, 0),
    SD_BUS_PROPERTY("DropInPaths", "as", GetNames, 0, 0),
    SD_BUS_PROPERTY("TriggeredBy", "as", GetNames, 0, 0),
    SD_BUS_PROPERTY("RequiredBy", "as", GetNames, 0, 0),
    SD_BUS_PROPERTY("ConsistsOf", "as", GetNames, 0, 0),
    SD_BUS_PROPERTY("LoadError", "(ss)", GetLoadError, 0, 0),
    SD_BUS_PROPERTY("NeedDaemonReload", "b", GetReload, 0, 0),
    SD_BUS_PROPERTY("InvocationID", "ay", GetInvocation, 0, 0),
    SD_BUS_PROPERTY("Job", "(uo)", GetJob, 0, 0),
    SD_BUS_VTABLE_END,
};

const sd_bus_vtable kServiceTable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("Type", "s", GetText, 0, 0),
    SD_BUS_PROPERTY("Result", "s", GetText, 0, 0),
    SD_BUS_PROPERTY("MainPID", "u", GetPid, 0, 0),
    SD_BUS_PROPERTY("ExecMainPID", "u", GetPid, 0, 0),
    SD_BUS_PROPERTY("ExecMainStartTimestamp", "t", GetStarted, 0, 0),
    SD_BUS_PROPERTY("ExecStart", "a(sasbttttuii)", GetExecStart, 0, 0),
    SD_BUS_VTABLE_END,
};

const sd_bus_vtable kSocketTable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("Listen", "a(ss)", GetListen, 0, 0),
    SD_BUS_VTABLE_END,
};

// Sees each call before the tables do, and also sd-bus's own signal of a broken connection.
int OnCall(sd_bus_message* message, void* data, sd_bus_error* /*error*/) {
  FakeSystemd& self = Self(data);
  if (sd_bus_message_is_method_call(message, nullptr, nullptr) <= 0) return 0;
  if (self.answers_before_trouble-- > 0) return 0;
  if (self.lost_answers > 0) {
    --self.lost_answers;
    shutdown(sd_bus_get_fd(sd_bus_message_get_bus(message)), SHUT_RDWR);
    return 0;
  }
  const char* const name = self.answered_error.exchange(nullptr);
  return name == nullptr ? 0 : sd_bus_reply_method_errorf(message, name, "%s", "No systemd now.");
}

}  // namespace

FakeSystemd::~FakeSystemd() { Disconnect(); }

Result<BusPtr> FakeSystemd::Connect() {
  if (refusals > 0) {
    --refusals;
    return Error{Code::kBusy, "connection refused"};
  }
  Disconnect();
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return Error{Code::kInternal, "no socket pair"};
  }
  thread_ = std::jthread([this, fd = ends[1]](const std::stop_token& stop) { Serve(fd, stop); });
  sd_bus* client = nullptr;
  sd_bus_new(&client);
  sd_bus_set_fd(client, ends[0], ends[0]);
  sd_bus_start(client);
  return BusPtr(client);
}

void FakeSystemd::Disconnect() { thread_ = std::jthread(); }

std::vector<std::string> FakeSystemd::Calls() {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void FakeSystemd::Record(std::string call) {
  const std::lock_guard lock(mutex_);
  calls_.push_back(std::move(call));
}

void FakeSystemd::Expect(std::vector<UnitState> states) {
  const std::lock_guard lock(mutex_);
  states_.assign(states.begin(), states.end());
}

FakeSystemd::UnitState FakeSystemd::NextState() {
  const std::lock_guard lock(mutex_);
  state_ = states_.front();
  if (states_.size() > 1) states_.pop_front();
  return state_;
}

FakeSystemd::UnitState FakeSystemd::State() {
  const std::lock_guard lock(mutex_);
  return state_;
}

void FakeSystemd::Serve(int fd, const std::stop_token& stop) {
  sd_bus* made = nullptr;
  sd_bus_new(&made);
  const BusPtr bus(made);
  sd_bus_set_fd(made, fd, fd);
  sd_id128_t id{};
  id.bytes[0] = 1;
  sd_bus_set_server(made, 1, id);
  sd_bus_set_anonymous(made, 1);
  sd_bus_start(made);
  sd_bus_add_filter(made, nullptr, OnCall, this);
  sd_bus_add_object_vtable(made, nullptr, kPath, kManager, kManagerTable, this);
  sd_bus_add_object_vtable(made, nullptr, kUnitPath, "org.freedesktop.systemd1.Unit", kUnitTable, this);
  sd_bus_add_object_vtable(made, nullptr, kSocketPath, "org.freedesktop.systemd1.Unit", kUnitTable, this);
  sd_bus_add_object_vtable(made, nullptr, kUnitPath, "org.freedesktop.systemd1.Service", kServiceTable, this);
  sd_bus_add_object_vtable(made, nullptr, kSocketPath, "org.freedesktop.systemd1.Socket", kSocketTable, this);
  while (!stop.stop_requested()) {
    const int processed = sd_bus_process(made, nullptr);
    if (processed < 0) return;
    if (processed == 0) sd_bus_wait(made, 20'000);
  }
}

}  // namespace dockerext
