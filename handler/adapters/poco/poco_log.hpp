// SPDX-License-Identifier: MIT
// A run's log: the journal always, a rotated file once its folder is known. Five files of a megabyte at most.
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

  // `run` names this run in every line of the file ("enable[4711]"); `also` gets every message too.
  PocoLog(Clock& clock, std::string run, Sink also)
      : clock_(clock), run_(std::move(run)), also_(std::move(also)) {}

  Status AddFileSink(const std::string& folder) override;
  void Write(Severity severity, std::string_view message) override;

 private:
  Clock& clock_;
  std::string run_;
  Sink also_;
  Poco::AutoPtr<Poco::FileChannel> file_;
};

}  // namespace dockerext
