// SPDX-License-Identifier: MIT
// dnf and rpm of a machine in memory that is a Rocky Linux 9 whose own repositories have no Docker.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/fake_machine.hpp"

namespace dockerext {

class FakeRpm {
 public:
  // Makes the machine one with dnf; it must outlive the machine's commands.
  explicit FakeRpm(FakeMachine& vm);

  static constexpr const char* kRepository = "/etc/yum.repos.d/docker-extension.repo";

  static constexpr const char* kDockersKey = "gpg-pubkey-621e9f35-58adea78";
  static constexpr const char* kOtherKey = "gpg-pubkey-0ebfcd88-58adea78";

  // Name and version: listed beside those that replaced them, as a killed dnf leaves them.
  std::vector<std::pair<std::string, std::string>> replaced;
  std::vector<std::string> keys = {"gpg-pubkey-350d275d-6279464b"};  // that rpm trusts: Rocky's own
  std::optional<CommandOutput> simulation;                           // instead of what dnf would say
  std::string versions;                                              // what a query for versions prints
  std::string refresh;                        // what dnf says when it updates its lists
  std::optional<CommandOutput> key_import;    // instead of what rpm would do
  std::optional<CommandOutput> installation;  // instead of what dnf would do
  std::string script_failure;  // what dnf says after an installation that it counts as a success

  // How many commands were run with this word.
  long Runs(const std::string& word) const;

 private:
  CommandOutput Rpm(const std::vector<std::string>& argv);
  CommandOutput Dnf(const std::vector<std::string>& argv);
  CommandOutput Install(std::vector<std::string> names, bool simulated);
  CommandOutput Remove(const std::vector<std::string>& names, bool simulated);

  FakeMachine& vm_;
};

}  // namespace dockerext
