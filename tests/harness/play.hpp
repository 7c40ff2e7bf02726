// SPDX-License-Identifier: MIT
// Plays the agent on this machine for one handler: each function is what the agent does for one goal state
// (contract 5.3), and ends with a verdict. An error is the harness's own: a ZIP or a folder it cannot use.
#pragma once

#include <cstdint>
#include <string>

#include "handler/base/result.hpp"
#include "tests/harness/follow.hpp"
#include "tests/harness/launch.hpp"
#include "tests/harness/layout.hpp"
#include "tests/harness/manifest.hpp"
#include "tests/harness/reporter.hpp"
#include "tests/harness/settings_file.hpp"

namespace dockerext::harness {

class Play {
 public:
  Play(Layout layout, Pace pace, Reporter& reporter)
      : layout_(std::move(layout)), pace_(pace), reporter_(reporter) {}

  // Installs unless HandlerState says that it is, then enables and follows the status.
  Result<Verdict> Run(const std::string& zip, const Settings& settings);

  Result<Verdict> Enable(const Settings& settings);
  Result<Verdict> Disable();

  // A failing disable blocks it; a failing uninstall does not.
  Result<Verdict> Uninstall();

 private:
  struct Ran {
    Verdict verdict = Verdict::kSuccess;
    std::string failure;  // in one line; empty when it succeeded
  };

  Result<Ran> RunCommand(const Command& command, std::uint64_t sequence);
  Result<Ran> Finish(const Command& command, const std::string& text, const Outcome& outcome);
  Result<Ran> Fail(const Command& command, Verdict verdict, const HandlerReport& report);
  Status Unpack(const std::string& zip);
  Result<Verdict> Install(const std::string& zip, const Settings& settings);
  Result<Verdict> CallEnable(const Delivery& delivery);
  Verdict JudgeFailedEnable(const Ran& ran, const Delivery& delivery);
  std::uint64_t Sequence() const { return LastSequence(layout_).value_or(0); }
  Status RemoveFolder();

  Layout layout_;
  Pace pace_;
  Reporter& reporter_;
};

}  // namespace dockerext::harness
