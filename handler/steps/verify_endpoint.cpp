// SPDX-License-Identifier: MIT
#include "handler/base/retry.hpp"
#include "handler/base/text.hpp"
#include "handler/engine/decisions.hpp"
#include "handler/errors/engine.hpp"
#include "handler/state/ledger.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kProbeBudget{5};
constexpr std::chrono::seconds kVerifyBudget{30};

// What becomes the last known good configuration: the drop-in that was rendered, not what is in the file by
// now.
LastKnownGood TargetConfiguration(const EngineContext& context) {
  return {.drop_in = WantedDropIn(context.target, context.observed),
          .engine_ran = true,
          .live_restore = context.observed.ledger.live_restore.has_value(),
          .verified = true};
}

Status ProbePort(EngineContext& context) {
  const std::uint16_t port = context.target.endpoint->port;
  auto probed = context.system.endpoint.ProbeAnonymously(port, kProbeBudget);
  if (!probed.ok()) return probed.error().As(Code::kBusy);
  if (!probed->refused) return MakeError<errors::kStrangerAnswered>(std::to_string(port));
  if (probed->certificate_sha256 == context.target.certificate.sha256) return {};
  return MakeError<errors::kOtherCertificate>(std::to_string(port));
}

Result<bool> IsVerified(EngineContext& context) {
  const Observation& observed = context.observed;
  if (observed.ledger_error) return *observed.ledger_error;
  if (observed.ledger.last_known_good != TargetConfiguration(context)) return false;
  return !context.target.endpoint || ProbePort(context).ok();
}

// A full API request with the server's own pair, if its certificate allows client authentication.
Result<std::string> PingThroughPort(EngineContext& context) {
  if (!context.target.certificate.may_be_client) {
    return std::string(
        "an answer to a client with a certificate cannot be verified here, since the server's own pair may "
        "not act as a client");
  }
  const EngineEndpoint& endpoint = *context.target.endpoint;
  TRY(context.system.endpoint.PingWithClientCert(
      endpoint.port, endpoint.tls_folder + "/" + std::string(kCertificateFile),
      endpoint.tls_folder + "/" + std::string(kKeyFile), kProbeBudget));
  return std::string("a client with a certificate is answered");
}

Result<std::string> VerifyPort(EngineContext& context) {
  TRY(RetryWhileBusy(context.system.clock, kVerifyBudget, std::chrono::milliseconds(200),
                     [&] { return ProbePort(context); }));
  TRY_LET(const std::string pinged, PingThroughPort(context));
  return "port " + std::to_string(context.target.endpoint->port) +
         " presents the settings' certificate; a client without a certificate is rejected; " + pinged;
}

Result<std::string> Verify(EngineContext& context) {
  std::string summary = "the extension opens no TCP port";
  if (context.target.endpoint) {
    TRY_LET(summary, VerifyPort(context).Context("verifying the TLS endpoint"));
  }
  // Again, of the engine as it runs now: an option that the extension does not know may have opened a port.
  TRY(FindConflicts(context));
  if (!HasDropIn(context.target, context.observed)) return MakeError<errors::kDropInChanged>(DropInPath());
  TRY(AmendLedger(context.system.files,
                  [&](Ledger& ledger) { ledger.last_known_good = TargetConfiguration(context); }));
  return summary;
}

}  // namespace

Step VerifyEndpoint(EngineContext& context) {
  return {.name = "endpoint",
          .done = [&context] { return IsVerified(context); },
          .apply = [&context] { return Verify(context); }};
}

}  // namespace dockerext
