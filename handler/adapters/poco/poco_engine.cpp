// SPDX-License-Identifier: MIT
#include "handler/adapters/poco/poco_engine.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/StreamSocket.h>

#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "handler/adapters/poco/guard.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

using Poco::Net::HTTPResponse;

constexpr std::size_t kAnswerLimit = std::size_t{4} << 20U;

struct Reply {
  std::string server;  // the Server header
  std::string body;
};

// One deadline for the whole exchange: a socket's own timeouts restart with every byte.
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds budget) : end_(Clock::now() + budget) {}

  Poco::Timespan Left() const {
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(end_ - Clock::now());
    if (left.count() <= 0) throw Poco::TimeoutException();
    return left.count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point end_;
};

// HTTP/1.0: the answer ends when the connection is closed. Bytes beyond the limit are not read; the answers
// of
// /_ping and /info are far smaller.
std::string Exchange(const std::string& socket_path, const std::string& path, const Deadline& deadline) {
  Poco::Net::StreamSocket socket;
  socket.connect(Poco::Net::SocketAddress(Poco::Net::SocketAddress::UNIX_LOCAL, socket_path),
                 deadline.Left());
  const std::string request = "GET " + path + " HTTP/1.0\r\nHost: docker\r\n\r\n";
  socket.setSendTimeout(deadline.Left());
  socket.sendBytes(request.data(), static_cast<int>(request.size()));
  std::string answer;
  std::array<char, 8192> buffer{};
  while (answer.size() < kAnswerLimit) {
    socket.setReceiveTimeout(deadline.Left());
    const int got = socket.receiveBytes(buffer.data(), static_cast<int>(buffer.size()));
    if (got <= 0) break;
    answer.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return answer;
}

Result<Reply> Get(const std::string& socket_path, const std::string& path, std::chrono::milliseconds budget) {
  const std::string doing = "requesting " + path + " from the engine on " + socket_path;
  return Guard(doing, [&]() -> Result<Reply> {
    std::istringstream answer(Exchange(socket_path, path, Deadline(budget)));
    HTTPResponse response;
    response.read(answer);
    if (response.getStatus() != HTTPResponse::HTTP_OK) {
      return Error{Code::kInternal, doing + ": HTTP " + std::to_string(response.getStatus())};
    }
    return Reply{response.get("Server", ""), std::string(std::istreambuf_iterator<char>(answer), {})};
  });
}

// Returns an empty list when the value is absent or null.
std::vector<std::string> Strings(const nlohmann::json& document, const char* pointer) {
  const nlohmann::json::json_pointer where(pointer);
  if (!document.contains(where) || document.at(where).is_null()) return {};
  return document.at(where).get<std::vector<std::string>>();
}

// "Docker/20.10.24+dfsg1 (linux)" -> "20.10.24+dfsg1"
std::string VersionOf(const std::string& server) {
  constexpr std::string_view kPrefix = "Docker/";
  if (!server.starts_with(kPrefix)) return {};
  return server.substr(kPrefix.size(), server.find(' ') - kPrefix.size());
}

}  // namespace

Result<std::string> PocoEngine::Ping(std::chrono::milliseconds budget) {
  TRY_LET(const Reply reply, Get(socket_path_, "/_ping", budget));
  if (Trim(reply.body) == "OK") return VersionOf(reply.server);
  return Error{Code::kInternal, "the engine's answer to /_ping on " + socket_path_ + " is not OK"};
}

Result<EngineInfo> PocoEngine::Info(std::chrono::milliseconds budget) {
  TRY_LET(const Reply reply, Get(socket_path_, "/info", budget));
  try {
    const auto document = nlohmann::json::parse(reply.body);
    EngineInfo info;
    info.version = document.value("ServerVersion", std::string());
    info.containers_running = document.value("ContainersRunning", std::uint32_t{0});
    info.live_restore = document.value("LiveRestoreEnabled", false);
    info.swarm_state = document.value(nlohmann::json::json_pointer("/Swarm/LocalNodeState"), std::string());
    info.authorization_plugins = Strings(document, "/Plugins/Authorization");
    return info;
  } catch (const nlohmann::json::exception&) {
    return Error{Code::kInternal,
                 "the engine's answer to /info on " + socket_path_ + " is not the expected JSON"};
  }
}

}  // namespace dockerext
