// SPDX-License-Identifier: MIT
#include "handler/adapters/systemd/unit_properties.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

using Reader = int (*)(sd_bus_message*, UnitFacts&);

template <std::string UnitFacts::*Member>
int ReadString(sd_bus_message* message, UnitFacts& facts) {
  const char* text = nullptr;
  const int result = sd_bus_message_read(message, "v", "s", &text);
  if (result > 0) facts.*Member = text;
  return result;
}

template <std::uint32_t UnitFacts::*Member>
int ReadPid(sd_bus_message* message, UnitFacts& facts) {
  return sd_bus_message_read(message, "v", "u", &(facts.*Member));
}

// (ss): the error's name and its message, which also has the text that caused it.
int ReadLoadError(sd_bus_message* message, UnitFacts& facts) {
  const char* name = nullptr;
  const char* text = nullptr;
  const int result = sd_bus_message_read(message, "v", "(ss)", &name, &text);
  if (result > 0) facts.load_error = text;
  return result;
}

int ReadNeedsReload(sd_bus_message* message, UnitFacts& facts) {
  int needed = 0;
  const int result = sd_bus_message_read(message, "v", "b", &needed);
  facts.needs_reload = needed != 0;
  return result;
}

int ReadStarted(sd_bus_message* message, UnitFacts& facts) {
  std::uint64_t microseconds = 0;
  const int result = sd_bus_message_read(message, "v", "t", &microseconds);
  facts.started = std::chrono::system_clock::time_point(std::chrono::microseconds(microseconds));
  return result;
}

// (uo): the job's id (0 without a job) and its path.
int ReadJob(sd_bus_message* message, UnitFacts& facts) {
  std::uint32_t number = 0;
  const char* path = nullptr;
  const int result = sd_bus_message_read(message, "v", "(uo)", &number, &path);
  facts.has_job = number != 0;
  return result;
}

int ReadInvocationId(sd_bus_message* message, UnitFacts& facts) {
  return ReadInside(message, 'v', "ay", [&] {
    const void* bytes = nullptr;
    std::size_t size = 0;
    const int result = sd_bus_message_read_array(message, 'y', &bytes, &size);
    if (result >= 0) facts.invocation_id = HexEncode({static_cast<const char*>(bytes), size});
    return result;
  });
}

int AppendStrings(sd_bus_message* message, std::vector<std::string>& strings) {
  return ReadInside(message, 'a', "s", [&] {
    int result = 0;
    const char* text = nullptr;
    while ((result = sd_bus_message_read(message, "s", &text)) > 0) strings.emplace_back(text);
    return result;
  });
}

template <std::vector<std::string> UnitFacts::*Member>
int AddStrings(sd_bus_message* message, UnitFacts& facts) {
  return ReadInside(message, 'v', "as", [&] { return AppendStrings(message, facts.*Member); });
}

// a(ss): Stream, Datagram, FIFO, ... and the address.
int ReadListens(sd_bus_message* message, UnitFacts& facts) {
  const auto read_one = [&] {
    const char* kind = nullptr;
    const char* address = nullptr;
    const int result = sd_bus_message_read(message, "ss", &kind, &address);
    if (result > 0 && std::string_view(kind) == "Stream") facts.listens.emplace_back(address);
    return result;
  };
  return ReadInside(message, 'v', "a(ss)", [&] { return ReadArray(message, 'r', "ss", read_one); });
}

// a(sasbttttuii): path, argv, ignore-failure, times, pid, code, status. The last command is kept.
int ReadExecStart(sd_bus_message* message, UnitFacts& facts) {
  const auto read_one = [&] {
    facts.exec_start.clear();
    int result = sd_bus_message_skip(message, "s");
    if (result >= 0) result = AppendStrings(message, facts.exec_start);
    return result < 0 ? result : sd_bus_message_skip(message, "bttttuii");
  };
  return ReadInside(message, 'v', "a(sasbttttuii)",
                    [&] { return ReadArray(message, 'r', "sasbttttuii", read_one); });
}

constexpr auto kReaders = std::to_array<std::pair<std::string_view, Reader>>({
    {"LoadState", ReadString<&UnitFacts::load_state>},
    {"ActiveState", ReadString<&UnitFacts::active_state>},
    {"SubState", ReadString<&UnitFacts::sub_state>},
    {"UnitFileState", ReadString<&UnitFacts::unit_file_state>},
    {"FragmentPath", ReadString<&UnitFacts::fragment_path>},
    {"Result", ReadString<&UnitFacts::result>},
    {"InvocationID", ReadInvocationId},
    {"Job", ReadJob},
    {"LoadError", ReadLoadError},
    {"NeedDaemonReload", ReadNeedsReload},
    {"DropInPaths", AddStrings<&UnitFacts::drop_in_paths>},
    {"TriggeredBy", AddStrings<&UnitFacts::triggered_by>},
    {"RequiredBy", AddStrings<&UnitFacts::dependents>},
    {"BoundBy", AddStrings<&UnitFacts::dependents>},
    {"ConsistsOf", AddStrings<&UnitFacts::dependents>},
    {"Requires", AddStrings<&UnitFacts::requirements>},
    {"BindsTo", AddStrings<&UnitFacts::requirements>},
    {"Requisite", AddStrings<&UnitFacts::requirements>},
    {"ExecStart", ReadExecStart},
    {"MainPID", ReadPid<&UnitFacts::main_pid>},
    {"ExecMainPID", ReadPid<&UnitFacts::last_main_pid>},
    {"ExecMainStartTimestamp", ReadStarted},
    {"Listen", ReadListens},
});

int ReadOne(sd_bus_message* message, UnitFacts& facts) {
  const char* name = nullptr;
  const int result = sd_bus_message_read(message, "s", &name);
  if (result < 0) return result;
  for (const auto& [known, reader] : kReaders) {
    if (known == name) return reader(message, facts);
  }
  return sd_bus_message_skip(message, "v");
}

}  // namespace

Status ReadProperties(sd_bus_message* reply, UnitFacts& facts) {
  const int result = ReadArray(reply, 'e', "sv", [&] { return ReadOne(reply, facts); });
  if (result < 0) return BusError("reading a unit's properties from systemd", result);
  std::sort(facts.dependents.begin(), facts.dependents.end());
  facts.dependents.erase(std::unique(facts.dependents.begin(), facts.dependents.end()),
                         facts.dependents.end());
  return {};
}

}  // namespace dockerext
