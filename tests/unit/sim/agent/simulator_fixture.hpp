// SPDX-License-Identifier: MIT
// A whole life of the harness's program but its process, with a shell script as handler that records how it
// was called.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/sim_fixtures.hpp"

namespace dockerext::agent_simulator {

// The script may say `status STATUS TEXT [CODE]`, and has the verb in $1. Before it runs, "VERB SEQUENCE
// VERSION" is added to calls.txt in the lib folder, and the environment is in VERB.env there.
class AgentSimulatorTest : public contract::FolderTest {
 protected:
  // What run and update take from now on.
  void UsePackage(std::string_view script, const contract::FakeManifest& manifest = {});

  // As a user types them, with the folders of this test; its exit code. What it said is in said_, and stdout
  // alone in out_.
  int Harness(std::vector<std::string> words);

  std::string Calls() const;           // "install 0\nenable 0\n"
  std::string VersionedCalls() const;  // "install 0 1.0.0\n..."
  std::string State(const contract::Layout& layout) const {
    return contract::Slurp(layout.Config() + "/HandlerState");
  }
  std::string State() const { return State(layout_); }
  contract::Layout Version(const std::string& version) const;

  contract::Layout layout_ = FakeLayout();
  std::string scale_ = "0.1";
  std::string said_;
  std::string out_;
};

}  // namespace dockerext::agent_simulator
