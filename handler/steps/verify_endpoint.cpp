// SPDX-License-Identifier: MIT
#include "handler/base/retry.hpp"
#include "handler/base/text.hpp"
#include "handler/state/ledger.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kProbeBudget{5};
constexpr std::chrono::seconds kVerifyBudget{30};

// What a proof makes of this machine: the drop-in as it stands, and the endpoint it opens.
Result<LastKnownGood> Wanted(EngineContext& context) {
  LastKnownGood good;
  auto text = context.system.files.Read(DropInPath());
  if (text.ok())
    good.drop_in = *std::move(text);
  else if (text.error().code != Code::kNotFound)
    return std::move(text).error();
  if (context.target.endpoint) {
    good.tls_folder = context.target.endpoint->tls_folder;
    good.port = context.target.endpoint->port;
  }
  return good;
}

Status ProbePort(EngineContext& context) {
  const std::uint16_t port = context.target.endpoint->port;
  auto visit = context.system.endpoint.ProbeAnonymously(port, kProbeBudget);
  if (!visit.ok()) return Error{Code::kBusy, visit.error().message};
  if (!visit->refused) {
    return Error{Code::kInternal,
                 "port " + std::to_string(port) + " answered a client without a certificate"};
  }
  if (visit->certificate_sha256 == context.target.certificate.sha256) return {};
  return Error{Code::kInternal,
               "port " + std::to_string(port) + " shows another certificate than the settings'"};
}

Result<bool> IsVerified(EngineContext& context) {
  TRY_LET(const LastKnownGood wanted, Wanted(context));
  const auto ledger = LoadLedger(context.system.files);
  if (!ledger.ok() && ledger.error().code == Code::kNotFound) return false;
  if (!ledger.ok()) return ledger.error();
  if (ledger->last_known_good != wanted) return false;
  return !context.target.endpoint || ProbePort(context).ok();
}

// With the server's own pair, where that may act as a client: the whole way to an answer of the API.
Result<std::string> PingThroughPort(EngineContext& context) {
  if (!context.target.certificate.may_be_client) {
    return std::string(
        "an answer to a client with a certificate is not provable here, since the server's own pair "
        "may not act as a client");
  }
  const EngineEndpoint& endpoint = *context.target.endpoint;
  TRY(context.system.endpoint.PingWithClientCert(
      endpoint.port, endpoint.tls_folder + "/" + std::string(kCertificateFile),
      endpoint.tls_folder + "/" + std::string(kKeyFile), kProbeBudget));
  return std::string("a client with a certificate gets its answer");
}

Result<std::string> VerifyPort(EngineContext& context) {
  TRY(RetryWhileBusy(context.system.clock, kVerifyBudget, std::chrono::milliseconds(200),
                     [&] { return ProbePort(context); }));
  TRY_LET(const std::string pinged, PingThroughPort(context));
  return "port " + std::to_string(context.target.endpoint->port) +
         " shows the settings' certificate; a client without a certificate is refused; " + pinged;
}

Result<std::string> Verify(EngineContext& context) {
  std::string sentence = "no TCP port is open";
  if (context.target.endpoint) {
    TRY_LET(sentence, VerifyPort(context).Context("proving the TLS endpoint"));
  }
  TRY_LET(const LastKnownGood good, Wanted(context));
  TRY(AmendLedger(context.system.files, [&](Ledger& ledger) { ledger.last_known_good = good; }));
  return sentence;
}

}  // namespace

Step VerifyEndpoint(EngineContext& context) {
  return {.name = "endpoint",
          .done = [&context] { return IsVerified(context); },
          .apply = [&context] { return Verify(context); },
          .undo = {}};
}

}  // namespace dockerext
