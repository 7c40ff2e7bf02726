// SPDX-License-Identifier: MIT
#include "handler/adapters/poco/exchange.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>

#include <array>
#include <iterator>
#include <sstream>

namespace dockerext {
namespace {

// Bytes beyond the limit are not read; the answers of /_ping and /info are far smaller.
constexpr std::size_t kAnswerLimit = std::size_t{4} << 20U;

}  // namespace

Poco::Timespan Deadline::Left() const {
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(end_ - Clock::now());
  if (left.count() <= 0) throw Poco::TimeoutException();
  return left.count();
}

// HTTP/1.0: the answer ends when the connection is closed, by a reset where the server has not read all of
// the request.
Reply Get(Poco::Net::StreamSocket& socket, const std::string& path, const Deadline& deadline) {
  const std::string request = "GET " + path + " HTTP/1.0\r\nHost: docker\r\n\r\n";
  socket.setSendTimeout(deadline.Left());
  socket.sendBytes(request.data(), static_cast<int>(request.size()));
  std::string answer;
  std::array<char, 8192> buffer{};
  while (answer.size() < kAnswerLimit) {
    socket.setReceiveTimeout(deadline.Left());
    int got = 0;
    try {
      got = socket.receiveBytes(buffer.data(), static_cast<int>(buffer.size()));
    } catch (const Poco::Net::ConnectionResetException&) {
      break;
    }
    if (got <= 0) break;
    answer.append(buffer.data(), static_cast<std::size_t>(got));
  }
  std::istringstream text(answer);
  Poco::Net::HTTPResponse head;
  head.read(text);
  return Reply{head.getStatus(), head.get("Server", ""),
               std::string(std::istreambuf_iterator<char>(text), {})};
}

}  // namespace dockerext
