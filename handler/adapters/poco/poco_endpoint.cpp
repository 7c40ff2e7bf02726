// SPDX-License-Identifier: MIT
#include "handler/adapters/poco/poco_endpoint.hpp"

#include <Poco/Crypto/EVPPKey.h>
#include <Poco/Crypto/X509Certificate.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/X509Certificate.h>

#include <array>

#include "handler/adapters/poco/guard.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

using Poco::Net::Context;
using Poco::Net::SecureStreamSocket;

constexpr const char* kLoopback = "127.0.0.1";

// Verifies nothing: the certificate is compared with the one that we wrote, and many name no host. Level 0:
// what is too weak is dockerd's to say.
Context::Ptr MakeContext() {
  Context::Params parameters;
  parameters.verificationMode = Context::VERIFY_NONE;
  parameters.loadDefaultCAs = false;
  parameters.cipherList = "ALL:@SECLEVEL=0";
  // Poco's own list begins with X448, which dockerd does not speak: a second round of the handshake each
  // time.
  parameters.ecdhCurve = "P-256:X25519:P-384:P-521";
  return new Context(Context::TLS_CLIENT_USE, parameters);
}

Poco::Timespan Limit(std::chrono::milliseconds budget) {
  return std::chrono::duration_cast<std::chrono::microseconds>(budget).count();
}

std::string FingerprintOf(const Poco::Crypto::X509Certificate& certificate) {
  const auto digest = certificate.fingerprint("SHA256");
  return HexEncode(std::string(digest.begin(), digest.end()));
}

// With TLS 1.3 the handshake succeeds for the client, and the server's refusal comes with the first read.
bool IsRefused(SecureStreamSocket& socket) {
  const std::string request = "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n";
  std::array<char, 64> answer{};
  try {
    socket.sendBytes(request.data(), static_cast<int>(request.size()));
    return socket.receiveBytes(answer.data(), static_cast<int>(answer.size())) <= 0;
  } catch (const Poco::Net::NetException&) {
    return true;  // a TLS alert, or the connection was cut; a time-out is neither
  }
}

}  // namespace

Result<AnonymousProbe> PocoEndpoint::ProbeAnonymously(std::uint16_t port, std::chrono::milliseconds budget) {
  return Guard("a TLS handshake with port " + std::to_string(port), [&]() -> Result<AnonymousProbe> {
    SecureStreamSocket socket(MakeContext());
    // A handshake inside of connect() ends with getpeername(2), which fails once a quick server has hung up
    // on us.
    socket.setLazyHandshake(true);
    socket.connect(Poco::Net::SocketAddress(kLoopback, port), Limit(budget));
    socket.setReceiveTimeout(Limit(budget));
    socket.setSendTimeout(Limit(budget));
    socket.completeHandshake();
    AnonymousProbe visit;
    visit.certificate_sha256 = FingerprintOf(socket.peerCertificate());
    visit.refused = IsRefused(socket);
    return visit;
  });
}

Status PocoEndpoint::PingWithClientCert(std::uint16_t port, const std::string& certificate_path,
                                        const std::string& key_path, std::chrono::milliseconds budget) {
  const std::string doing = "asking for /_ping through port " + std::to_string(port) + " with a certificate";
  return Guard(doing, [&]() -> Status {
    Context::Ptr context = MakeContext();
    context->useCertificate(Poco::Crypto::X509Certificate(certificate_path));
    context->usePrivateKey(Poco::Crypto::EVPPKey("", key_path));
    Poco::Net::HTTPSClientSession session(kLoopback, port, context);
    session.setTimeout(Limit(budget));
    Poco::Net::HTTPRequest request(Poco::Net::HTTPRequest::HTTP_GET, "/_ping",
                                   Poco::Net::HTTPRequest::HTTP_1_1);
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    session.receiveResponse(response);
    if (response.getStatus() == Poco::Net::HTTPResponse::HTTP_OK) return {};
    return Error{Code::kInternal, doing + ": HTTP " + std::to_string(response.getStatus())};
  });
}

}  // namespace dockerext
