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

const HttpResponse kNotFound{404};

constexpr std::string_view kPackages = "/packages/";

// The instance metadata that the agent's telemetry needs.
constexpr std::string_view kInstance =
    R"({"location": "guest", "name": "guest", "offer": "guest", "publisher": "guest", "sku": "guest",
  "subscriptionId": "6b4a8a1c-7f30-4a2e-9c1d-000000000005", "resourceGroupName": "guest", "version": "1",
  "vmId": "6b4a8a1c-7f30-4a2e-9c1d-000000000002", "vmSize": "guest"})";

// The blob in an upload to the host plugin.
Result<Json> UnwrapBlob(const std::string& body) {
  const auto envelope = contract::ParseJson(body);
  const Json content = envelope && envelope->is_object() ? envelope->value("content", Json()) : Json();
  const auto text = content.is_string() ? DecodeBase64(content.get<std::string>()) : std::nullopt;
  auto blob = text ? contract::ParseJson(*text) : std::nullopt;
  if (!blob) return Error{Code::kInternal, "the upload to the host plugin is not a JSON blob in an envelope"};
  return *std::move(blob);
}

}  // namespace

HttpResponse Responder::Respond(const HttpRequest& request) {
  const auto fault = store_.ConsumeFault(request.path);
  if (fault.ok() && *fault) return {**fault};
  Result<HttpResponse> response = Find(request);
  if (response.ok()) return *std::move(response);
  return {500, response.error().Message() + "\n"};
}

Result<HttpResponse> Responder::Find(const HttpRequest& request) {
  if (request.method == "GET") return Get(request);
  if (request.method == "PUT") return Put(request);
  if (request.method == "POST") return Post(request);
  return HttpResponse{405};
}

// "/vmSettings" is missing on purpose: without it the agent uses only the wire server.
Result<HttpResponse> Responder::Get(const HttpRequest& request) {
  const std::string& path = request.path;
  if (path == "/?comp=versions") return HttpResponse{200, VersionsDocument()};
  if (path == "/hostingEnvironmentConfig") return HttpResponse{200, HostingEnvironmentDocument()};
  if (path == "/sharedConfig") return HttpResponse{200, SharedConfigDocument()};
  if (path == "/certificates") return GetCertificates(request);
  if (path.starts_with(kPackages)) return GetPackage(path.substr(kPackages.size()));
  if (path == "/versions") return HttpResponse{200, R"(["2015-09-01"])"};
  if (path == "/health") return HttpResponse{};
  if (path.starts_with("/metadata/instance/compute")) return HttpResponse{200, std::string(kInstance)};
  return GetConfig(request);
}

Result<HttpResponse> Responder::GetConfig(const HttpRequest& request) {
  TRY_LET(const GoalState state, store_.Load());
  if (request.path == "/machine/?comp=goalstate") return HttpResponse{200, GoalStateDocument(state)};
  if (request.path != "/extensionsConfig") return kNotFound;
  fetched_ = state.incarnation;
  return HttpResponse{200, ExtensionsConfigDocument(state)};
}

Result<HttpResponse> Responder::GetPackage(std::string_view name) const {
  constexpr std::string_view kList = ".xml";
  TRY_LET(const GoalState state, store_.Load());
  if (name.ends_with(kList)) {
    return HttpResponse{200, PackagesDocument(state, name.substr(0, name.size() - kList.size()))};
  }
  for (const HandlerId& id : state.packages) {
    if (name != contract::PackageFileName(id)) continue;
    TRY_LET(std::string bytes, contract::ReadFile(store_.PackageFile(id)));
    return HttpResponse{200, std::move(bytes)};
  }
  return kNotFound;
}

Result<HttpResponse> Responder::GetCertificates(const HttpRequest& request) const {
  TRY_LET(const contract::TenantKey tenant, store_.Tenant());
  TRY_LET(const std::string data, SealForAgent(tenant, request.header("x-ms-guest-agent-public-x509-cert"),
                                               request.header("x-ms-cipher-name")));
  return HttpResponse{200, CertificatesDocument(data)};
}

// The agent uploads the status to the host plugin, or directly to the blob when that fails.
Result<HttpResponse> Responder::Put(const HttpRequest& request) const {
  if (request.path == "/status") {
    TRY_LET(const Json blob, UnwrapBlob(request.body));
    TRY(store_.SaveUpload(blob, fetched_));
    return HttpResponse{};
  }
  if (request.path.starts_with("/blob/status")) {
    const auto blob = contract::ParseJson(request.body);
    if (!blob) return HttpResponse{400};
    TRY(store_.SaveUpload(*blob, fetched_));
    return HttpResponse{201};
  }
  return request.path == "/vmAgentLog" ? HttpResponse{} : kNotFound;
}

Result<HttpResponse> Responder::Post(const HttpRequest& request) const {
  if (request.path == "/machine?comp=telemetrydata" || request.path == "/machine/?comp=telemetrydata") {
    TRY(store_.AppendTelemetry(request.body));
  }
  return HttpResponse{};  // health and role properties are accepted and ignored
}

}  // namespace dockerext::fabric
