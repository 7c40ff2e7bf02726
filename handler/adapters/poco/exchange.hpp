// SPDX-License-Identifier: MIT
// One GET by HTTP/1.0 within one deadline: an answer that hangs or drips does not outlast it. Throws Poco's
// exceptions. Private to this room.
#pragma once

#include <Poco/Net/StreamSocket.h>
#include <Poco/Timespan.h>

#include <chrono>
#include <string>

namespace dockerext {

struct Reply {
  int status = 0;
  std::string server;  // the Server header
  std::string body;
};

// One for the whole exchange: a socket's own timeouts restart with every byte.
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds budget) : end_(Clock::now() + budget) {}

  // Throws Poco::TimeoutException when nothing is left.
  Poco::Timespan Left() const;

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point end_;
};

Reply Get(Poco::Net::StreamSocket& socket, const std::string& path, const Deadline& deadline);

}  // namespace dockerext
