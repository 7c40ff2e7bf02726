// SPDX-License-Identifier: MIT
// What dockerd prints, read for its reasons: redacted, then cut. Pure text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handler/settings/desired_state.hpp"

namespace dockerext {

// The last line of a log (lines as `journalctl -o cat` prints them) that gives the reason of a failure; empty
// when there is none.
std::string FailureLine(const std::string& log);

// Why dockerd refuses a command line: it prints the reason first and then a usage hint. Empty when it printed
// nothing.
std::string RejectionReason(const std::string& errors, const std::string& output);

// The path of the option that a reason of dockerd is about: it names the flag, the value or, of a flag that
// was given several times, both. Nothing when it names none of them.
std::optional<std::string> OptionNamedIn(std::string_view reason, const std::vector<DockerOption>& options);

// "20.10.24+dfsg1" of "Docker version 20.10.24+dfsg1, build 297e128"; empty for another output.
std::string VersionIn(std::string_view output);

}  // namespace dockerext
