// SPDX-License-Identifier: MIT
// Implements Log: writes to the journal always, and to a rotated file once its folder is known. The files are
// at most five, of 1 MB each.
#pragma once

#include <Poco/AutoPtr.h>
#include <Poco/FileChannel.h>

#include <functional>
#include <string>

#include "handler/ports/clock.hpp"
#include "handler/ports/log.hpp"

namespace dockerext {

class PocoLog : public Log {
 public:
  using Sink = std::function<void(Severity, std::string_view)>;

  // `run` identifies this process in every line of the file ("enable[4711]"); `journal` receives every
  // message.
  PocoLog(Clock& clock, std::string run, Sink journal)
      : clock_(clock), run_(std::move(run)), journal_(std::move(journal)) {}

  Status AddFileSink(const std::string& folder) override;

 protected:
  void WriteRedacted(Severity severity, std::string_view message) override;

 private:
  Clock& clock_;
  std::string run_;
  Sink journal_;
  Poco::AutoPtr<Poco::FileChannel> file_;
};

}  // namespace dockerext
