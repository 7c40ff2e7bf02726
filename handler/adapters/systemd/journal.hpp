// SPDX-License-Identifier: MIT
// The system journal, as a place to log to.
#pragma once

#include <string>
#include <string_view>

#include "handler/ports/log.hpp"

namespace dockerext {

// Identifier docker-extension. Without a journal it does nothing: sd_journal_send does not tell.
void WriteToJournal(Severity severity, std::string_view message);

}  // namespace dockerext
