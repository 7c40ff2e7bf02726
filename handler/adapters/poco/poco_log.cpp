// SPDX-License-Identifier: MIT
#include "handler/adapters/poco/poco_log.hpp"

#include <Poco/Exception.h>
#include <Poco/Message.h>
#include <sys/stat.h>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

const char* SeverityName(Severity severity) {
  if (severity == Severity::kError) return "error";
  return severity == Severity::kWarning ? "warning" : "info";
}

// A symbolic link is rejected: log lines must not be appended to another program's file.
bool IsSymlink(const std::string& path) {
  struct stat found {};
  return lstat(path.c_str(), &found) == 0 && S_ISLNK(found.st_mode);
}

}  // namespace

Status PocoLog::AddFileSink(const std::string& folder) {
  const std::string path = folder + "/docker-extension.log";
  if (IsSymlink(path))
    return dockerext::Error{Code::kInternal,
                            "cannot log to " + Quoted(path) + ": it is a symbolic link; remove it"};
  try {
    Poco::AutoPtr<Poco::FileChannel> file(new Poco::FileChannel(path));
    file->setProperty("rotation", "1 M");
    file->setProperty("archive", "number");
    file->setProperty("purgeCount", "4");
    file->open();  // with umask 077: 0600
    if (chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
      return dockerext::Error{Code::kInternal,
                              "cannot log to " + Quoted(path) + ": its mode cannot be set to 0600"};
    }
    file_ = file;
    return {};
  } catch (const Poco::Exception& e) {
    return dockerext::Error{Code::kInternal, "cannot log to " + Quoted(path) + ": " + e.displayText()};
  }
}

void PocoLog::WriteRedacted(Severity severity, std::string_view message) {
  journal_(severity, message);
  if (!file_) return;
  const std::string line =
      FormatUtc(clock_.UtcNow()) + " " + run_ + " " + SeverityName(severity) + ": " + std::string(message);
  try {
    file_->log(Poco::Message(run_, line, Poco::Message::PRIO_INFORMATION));
  } catch (const Poco::Exception&) {
    file_ = nullptr;  // a full disk must not fail the operation; the journal still receives the messages
  }
}

}  // namespace dockerext
