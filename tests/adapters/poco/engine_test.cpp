// SPDX-License-Identifier: MIT
// Tests the Poco adapters against Poco servers: the engine's socket and its TLS port.
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/SecureServerSocket.h>
#include <gmock/gmock.h>

#include <map>
#include <thread>

#include "handler/adapters/poco/poco_endpoint.hpp"
#include "handler/adapters/poco/poco_engine.hpp"
#include "tests/adapters/poco/folder.hpp"
#include "tests/support/test_pki.hpp"

namespace dockerext {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

using Replies = std::map<std::string, std::string>;

class Answers : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Answers(Replies replies) : replies_(std::move(replies)) {}

  Poco::Net::HTTPRequestHandler* createRequestHandler(
      const Poco::Net::HTTPServerRequest& /*request*/) override {
    class Handler : public Poco::Net::HTTPRequestHandler {
     public:
      explicit Handler(const Replies& replies) : replies_(replies) {}
      void handleRequest(Poco::Net::HTTPServerRequest& request,
                         Poco::Net::HTTPServerResponse& response) override {
        const auto found = replies_.find(request.getURI());
        response.set("Server", "Docker/26.1.5+dfsg1 (linux)");
        if (found == replies_.end()) response.setStatus(Poco::Net::HTTPResponse::HTTP_NOT_FOUND);
        response.send() << (found == replies_.end() ? "" : found->second);
      }

     private:
      const Replies& replies_;
    };
    return new Handler(replies_);  // deleted by the server
  }

 private:
  Replies replies_;
};

class EngineSocket : public Folder {
 protected:
  void Serve(const Replies& replies) {
    const Poco::Net::SocketAddress address(Poco::Net::SocketAddress::UNIX_LOCAL, At("docker.sock"));
    Poco::Net::ServerSocket socket;
    socket.bind(address);
    socket.listen();
    server_ = std::make_unique<Poco::Net::HTTPServer>(new Answers(replies), socket,
                                                      new Poco::Net::HTTPServerParams);
    server_->start();
  }
  ~EngineSocket() override {
    if (server_) server_->stopAll(true);
  }

  PocoEngine engine;
  const std::string path = At("docker.sock");

 private:
  std::unique_ptr<Poco::Net::HTTPServer> server_;
};

TEST_F(EngineSocket, PingReturnsTheEnginesVersion) {
  Serve({{"/_ping", "OK"}});
  const auto version = engine.Ping(path, seconds(5));
  ASSERT_TRUE(version.ok()) << version.error().Message();
  EXPECT_EQ(*version, "26.1.5+dfsg1");
}

TEST_F(EngineSocket, InfoReturnsTheEnginesState) {
  Serve(
      {{"/info",
        R"({"ServerVersion": "26.1.5", "ContainersRunning": 3, "LiveRestoreEnabled": true,)"
        R"( "Swarm": {"LocalNodeState": "active"}, "Plugins": {"Authorization": ["opa"]}, "Other": [1]})"}});
  const auto info = engine.Info(path, seconds(5));
  ASSERT_TRUE(info.ok()) << info.error().Message();
  EXPECT_EQ(info->version, "26.1.5");
  EXPECT_EQ(info->containers_running, 3U);
  EXPECT_TRUE(info->live_restore);
  EXPECT_EQ(info->swarm_state, "active");
  EXPECT_EQ(info->authorization_plugins, std::vector<std::string>{"opa"});
}

TEST_F(EngineSocket, AnInvalidAnswerIsAnError) {
  Serve({{"/_ping", "hello"}, {"/info", "<html>"}});
  EXPECT_FALSE(engine.Ping(path, seconds(5)).ok());
  EXPECT_FALSE(engine.Info(path, seconds(5)).ok());
}

TEST_F(EngineSocket, AMissingSocketIsAnErrorThatNamesTheSocket) {
  EXPECT_THAT(engine.Ping(path, seconds(5)).error().Message(), HasSubstr(At("docker.sock")));
}

TEST_F(EngineSocket, AnEngineThatDoesNotAnswerIsATimeout) {
  Poco::Net::ServerSocket silent;
  silent.bind(Poco::Net::SocketAddress(Poco::Net::SocketAddress::UNIX_LOCAL, At("docker.sock")));
  silent.listen();
  EXPECT_EQ(engine.Ping(path, milliseconds(200)).error().code, Code::kTimeout);
}

// One byte every 20 ms: no single read exceeds the budget.
TEST_F(EngineSocket, AnAnswerThatNeverEndsIsATimeout) {
  Poco::Net::ServerSocket dripping;
  dripping.bind(Poco::Net::SocketAddress(Poco::Net::SocketAddress::UNIX_LOCAL, At("docker.sock")));
  dripping.listen();
  std::jthread server([&](const std::stop_token& stop) {
    Poco::Net::StreamSocket client = dripping.acceptConnection();
    try {
      client.sendBytes("garbage\n", 8);
      while (!stop.stop_requested()) {
        client.sendBytes("x", 1);
        std::this_thread::sleep_for(milliseconds(20));
      }
    } catch (const Poco::Exception&) {
      // the client has closed the connection
    }
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(engine.Ping(path, milliseconds(200)).error().code, Code::kTimeout);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(2));
}

class TlsPort : public Folder {
 protected:
  // Like dockerd with --tlsverify (VERIFY_STRICT) or without it.
  void Serve(const TestCredentials& credentials, Poco::Net::Context::VerificationMode mode) {
    Poco::Net::Context::Params parameters;
    parameters.privateKeyFile = Put("key.pem", credentials.server.key);
    parameters.certificateFile = Put("cert.pem", credentials.server.certificate);
    parameters.caLocation = Put("ca.pem", credentials.ca.certificate);
    parameters.verificationMode = mode;
    parameters.loadDefaultCAs = false;
    Poco::Net::Context::Ptr context = new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE, parameters);
    context->enableExtendedCertificateVerification(false);  // a client's certificate names no host
    const Poco::Net::SecureServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0), 16, context);
    port = socket.address().port();
    server_ = std::make_unique<Poco::Net::HTTPServer>(new Answers(Replies{{"/_ping", "OK"}}), socket,
                                                      new Poco::Net::HTTPServerParams);
    server_->start();
  }
  ~TlsPort() override {
    if (server_) server_->stopAll(true);
  }

  PocoEndpoint endpoint;
  std::uint16_t port = 0;

 private:
  std::unique_ptr<Poco::Net::HTTPServer> server_;
};

