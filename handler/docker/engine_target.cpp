// SPDX-License-Identifier: MIT
#include "handler/docker/engine_target.hpp"

#include <nlohmann/json.hpp>

namespace dockerext {
namespace {

using nlohmann::json;

EngineTarget FromJson(const json& document) {
  EngineTarget target;
  target.leave_engine_alone = document.at("leaveEngineAlone").get<bool>();
  for (const json& text : document.at("options"))
    target.options.push_back({text.get<std::string>(), std::string(kOptionsPath)});
  if (const json& endpoint = document.at("endpoint"); !endpoint.is_null()) {
    target.endpoint = {endpoint.at("port").get<std::uint16_t>(), endpoint.at("tlsFolder").get<std::string>()};
  }
  const json& certificate = document.at("certificate");
  target.certificate = {
      certificate.at("sha256").get<std::string>(),
      std::chrono::sys_seconds(std::chrono::seconds(certificate.at("notAfter").get<std::int64_t>())),
      certificate.at("mayBeClient").get<bool>()};
  target.client_authorities = document.at("clientAuthorities").get<std::uint64_t>();
  target.uninstall_policy =
      PolicyOf(document.at("uninstallPolicy").get<std::string>()).value_or(target.uninstall_policy);
  const json& source = document.at("source");
  target.source = {OriginOf(source.at("origin").get<std::string>()).value_or(EngineOrigin::kAuto),
                   source.at("version").get<std::string>(),
                   source.at("channel").get<std::string>(),
                   source.at("allowDowngrade").get<bool>(),
                   source.at("url").get<std::string>(),
                   source.at("key").get<std::string>()};
  return target;
}

}  // namespace

// The structured bindings name every field: one that is added does not compile until it is written here.
std::string Serialize(const EngineTarget& target) {
  const auto& [leave_engine_alone, options, endpoint, certificate, client_authorities, uninstall_policy,
               source] = target;
  const auto& [sha256, not_after, may_be_client] = certificate;
  const auto& [origin, version, channel, allow_downgrade, url, key] = source;
  json document = {{"leaveEngineAlone", leave_engine_alone},
                   {"options", TextsOf(options)},
                   {"endpoint", nullptr},
                   {"certificate",
                    {{"sha256", sha256},
                     {"notAfter", not_after.time_since_epoch().count()},
                     {"mayBeClient", may_be_client}}},
                   {"clientAuthorities", client_authorities},
                   {"uninstallPolicy", PolicyName(uninstall_policy)},
                   {"source",
                    {{"origin", OriginName(origin)},
                     {"version", version},
                     {"channel", channel},
                     {"allowDowngrade", allow_downgrade},
                     {"url", url},
                     {"key", key}}}};
  if (endpoint) {
    const auto& [port, tls_folder] = *endpoint;
    document["endpoint"] = {{"port", port}, {"tlsFolder", tls_folder}};
  }
  return document.dump();
}

std::optional<EngineTarget> ParseTarget(std::string_view text) {
  try {
    EngineTarget target = FromJson(json::parse(text));
    if (Serialize(target) == text) return target;
  } catch (const json::exception&) {
    // Written by another version, or damaged: the caller makes the plan again.
  }
  return std::nullopt;
}

}  // namespace dockerext
