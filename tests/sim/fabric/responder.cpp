// SPDX-License-Identifier: MIT
#include "tests/sim/fabric/responder.hpp"

#include "handler/base/text.hpp"
#include "tests/sim/contract/envelope.hpp"
#include "tests/sim/contract/files.hpp"
#include "tests/sim/contract/package.hpp"
#include "tests/sim/fabric/documents.hpp"
#include "tests/sim/fabric/transport.hpp"

namespace dockerext::fabric {
namespace {

const Answer kNotFound{404};

constexpr std::string_view kPackages = "/packages/";

// Enough for the agent's telemetry to name the VM.
constexpr std::string_view kInstance =
    R"({"location": "guest", "name": "guest", "offer": "guest", "publisher": "guest", "sku": "guest",
  "subscriptionId": "6b4a8a1c-7f30-4a2e-9c1d-000000000005", "resourceGroupName": "guest", "version": "1",
  "vmId": "6b4a8a1c-7f30-4a2e-9c1d-000000000002", "vmSize": "guest"})";

// The host plugin's envelope around a blob.
Result<Json> Unwrapped(const std::string& body) {
  const auto envelope = contract::ParseJson(body);
  const Json content = envelope && envelope->is_object() ? envelope->value("content", Json()) : Json();
  const auto text = content.is_string() ? DecodeBase64(content.get<std::string>()) : std::nullopt;
  auto blob = text ? contract::ParseJson(*text) : std::nullopt;
  if (!blob) return Error{Code::kInternal, "an upload to the host plugin is not a blob in an envelope"};
  return *std::move(blob);
}

}  // namespace

Answer Responder::Respond(const HttpRequest& request) {
  const auto fault = store_.TakeFault(request.path);
  if (fault.ok() && *fault) return {**fault};
  Result<Answer> answer = Find(request);
  if (answer.ok()) return *std::move(answer);
  return {500, answer.error().message + "\n"};
}

Result<Answer> Responder::Find(const HttpRequest& request) {
  if (request.method == "GET") return Get(request);
  if (request.method == "PUT") return Put(request);
  if (request.method == "POST") return Post(request);
  return Answer{405};
}

// "/vmSettings" is absent on purpose: without it the agent takes everything from the wire server.
Result<Answer> Responder::Get(const HttpRequest& request) {
  const std::string& path = request.path;
  if (path == "/?comp=versions") return Answer{200, VersionsDocument()};
  if (path == "/hostingEnvironmentConfig") return Answer{200, HostingEnvironmentDocument()};
  if (path == "/sharedConfig") return Answer{200, SharedConfigDocument()};
  if (path == "/certificates") return GetCertificates(request);
  if (path.starts_with(kPackages)) return GetPackage(path.substr(kPackages.size()));
  if (path == "/versions") return Answer{200, R"(["2015-09-01"])"};
  if (path == "/health") return Answer{};
  if (path.starts_with("/metadata/instance/compute")) return Answer{200, std::string(kInstance)};
  return GetConfig(request);
}

Result<Answer> Responder::GetConfig(const HttpRequest& request) {
  TRY_LET(const GoalState state, store_.Load());
  if (request.path == "/machine/?comp=goalstate") return Answer{200, GoalStateDocument(state)};
  if (request.path != "/extensionsConfig") return kNotFound;
  fetched_ = state.incarnation;
  return Answer{200, ExtensionsConfigDocument(state)};
}

Result<Answer> Responder::GetPackage(std::string_view name) const {
  constexpr std::string_view kList = ".xml";
  TRY_LET(const GoalState state, store_.Load());
  if (name.ends_with(kList)) {
    return Answer{200, PackagesDocument(state, name.substr(0, name.size() - kList.size()))};
  }
  for (const HandlerId& id : state.packages) {
    if (name != contract::PackageFileName(id)) continue;
    TRY_LET(std::string bytes, contract::ReadFile(store_.PackageFile(id)));
    return Answer{200, std::move(bytes)};
  }
  return kNotFound;
}

Result<Answer> Responder::GetCertificates(const HttpRequest& request) const {
  TRY_LET(const contract::TenantKey tenant, store_.Tenant());
  TRY_LET(const std::string data, SealForAgent(tenant, request.header("x-ms-guest-agent-public-x509-cert"),
                                               request.header("x-ms-cipher-name")));
  return Answer{200, CertificatesDocument(data)};
}

// The status comes by the host plugin, or straight to the blob where that fails.
Result<Answer> Responder::Put(const HttpRequest& request) const {
  if (request.path == "/status") {
    TRY_LET(const Json blob, Unwrapped(request.body));
    TRY(store_.KeepUpload(blob, fetched_));
    return Answer{};
  }
  if (request.path.starts_with("/blob/status")) {
    const auto blob = contract::ParseJson(request.body);
    if (!blob) return Answer{400};
    TRY(store_.KeepUpload(*blob, fetched_));
    return Answer{201};
  }
  return request.path == "/vmAgentLog" ? Answer{} : kNotFound;
}

Result<Answer> Responder::Post(const HttpRequest& request) const {
  if (request.path == "/machine?comp=telemetrydata" || request.path == "/machine/?comp=telemetrydata") {
    TRY(store_.KeepTelemetry(request.body));
  }
  return Answer{};  // health and role properties are only taken note of
}

}  // namespace dockerext::fabric
