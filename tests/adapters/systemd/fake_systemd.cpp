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

int OnSubscribe(sd_bus_message* message, void* data, sd_bus_error* error) {
  FakeSystemd& self = Self(data);
  self.Record("Subscribe");
  if (self.subscribed.exchange(true)) {
    return sd_bus_error_set(error, "org.freedesktop.systemd1.AlreadySubscribed",
                            "Client is already subscribed.");
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
  // Sends the signal first: a job can end before the client reads the reply that names it.
  if (self.jobs_finish) {
    sd_bus_emit_signal(sd_bus_message_get_bus(message), kPath, kManager, "JobRemoved", "uoss", 42U, kJob,
                       "docker.service", self.job_result.load());
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

int OnTransient(sd_bus_message* message, void* data, sd_bus_error* /*error*/) {
  FakeSystemd& self = Self(data);
  std::string call = "StartTransientUnit" + Strings(message, 2);
  sd_bus_message_enter_container(message, 'a', "(sv)");
  while (sd_bus_message_enter_container(message, 'r', "sv") > 0) {
    call += Property(message);
    sd_bus_message_exit_container(message);
  }
  self.Record(call);
  if (self.jobs_finish) {
    sd_bus_emit_signal(sd_bus_message_get_bus(message), kPath, kManager, "JobRemoved", "uoss", 42U, kJob,
                       "x.service", self.job_result.load());
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

int GetText(sd_bus*, const char*, const char*, const char* property, sd_bus_message* reply, void*,
            sd_bus_error*) {
  const std::string name = property;
  const char* value = name == "LoadState"       ? "loaded"
                      : name == "ActiveState"   ? "active"
                      : name == "SubState"      ? "running"
                      : name == "UnitFileState" ? "enabled"
                      : name == "FragmentPath"  ? "/lib/systemd/system/docker.service"
                      : name == "Result"        ? "success"
                                                : "something else";
  return sd_bus_message_append(reply, "s", value);
}

int GetInvocation(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*,
                  sd_bus_error*) {
  const std::array<unsigned char, 16> id = {0xAB, 1};
  return sd_bus_message_append_array(reply, 'y', id.data(), id.size());
}

int GetDropIns(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*, sd_bus_error*) {
  return sd_bus_message_append(reply, "as", 2, "/etc/a.conf", "/etc/b.conf");
}

int GetJob(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*, sd_bus_error*) {
  return sd_bus_message_append(reply, "(uo)", 42U, kJob);
}

int GetPid(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*, sd_bus_error*) {
  return sd_bus_message_append(reply, "u", 4711U);
}

int GetExecStart(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*,
                 sd_bus_error*) {
  return sd_bus_message_append(reply, "a(sasbttttuii)", 1, "/usr/sbin/dockerd", 3, "/usr/sbin/dockerd", "-H",
                               "fd://", 0, std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{0},
                               std::uint64_t{0}, 0U, 0, 0);
}

const sd_bus_vtable kManagerTable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("LoadUnit", "s", "o", OnLoad, 0),
    SD_BUS_METHOD("Subscribe", "", "", OnSubscribe, 0),
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
    SD_BUS_SIGNAL("JobRemoved", "uoss", 0),
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
    SD_BUS_PROPERTY("DropInPaths", "as", GetDropIns, 0, 0),
    SD_BUS_PROPERTY("InvocationID", "ay", GetInvocation, 0, 0),
    SD_BUS_PROPERTY("Job", "(uo)", GetJob, 0, 0),
    SD_BUS_VTABLE_END,
};

const sd_bus_vtable kServiceTable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("Type", "s", GetText, 0, 0),
    SD_BUS_PROPERTY("Result", "s", GetText, 0, 0),
    SD_BUS_PROPERTY("MainPID", "u", GetPid, 0, 0),
    SD_BUS_PROPERTY("ExecStart", "a(sasbttttuii)", GetExecStart, 0, 0),
    SD_BUS_VTABLE_END,
};

}  // namespace

FakeSystemd::FakeSystemd() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
  thread_ = std::thread([this, fd = ends[1]] { Serve(fd); });
  sd_bus* client = nullptr;
  sd_bus_new(&client);
  client_.reset(client);
  sd_bus_set_fd(client, ends[0], ends[0]);
  sd_bus_start(client);
}

FakeSystemd::~FakeSystemd() {
  stop_ = true;
  client_ = nullptr;
  if (thread_.joinable()) thread_.join();
}

std::vector<std::string> FakeSystemd::Calls() {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void FakeSystemd::Record(std::string call) {
  const std::lock_guard lock(mutex_);
  calls_.push_back(std::move(call));
}

void FakeSystemd::Serve(int fd) {
  sd_bus* made = nullptr;
  sd_bus_new(&made);
  const BusPtr bus(made);
  sd_bus_set_fd(made, fd, fd);
  sd_id128_t id{};
  id.bytes[0] = 1;
  sd_bus_set_server(made, 1, id);
  sd_bus_set_anonymous(made, 1);
  sd_bus_start(made);
  sd_bus_add_object_vtable(made, nullptr, kPath, kManager, kManagerTable, this);
  sd_bus_add_object_vtable(made, nullptr, kUnitPath, "org.freedesktop.systemd1.Unit", kUnitTable, this);
  sd_bus_add_object_vtable(made, nullptr, kSocketPath, "org.freedesktop.systemd1.Unit", kUnitTable, this);
  sd_bus_add_object_vtable(made, nullptr, kUnitPath, "org.freedesktop.systemd1.Service", kServiceTable, this);
  while (!stop_) {
    const int processed = sd_bus_process(made, nullptr);
    if (processed < 0) return;
    if (processed == 0) sd_bus_wait(made, 20'000);
  }
}

}  // namespace dockerext
