// SPDX-License-Identifier: MIT
#include "handler/adapters/poco/poco_log.hpp"

#include <Poco/Exception.h>
#include <Poco/Message.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "handler/base/text.hpp"
#include "handler/errors/machine.hpp"

namespace dockerext {
namespace {

const char* SeverityName(Severity severity) {
  if (severity == Severity::kError) return "error";
  return severity == Severity::kWarning ? "warning" : "info";
}

constexpr const char* kName = "docker-extension.log";

dockerext::Error CannotLog(const std::string& path, const std::string& why) {
  return MakeError<errors::kCannotLog>(Quoted(path), why);
}

std::string SystemText() { return std::generic_category().message(errno); }

struct Closer {
  explicit Closer(int opened) : fd(opened) {}
  ~Closer() {
    if (fd >= 0) close(fd);
  }
  Closer(const Closer&) = delete;
  Closer& operator=(const Closer&) = delete;
  int fd;
};

// Nobody else can put a link where only we and root write: what is checked here is true as long as we log. So
// the file may be opened by its path then.
Status CheckFolder(int fd, const std::string& path) {
  struct stat found {};
  if (fd < 0 || fstat(fd, &found) != 0) return CannotLog(path, SystemText());
  const bool is_private = found.st_uid == geteuid() && (found.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  return is_private ? Status()
                    : CannotLog(path, "others may write to its folder; make it root's, with mode 0755");
}

// Makes the file, 0600. A link is not followed: lines must not be appended to another program's file.
Status PrepareFile(const std::string& folder, const std::string& path) {
  const Closer parent(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  TRY(CheckFolder(parent.fd, path));
  const Closer file(openat(parent.fd, kName,
                           O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                           S_IRUSR | S_IWUSR));
  if (file.fd < 0 && errno == ELOOP) return CannotLog(path, "it is a symbolic link; remove it");
  struct stat found {};
  if (file.fd < 0 || fstat(file.fd, &found) != 0) return CannotLog(path, SystemText());
  if (!S_ISREG(found.st_mode)) return CannotLog(path, "it is not a file; remove it");
  if (fchmod(file.fd, S_IRUSR | S_IWUSR) != 0) return CannotLog(path, "its mode cannot be set to 0600");
  return {};
}

}  // namespace

Status PocoLog::AddFileSink(const std::string& folder) {
  // With a slash at its end the folder itself could be a link.
  const std::string checked = folder.ends_with('/') ? folder.substr(0, folder.size() - 1) : folder;
  const std::string path = checked + "/" + kName;
  TRY(PrepareFile(checked, path));
  try {
    Poco::AutoPtr<Poco::FileChannel> file(new Poco::FileChannel(path));
    file->setProperty("rotation", "1 M");
    file->setProperty("archive", "number");
    file->setProperty("purgeCount", "4");
    file->open();  // with umask 077: 0600
    file_ = file;
    return {};
  } catch (const Poco::Exception& e) {
    return CannotLog(path, e.displayText());
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
