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
#include <fstream>
#include <iterator>
#include <sstream>

#include "handler/adapters/poco/exchange.hpp"
#include "handler/adapters/poco/guard.hpp"
#include "handler/base/pem.hpp"
#include "handler/base/secret.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

using Poco::Net::Context;
using Poco::Net::SecureStreamSocket;

constexpr const char* kLoopback = "127.0.0.1";

// No certificate verification: the caller compares the certificate's fingerprint, and many certificates name
// no host. Security level 0, because dockerd decides which keys and certificates are too weak.
Context::Ptr MakeContext() {
  Context::Params parameters;
  parameters.verificationMode = Context::VERIFY_NONE;
  parameters.loadDefaultCAs = false;
  parameters.cipherList = "ALL:@SECLEVEL=0";
  // Poco's default list begins with X448, which dockerd does not support: each handshake would need a second
  // round trip.
  parameters.ecdhCurve = "P-256:X25519:P-384:P-521";
  return new Context(Context::TLS_CLIENT_USE, parameters);
}

std::string ContentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The whole chain, as dockerd reads it: without the intermediate certificates, a CA above them knows no
// client.
void UseChain(Context& context, const std::string& path) {
  const std::string pem = ContentOf(path);
  bool is_first = true;
  for (const PemPart& part : ReadPemParts(pem)) {
    if (part.label != "CERTIFICATE" || !part.defect.empty()) continue;
    std::istringstream text(PemText(part.label, part.body));
    const Poco::Crypto::X509Certificate certificate(text);
    if (is_first) {
      context.useCertificate(certificate);
    } else {
      context.addChainCertificate(certificate);
    }
    is_first = false;
  }
}

// The label under which OpenSSL takes the key: dockerd takes PKCS#8, PKCS#1 and SEC1 under any. Each is a
// sequence that begins with a number of one byte; what follows it tells them apart.
const char* LabelOf(std::string_view key) {
  const auto byte = [&](std::size_t i) { return i < key.size() ? static_cast<unsigned char>(key[i]) : 0U; };
  const std::size_t header = byte(1) < 0x80 ? 2 : 2 + (byte(1) & 0x7FU);
  const unsigned tag = byte(header + 3);
  return tag == 0x02 ? "RSA PRIVATE KEY" : tag == 0x04 ? "EC PRIVATE KEY" : "PRIVATE KEY";
}

void UseKey(Context& context, const std::string& path) {
  const Secret pem(ContentOf(path));
  for (const PemPart& part : ReadPemParts(pem.Reveal())) {
    if (!part.label.ends_with("PRIVATE KEY") || !part.defect.empty()) continue;
    const Secret der(DecodeBase64(part.body).value_or(""));
    const Secret text(PemText(LabelOf(der.Reveal()), part.body));
    std::istringstream stream(text.Reveal());
    context.usePrivateKey(Poco::Crypto::EVPPKey(nullptr, &stream));
    return;
  }
}

Poco::Timespan Limit(std::chrono::milliseconds budget) {
  return std::chrono::duration_cast<std::chrono::microseconds>(budget).count();
}

std::string FingerprintOf(const Poco::Crypto::X509Certificate& certificate) {
  const auto digest = certificate.fingerprint("SHA256");
  return HexEncode(std::string(digest.begin(), digest.end()));
}

// With TLS 1.3 the handshake succeeds for the client, and the server's rejection arrives with the first read.
bool IsRefused(SecureStreamSocket& socket) {
  const std::string request = "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n";
  std::array<char, 64> answer{};
  try {
    socket.sendBytes(request.data(), static_cast<int>(request.size()));
    return socket.receiveBytes(answer.data(), static_cast<int>(answer.size())) <= 0;
  } catch (const Poco::Net::NetException&) {
    return true;  // a TLS alert or a closed connection; a timeout is another exception
  }
}

// Addresses of this machine at which the listener can be reached.
std::vector<std::string> ReachableAt(const std::string& address) {
  if (address == "0.0.0.0") return {kLoopback};
  // A dual-stack listener may be on a machine whose IPv6 is switched off.
  if (address == "::") return {"::1", kLoopback};
  return {address};
}

bool IsEngineApi(const Reply& reply) {
  if (reply.status == Poco::Net::HTTPResponse::HTTP_OK) return Trim(reply.body) == "OK";
  // What Go's HTTP server answers in plaintext where it expects TLS.
  return reply.status == Poco::Net::HTTPResponse::HTTP_BAD_REQUEST &&
         reply.body.find("Client sent an HTTP request to an HTTPS server") != std::string::npos;
}

}  // namespace

Result<AnonymousProbe> PocoEndpoint::ProbeAnonymously(std::uint16_t port, std::chrono::milliseconds budget) {
  return Guard("TLS handshake with port " + std::to_string(port), [&]() -> Result<AnonymousProbe> {
    SecureStreamSocket socket(MakeContext());
    // A handshake inside connect() ends with getpeername(2), which fails if the server has already closed the
    // connection.
    socket.setLazyHandshake(true);
    socket.connect(Poco::Net::SocketAddress(kLoopback, port), Limit(budget));
    socket.setReceiveTimeout(Limit(budget));
    socket.setSendTimeout(Limit(budget));
    socket.completeHandshake();
    AnonymousProbe probe;
    probe.certificate_sha256 = FingerprintOf(socket.peerCertificate());
    probe.refused = IsRefused(socket);
    return probe;
  });
}

Status PocoEndpoint::PingWithClientCert(std::uint16_t port, const std::string& certificate_path,
                                        const std::string& key_path, std::chrono::milliseconds budget) {
  const std::string doing =
      "requesting /_ping on port " + std::to_string(port) + " with a client certificate";
  return Guard(doing, [&]() -> Status {
    Context::Ptr context = MakeContext();
    UseChain(*context, certificate_path);
    UseKey(*context, key_path);
    Poco::Net::HTTPSClientSession session(kLoopback, port, context);
    session.setTimeout(Limit(budget));
    Poco::Net::HTTPRequest request(Poco::Net::HTTPRequest::HTTP_GET, "/_ping",
                                   Poco::Net::HTTPRequest::HTTP_1_1);
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    session.receiveResponse(response);
    if (response.getStatus() == Poco::Net::HTTPResponse::HTTP_OK) return {};
    return MakeError<errors::kExchangeFailed>(doing, "HTTP " + std::to_string(response.getStatus()));
  });
}

Result<bool> PocoEndpoint::ServesEngineApi(const Listener& listener, std::chrono::milliseconds budget) {
  const Deadline deadline(budget);
  return Guard("asking port " + std::to_string(listener.port) + " for the Engine API", [&]() -> Result<bool> {
    for (const std::string& host : ReachableAt(listener.address)) {
      const Poco::Net::SocketAddress address(host, listener.port);
      Poco::Net::StreamSocket socket(address.family());
      try {
        socket.connect(address, deadline.Left());
        return IsEngineApi(Get(socket, "/_ping", deadline));
      } catch (const Poco::Exception&) {
        continue;  // no connection, or no HTTP
      }
    }
    return false;
  });
}

}  // namespace dockerext
