// SPDX-License-Identifier: MIT
// Runs the harness in this process, with a shell script as handler that records how it is called.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/sim_fixtures.hpp"

namespace dockerext::agent_simulator {

// The script can call `status STATUS TEXT [CODE]`, and has the verb in $1. Before it runs, "VERB SEQUENCE
// VERSION" is appended to calls.txt in the lib folder, and the environment is written to VERB.env there.
class AgentSimulatorTest : public contract::FolderTest {
 protected:
  // Sets the package of run and update.
  void UsePackage(std::string_view script, const contract::FakeManifest& manifest = {});

  // Runs the harness with these arguments and the folders of this test; returns its exit code. Its output is
  // in output_, and stdout alone in out_.
  int Harness(std::vector<std::string> args);

  std::string Calls() const;           // "install 0\nenable 0\n"
  std::string VersionedCalls() const;  // "install 0 1.0.0\n..."
  std::string State(const contract::Layout& layout) const {
    return contract::Slurp(layout.Config() + "/HandlerState");
  }
  std::string State() const { return State(layout_); }
  contract::Layout Version(const std::string& version) const;

  contract::Layout layout_ = FakeLayout();
  std::string scale_ = "0.1";
  std::string output_;
  std::string out_;
};

}  // namespace dockerext::agent_simulator
