// SPDX-License-Identifier: MIT
// Tests how the Engine API is told from other services: each is a server that answers as one of them.
#include <Poco/Exception.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Timespan.h>
#include <gmock/gmock.h>

#include <array>
#include <functional>
#include <thread>

#include "handler/adapters/poco/poco_endpoint.hpp"

namespace dockerext {
namespace {

using Poco::Net::StreamSocket;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kGoExpectsTls =
    "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

class Service {
 public:
  using Serve = std::function<void(StreamSocket&, const std::stop_token&)>;

  Service(const std::string& host, Serve serve)
      : socket_(Poco::Net::SocketAddress(host, 0)),
        thread_([this, serve = std::move(serve)](const std::stop_token& stop) { Accept(serve, stop); }) {}

  std::uint16_t port() const { return socket_.address().port(); }

 private:
  void Accept(const Serve& serve, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!socket_.poll(20'000, Poco::Net::Socket::SELECT_READ)) continue;
      StreamSocket client = socket_.acceptConnection();
      try {
        serve(client, stop);
      } catch (const Poco::Exception&) {
        continue;  // the client has closed the connection
      }
    }
  }

  Poco::Net::ServerSocket socket_;
  std::jthread thread_;
};

void Send(StreamSocket& client, const std::string& text) {
  client.sendBytes(text.data(), static_cast<int>(text.size()));
}

Service::Serve Answers(const std::string& text) {
  return [text](StreamSocket& client, const std::stop_token& /*stop*/) {
    std::array<char, 512> request{};
    client.receiveBytes(request.data(), static_cast<int>(request.size()));
    Send(client, text);
  };
}

bool Serves(const std::string& address, const Service& service, milliseconds budget = seconds(5)) {
  const auto serves = PocoEndpoint().ServesEngineApi({address, service.port()}, budget);
  EXPECT_TRUE(serves.ok()) << serves.error().Message();
  return serves.ok() && *serves;
}

TEST(EngineApi, APortThatAnswersPingInPlaintextIsTheEngineApi) {
  const Service engine("127.0.0.1", Answers("HTTP/1.0 200 OK\r\nServer: Docker/26.1.5 (linux)\r\n\r\nOK"));
  EXPECT_TRUE(Serves("127.0.0.1", engine));
  EXPECT_TRUE(Serves("0.0.0.0", engine));
}

TEST(EngineApi, AnIpv6ListenerIsAskedOverIpv6AndElseOverIpv4) {
  const Service engine("::1", Answers("HTTP/1.0 200 OK\r\n\r\nOK"));
  EXPECT_TRUE(Serves("::1", engine));
  EXPECT_TRUE(Serves("::", engine));
  EXPECT_FALSE(Serves("0.0.0.0", engine));
  const Service without_ipv6("127.0.0.1", Answers("HTTP/1.0 200 OK\r\n\r\nOK"));
  EXPECT_TRUE(Serves("::", without_ipv6));
}

TEST(EngineApi, APortOfGoThatExpectsTlsIsTheEngineApi) {
  EXPECT_TRUE(Serves("127.0.0.1", Service("127.0.0.1", Answers(kGoExpectsTls))));
}

TEST(EngineApi, AnAnswerThatEndsWithAResetIsReadAllTheSame) {
  const Service impatient("127.0.0.1", [](StreamSocket& client, const std::stop_token& /*stop*/) {
    client.poll(Poco::Timespan(5, 0), Poco::Net::Socket::SELECT_READ);
    Send(client, kGoExpectsTls);  // closing with the request unread resets the connection
  });
  EXPECT_TRUE(Serves("127.0.0.1", impatient));
}

TEST(EngineApi, AnyOtherAnswerIsAnotherService) {
  for (const char* answer :
       {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n# HELP go_info",
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request",
        "\x15\x03\x01\x00\x02\x02\x16", "SSH-2.0-OpenSSH_9.2\r\n", ""}) {
    EXPECT_FALSE(Serves("127.0.0.1", Service("127.0.0.1", Answers(answer)))) << answer;
  }
}

TEST(EngineApi, AServiceThatIsSilentOrDripsIsAnotherServiceWithinTheBudget) {
  for (const int bytes : {0, 1}) {
    const Service slow("127.0.0.1", [bytes](StreamSocket& client, const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        Send(client, std::string(static_cast<std::size_t>(bytes), 'x'));
        std::this_thread::sleep_for(milliseconds(20));
      }
    });
    const auto start = std::chrono::steady_clock::now();
    EXPECT_FALSE(Serves("127.0.0.1", slow, milliseconds(200)));
    EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(2));
  }
}

TEST(EngineApi, AClosedPortIsNoEngineApi) {
  std::uint16_t port = 0;
  {
    const Service closed("127.0.0.1", Answers(""));
    port = closed.port();
  }
  const auto serves = PocoEndpoint().ServesEngineApi({"127.0.0.1", port}, seconds(5));
  ASSERT_TRUE(serves.ok()) << serves.error().Message();
  EXPECT_FALSE(*serves);
}

}  // namespace
}  // namespace dockerext
