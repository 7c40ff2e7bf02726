// SPDX-License-Identifier: MIT
// Writes log messages to the systemd journal.
#pragma once

#include <string>
#include <string_view>

#include "handler/ports/log.hpp"

namespace dockerext {

// Uses the identifier docker-extension. Without a journal the message is dropped: sd_journal_send reports no
// error then.
void WriteToJournal(Severity severity, std::string_view message);

}  // namespace dockerext
