// SPDX-License-Identifier: MIT
#include "handler/adapters/poco/poco_engine.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/StreamSocket.h>

#include <array>
#include <nlohmann/json.hpp>

#include "handler/adapters/poco/guard.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

using Poco::Net::HTTPClientSession;
using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;

constexpr std::size_t kBodyLimit = std::size_t{4} << 20U;

struct Reply {
  std::string server;  // the Server header
  std::string body;
};

// What is behind the limit is left unread; no answer that is asked for comes near it.
std::string ReadBody(std::istream& stream) {
  std::string body;
  std::array<char, 8192> buffer{};
  do {
    stream.read(buffer.data(), buffer.size());
    body.append(buffer.data(), static_cast<std::size_t>(stream.gcount()));
  } while (stream && body.size() < kBodyLimit);
  return body;
}

// One session a request: a session that reconnects would go to host and port instead of the socket.
Result<Reply> Get(const std::string& socket_path, const std::string& path, std::chrono::milliseconds budget) {
  const std::string doing = "asking the engine for " + path + " on " + socket_path;
  return Guard(doing, [&]() -> Result<Reply> {
    const Poco::Timespan limit(std::chrono::duration_cast<std::chrono::microseconds>(budget).count());
    Poco::Net::StreamSocket socket;
    socket.connect(Poco::Net::SocketAddress(Poco::Net::SocketAddress::UNIX_LOCAL, socket_path), limit);
    // On the socket: a session that is given a connected one does not apply its own time limits.
    socket.setReceiveTimeout(limit);
    socket.setSendTimeout(limit);
    HTTPClientSession session(socket);
    HTTPRequest request(HTTPRequest::HTTP_GET, path, HTTPRequest::HTTP_1_1);
    request.setHost("docker");
    session.sendRequest(request);
    HTTPResponse response;
    Reply reply;
    reply.body = ReadBody(session.receiveResponse(response));
    reply.server = response.get("Server", "");
    if (response.getStatus() == HTTPResponse::HTTP_OK) return reply;
    return Error{Code::kInternal, doing + ": HTTP " + std::to_string(response.getStatus())};
  });
}

// Absent and null are an empty list.
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
  return Error{Code::kInternal,
               "the engine answered /_ping on " + socket_path_ + " with something else than OK"};
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
                 "the engine answered /info on " + socket_path_ + " with no JSON of its kind"};
  }
}

}  // namespace dockerext
