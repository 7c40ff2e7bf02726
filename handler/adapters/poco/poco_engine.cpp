// SPDX-License-Identifier: MIT
#include "handler/adapters/poco/poco_engine.hpp"

#include <Poco/Net/HTTPResponse.h>

#include <nlohmann/json.hpp>

#include "handler/adapters/poco/exchange.hpp"
#include "handler/adapters/poco/guard.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

Result<Reply> Ask(const std::string& socket_path, const std::string& path, std::chrono::milliseconds budget) {
  const std::string doing = "requesting " + path + " from the engine on " + socket_path;
  return Guard(doing, [&]() -> Result<Reply> {
    const Deadline deadline(budget);
    Poco::Net::StreamSocket socket;
    socket.connect({Poco::Net::SocketAddress::UNIX_LOCAL, socket_path}, deadline.Left());
    Reply reply = Get(socket, path, deadline);
    if (reply.status == Poco::Net::HTTPResponse::HTTP_OK) return reply;
    return MakeError<errors::kExchangeFailed>(doing, "HTTP " + std::to_string(reply.status));
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

Result<std::string> PocoEngine::Ping(const std::string& socket, std::chrono::milliseconds budget) {
  TRY_LET(const Reply reply, Ask(socket, "/_ping", budget));
  if (Trim(reply.body) == "OK") return VersionOf(reply.server);
  return MakeError<errors::kEngineAnswerUnknown>("/_ping", socket, "OK");
}

Result<EngineInfo> PocoEngine::Info(const std::string& socket, std::chrono::milliseconds budget) {
  TRY_LET(const Reply reply, Ask(socket, "/info", budget));
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
    return MakeError<errors::kEngineAnswerUnknown>("/info", socket, "the expected JSON");
  }
}

}  // namespace dockerext
