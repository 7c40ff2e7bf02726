// SPDX-License-Identifier: MIT
#include "handler/adapters/systemd/unit_properties.hpp"

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

int ReadMainPid(sd_bus_message* message, UnitFacts& facts) {
  return sd_bus_message_read(message, "v", "u", &facts.main_pid);
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
  int result = sd_bus_message_enter_container(message, 'v', "ay");
  if (result < 0) return result;
  const void* bytes = nullptr;
  std::size_t size = 0;
  result = sd_bus_message_read_array(message, 'y', &bytes, &size);
  if (result < 0) return result;
  facts.invocation_id = HexEncode({static_cast<const char*>(bytes), size});
  return sd_bus_message_exit_container(message);
}

int ReadStrings(sd_bus_message* message, std::vector<std::string>& strings) {
  int result = sd_bus_message_enter_container(message, 'a', "s");
  if (result < 0) return result;
  strings.clear();
  const char* text = nullptr;
  while ((result = sd_bus_message_read(message, "s", &text)) > 0) strings.emplace_back(text);
  return result < 0 ? result : sd_bus_message_exit_container(message);
}

int ReadDropInPaths(sd_bus_message* message, UnitFacts& facts) {
  int result = sd_bus_message_enter_container(message, 'v', "as");
  if (result < 0) return result;
  result = ReadStrings(message, facts.drop_in_paths);
  return result < 0 ? result : sd_bus_message_exit_container(message);
}

// a(sasbttttuii): path, argv, ignore-failure, times, pid, code, status. The last command is kept.
int ReadExecStart(sd_bus_message* message, UnitFacts& facts) {
  int result = sd_bus_message_enter_container(message, 'v', "a(sasbttttuii)");
  if (result >= 0) result = sd_bus_message_enter_container(message, 'a', "(sasbttttuii)");
  if (result < 0) return result;
  while ((result = sd_bus_message_enter_container(message, 'r', "sasbttttuii")) > 0) {
    if ((result = sd_bus_message_skip(message, "s")) < 0) return result;
    if ((result = ReadStrings(message, facts.exec_start)) < 0) return result;
    if ((result = sd_bus_message_skip(message, "bttttuii")) < 0) return result;
    if ((result = sd_bus_message_exit_container(message)) < 0) return result;
  }
  if (result >= 0) result = sd_bus_message_exit_container(message);
  return result < 0 ? result : sd_bus_message_exit_container(message);
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
    {"DropInPaths", ReadDropInPaths},
    {"ExecStart", ReadExecStart},
    {"MainPID", ReadMainPid},
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

int ReadAll(sd_bus_message* message, UnitFacts& facts) {
  int result = sd_bus_message_enter_container(message, 'a', "{sv}");
  if (result < 0) return result;
  while ((result = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
    if ((result = ReadOne(message, facts)) < 0) return result;
    if ((result = sd_bus_message_exit_container(message)) < 0) return result;
  }
  return result < 0 ? result : sd_bus_message_exit_container(message);
}

}  // namespace

Status ReadProperties(sd_bus_message* reply, UnitFacts& facts) {
  const int result = ReadAll(reply, facts);
  if (result >= 0) return {};
  return BusError("reading a unit's properties from systemd", result);
}

}  // namespace dockerext
