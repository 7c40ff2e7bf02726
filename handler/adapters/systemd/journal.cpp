// SPDX-License-Identifier: MIT
#include "handler/adapters/systemd/journal.hpp"

#define SD_JOURNAL_SUPPRESS_LOCATION  // the source location does not help readers of the log
#include <syslog.h>
#include <systemd/sd-journal.h>

namespace dockerext {
namespace {

int PriorityOf(Severity severity) {
  if (severity == Severity::kError) return LOG_ERR;
  return severity == Severity::kWarning ? LOG_WARNING : LOG_INFO;
}

}  // namespace

void WriteToJournal(Severity severity, std::string_view message) {
  sd_journal_send("PRIORITY=%i", PriorityOf(severity), "SYSLOG_IDENTIFIER=docker-extension", "MESSAGE=%.*s",
                  static_cast<int>(message.size()), message.data(), nullptr);
}

}  // namespace dockerext
