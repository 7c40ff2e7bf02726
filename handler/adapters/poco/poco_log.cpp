// SPDX-License-Identifier: MIT
#include "handler/adapters/poco/poco_log.hpp"

#include <Poco/Exception.h>
#include <Poco/Message.h>
#include <sys/stat.h>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

const char* WordFor(Severity severity) {
  if (severity == Severity::kError) return "error";
  return severity == Severity::kWarning ? "warning" : "info";
}

// Lines of ours at the end of somebody's file are no log.
bool IsLink(const std::string& path) {
  struct stat found {};
  return lstat(path.c_str(), &found) == 0 && S_ISLNK(found.st_mode);
}

}  // namespace

Status PocoLog::AddFileSink(const std::string& folder) {
  const std::string path = folder + "/docker-extension.log";
  if (IsLink(path))
    return dockerext::Error{Code::kInternal, "cannot log into " + Quoted(path) + ": it is a link"};
  try {
    Poco::AutoPtr<Poco::FileChannel> file(new Poco::FileChannel(path));
    file->setProperty("rotation", "1 M");
    file->setProperty("archive", "number");
    file->setProperty("purgeCount", "4");
    file->open();  // with umask 077: 0600
    if (chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
      return dockerext::Error{Code::kInternal,
                              "cannot log into " + Quoted(path) + ": it cannot be made root's alone"};
    }
    file_ = file;
    return {};
  } catch (const Poco::Exception& e) {
    return dockerext::Error{Code::kInternal, "cannot log into " + Quoted(path) + ": " + e.displayText()};
  }
}

void PocoLog::Write(Severity severity, std::string_view message) {
  also_(severity, message);
  if (!file_) return;
  const std::string line =
      FormatUtc(clock_.UtcNow()) + " " + run_ + " " + WordFor(severity) + ": " + std::string(message);
  try {
    file_->log(Poco::Message(run_, line, Poco::Message::PRIO_INFORMATION));
  } catch (const Poco::Exception&) {
    file_ = nullptr;  // a full disk must not fail the work; the journal goes on
  }
}

}  // namespace dockerext