TEST_F(TlsPort, AnAnonymousClientGetsTheCertificateAndIsRejected) {
  const TestCredentials credentials = MakeCredentials(std::chrono::system_clock::now());
  Serve(credentials, Poco::Net::Context::VERIFY_STRICT);
  const auto probe = endpoint.ProbeAnonymously(port, seconds(5));
  ASSERT_TRUE(probe.ok()) << probe.error().Message();
  EXPECT_EQ(probe->certificate_sha256, Sha256OfCertificate(credentials.server.certificate));
  EXPECT_TRUE(probe->refused);
}

TEST_F(TlsPort, APortThatAnswersAnonymousClientsIsDetected) {
  Serve(MakeCredentials(std::chrono::system_clock::now()), Poco::Net::Context::VERIFY_NONE);
  const auto probe = endpoint.ProbeAnonymously(port, seconds(5));
  ASSERT_TRUE(probe.ok()) << probe.error().Message();
  EXPECT_FALSE(probe->refused);
}

TEST_F(TlsPort, AClientWithACertificateOfTheCaIsAnswered) {
  const TestCredentials credentials = MakeCredentials(std::chrono::system_clock::now());
  Serve(credentials, Poco::Net::Context::VERIFY_STRICT);
  const std::string certificate = Put("client.pem", credentials.client.certificate);
  const std::string key = Put("client-key.pem", credentials.client.key);
  const Status pinged = endpoint.PingWithClientCert(port, certificate, key, seconds(5));
  EXPECT_TRUE(pinged.ok()) << pinged.error().Message();
}

TEST_F(TlsPort, TheProbeSendsTheWholeChain) {
  const TestCredentials credentials = MakeCredentials(std::chrono::system_clock::now());
  const TestPair middle = MakePair({.common_name = "middle", .authority = true}, &credentials.ca);
  const TestPair leaf = MakePair({.common_name = "leaf", .usage = "clientAuth"}, &middle);
  Serve(credentials, Poco::Net::Context::VERIFY_STRICT);
  const std::string key = Put("k.pem", leaf.key);
  const std::string whole = Put("c.pem", "text before\n" + leaf.certificate + "\n" + middle.certificate);
  const Status pinged = endpoint.PingWithClientCert(port, whole, key, seconds(5));
  EXPECT_TRUE(pinged.ok()) << pinged.error().Message();
  EXPECT_FALSE(endpoint.PingWithClientCert(port, Put("l.pem", leaf.certificate), key, seconds(5)).ok());
}

TEST_F(TlsPort, TheProbeReadsAKeyUnderAnyLabel) {
  const TestCredentials credentials = MakeCredentials(std::chrono::system_clock::now());
  Serve(credentials, Poco::Net::Context::VERIFY_STRICT);
  std::string key = AsTraditional(credentials.client.key);
  for (auto at = key.find("EC PRIVATE"); at != std::string::npos; at = key.find("EC PRIVATE"))
    key.erase(at, 3);
  const Status pinged = endpoint.PingWithClientCert(port, Put("c.pem", credentials.client.certificate),
                                                    Put("k.pem", key), seconds(5));
  EXPECT_TRUE(pinged.ok()) << pinged.error().Message();
}

TEST_F(TlsPort, AClientWithACertificateOfAnotherCaIsRejected) {
  Serve(MakeCredentials(std::chrono::system_clock::now()), Poco::Net::Context::VERIFY_STRICT);
  const TestCredentials other = MakeCredentials(std::chrono::system_clock::now());
  EXPECT_FALSE(endpoint
                   .PingWithClientCert(port, Put("c.pem", other.client.certificate),
                                       Put("k.pem", other.client.key), seconds(5))
                   .ok());
}

TEST_F(TlsPort, TheProbeAcceptsWeakKeysThatTheServerAccepts) {
  const auto now = std::chrono::system_clock::now();
  TestCredentials weak;
  weak.ca = MakePair({.key = "RSA:1024", .now = now, .authority = true});
  weak.client = MakePair({.key = "RSA:1024", .now = now, .usage = "clientAuth"}, &weak.ca);
  Serve(MakeCredentials(now), Poco::Net::Context::VERIFY_NONE);
  EXPECT_TRUE(endpoint
                  .PingWithClientCert(port, Put("c.pem", weak.client.certificate),
                                      Put("k.pem", weak.client.key), seconds(5))
                  .ok());
}

TEST_F(TlsPort, APortWithoutTlsOrWithoutAListenerIsAnError) {
  Poco::Net::HTTPServer plain(new Answers(Replies()),
                              Poco::Net::ServerSocket(Poco::Net::SocketAddress("127.0.0.1", 0)),
                              new Poco::Net::HTTPServerParams);
  plain.start();
  EXPECT_FALSE(endpoint.ProbeAnonymously(plain.port(), seconds(1)).ok());
  const std::uint16_t closed = plain.port();
  plain.stopAll(true);
  EXPECT_FALSE(endpoint.ProbeAnonymously(closed, seconds(5)).ok());
}

}  // namespace
}  // namespace dockerext
