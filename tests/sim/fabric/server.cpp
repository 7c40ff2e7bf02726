// SPDX-License-Identifier: MIT
#include "tests/sim/fabric/server.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/StreamCopier.h>
#include <systemd/sd-daemon.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <memory>

#include "tests/sim/contract/environment.hpp"
#include "tests/sim/fabric/responder.hpp"

namespace dockerext::fabric {
namespace {

namespace net = Poco::Net;

struct Endpoint {
  std::string_view address;
  std::uint16_t port;
};

constexpr std::array kEndpoints = std::to_array<Endpoint>({
    {contract::kWireAddress, 80},     // the wire server
    {contract::kWireAddress, 32526},  // the host plugin
    {"169.254.169.254", 80},          // instance metadata
});

// Requests that the agent sends every second; logged only when they fail.
bool IsRoutine(const HttpRequest& request) {
  return request.path == "/machine/?comp=goalstate" || request.path == "/status";
}

void LogRequest(const HttpRequest& request, const HttpResponse& reply) {
  if (IsRoutine(request) && reply.status == 200) return;
  std::printf("%s %s: %d\n", request.method.c_str(), request.path.c_str(), reply.status);
  std::fflush(stdout);
}

class Handler : public net::HTTPRequestHandler {
 public:
  explicit Handler(Responder& responder) : responder_(responder) {}

  void handleRequest(net::HTTPServerRequest& request, net::HTTPServerResponse& response) override {
    HttpRequest received{.method = request.getMethod(), .path = request.getURI()};
    Poco::StreamCopier::copyToString(request.stream(), received.body);
    received.header = [&request](const std::string& name) { return request.get(name, ""); };
    const HttpResponse reply = responder_.Respond(received);
    LogRequest(received, reply);
    response.setStatusAndReason(static_cast<net::HTTPResponse::HTTPStatus>(reply.status));
    response.sendBuffer(reply.body.data(), reply.body.size());
  }

 private:
  Responder& responder_;
};

class Factory : public net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(Responder& responder) : responder_(responder) {}

  net::HTTPRequestHandler* createRequestHandler(const net::HTTPServerRequest&) override {
    return std::make_unique<Handler>(responder_).release();  // Poco deletes it
  }

 private:
  Responder& responder_;
};

// Blocked before any thread starts, so that only the waiting thread receives them.
sigset_t BlockTermination() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

}  // namespace

Status Serve(const Store& store) try {
  const sigset_t signals = BlockTermination();
  Responder responder(store);
  std::vector<std::unique_ptr<net::HTTPServer>> servers;
  for (const Endpoint& endpoint : kEndpoints) {
    const net::ServerSocket socket(net::SocketAddress(std::string(endpoint.address), endpoint.port));
    servers.push_back(std::make_unique<net::HTTPServer>(new Factory(responder), socket,
                                                        new net::HTTPServerParams));  // Poco owns both
    servers.back()->start();
  }
  sd_notify(0, "READY=1");
  int signal = 0;
  sigwait(&signals, &signal);
  for (const auto& server : servers) server->stopAll(true);
  return {};
} catch (const Poco::Exception& failure) {
  return Error{Code::kInternal, failure.displayText()}.Context("listening on the addresses of Azure");
}

}  // namespace dockerext::fabric
