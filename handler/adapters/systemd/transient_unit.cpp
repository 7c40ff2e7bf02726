// SPDX-License-Identifier: MIT
#include "handler/adapters/systemd/transient_unit.hpp"

#include <cstdint>

namespace dockerext {
namespace {

std::uint64_t Microseconds(std::chrono::seconds duration) {
  return static_cast<std::uint64_t>(std::chrono::microseconds(duration).count());
}

// Appends properties to the message and keeps the first failure.
class Properties {
 public:
  explicit Properties(sd_bus_message* message) : message_(message) {}

  template <class Value>
  void Add(const char* name, const char* type, Value value) {
    Note(sd_bus_message_append(message_, "(sv)", name, type, value));
  }

  // a(sasb): one command; a failure of it is ignored when `ignored` is 1.
  void AddCommand(const char* name, const std::vector<std::string>& argv, int ignored) {
    Note(sd_bus_message_open_container(message_, 'r', "sv"));
    Note(sd_bus_message_append(message_, "s", name));
    Note(sd_bus_message_open_container(message_, 'v', "a(sasb)"));
    Note(sd_bus_message_open_container(message_, 'a', "(sasb)"));
    Note(sd_bus_message_open_container(message_, 'r', "sasb"));
    Note(sd_bus_message_append(message_, "s", argv.at(0).c_str()));
    Note(sd_bus_message_open_container(message_, 'a', "s"));
    for (const std::string& argument : argv) Note(sd_bus_message_append(message_, "s", argument.c_str()));
    Note(sd_bus_message_close_container(message_));
    Note(sd_bus_message_append(message_, "b", ignored));
    for (int container = 0; container < 4; ++container) Note(sd_bus_message_close_container(message_));
  }

  void Note(int result) {
    if (result_ >= 0) result_ = result;
  }
  int result() const { return result_; }

 private:
  sd_bus_message* message_;
  int result_ = 0;
};

}  // namespace

Result<MessagePtr> TransientUnitCall(sd_bus* bus, const TransientUnit& unit) {
  TRY_LET(MessagePtr message, NewCall(bus, ManagerMethod("StartTransientUnit")));
  sd_bus_message* const made = message.get();
  Properties properties(made);
  properties.Note(sd_bus_message_append(made, "ss", unit.name.c_str(), "fail"));
  properties.Note(sd_bus_message_open_container(made, 'a', "(sv)"));
  properties.Add("Description", "s", unit.description.c_str());
  properties.Add("Type", "s", "notify");
  properties.Add("NotifyAccess", "s", "main");
  properties.Add("KillMode", "s", "process");  // never kills dpkg
  properties.Add("CollectMode", "s", "inactive-or-failed");
  properties.Add("TimeoutStartUSec", "t", Microseconds(unit.start_limit));
  properties.Add("RuntimeMaxUSec", "t", Microseconds(unit.run_limit));
  properties.Add("TimeoutStopUSec", "t", Microseconds(unit.stop_limit));
  properties.Add("LimitCORE", "t", std::uint64_t{0});  // a core dump would contain the private key
  properties.AddCommand("ExecStart", unit.command, 0);
  properties.AddCommand("ExecStopPost", unit.after_command, 1);
  properties.Note(sd_bus_message_close_container(made));
  properties.Note(sd_bus_message_append(made, "a(sa(sv))", 0));
  if (properties.result() < 0)
    return BusError("creating the properties of " + unit.name, properties.result());
  return message;
}

}  // namespace dockerext
