// SPDX-License-Identifier: MIT
#include "handler/settings/engine_source.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "handler/base/text.hpp"
#include "handler/errors/engine_source.hpp"
#include "handler/settings/object_reader.hpp"
#include "handler/settings/openpgp_key.hpp"

namespace dockerext {
namespace {

constexpr auto kOrigins = std::to_array<std::pair<std::string_view, EngineOrigin>>({
    {"auto", EngineOrigin::kAuto},
    {"distribution", EngineOrigin::kDistribution},
    {"upstream", EngineOrigin::kUpstream},
    {"custom", EngineOrigin::kCustom},
});

struct Cloud {
  std::string_view name;   // as the Azure SDKs spell it
  std::string_view url;    // of upstream, from within this cloud
  bool has_mirror = true;  // or is the cloud that upstream itself serves
  std::string_view warning = {};
};

// The mirror is that of https://get.docker.com (--mirror AzureChinaCloud), which names no other.
constexpr auto kClouds = std::to_array<Cloud>({
    {"AzureCloud", kUpstreamUrl},
    {"AzurePublicCloud", kUpstreamUrl},
    {"AzureChinaCloud", "https://mirror.azure.cn/docker-ce/linux"},
    {"AzureUSGovernment", kUpstreamUrl, false},
    {"AzureUSGovernmentCloud", kUpstreamUrl, false},
    {"AzureGermanCloud", kUpstreamUrl, false,
     "names a cloud that was closed in 2021 and has no mirror of Docker's repository; the public one is "
     "used, "
     "unless publicSettings.docker.repository names another"},
});

constexpr std::string_view kNoMirror =
    "names a cloud that has no mirror of Docker's repository; the public one is used, unless "
    "publicSettings.docker.repository names another";

constexpr std::size_t kMaxVersion = 80;
constexpr std::size_t kMaxUrl = 1000;

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What versions of deb and rpm packages are made of; it starts with a digit, so it is never an option.
bool MayBeVersion(std::string_view text) {
  const auto is_allowed = [](char c) {
    return IsAlphanumeric(c) || std::string_view(".+~:-^_").find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= kMaxVersion && text[0] >= '0' && text[0] <= '9' &&
         std::ranges::all_of(text, is_allowed);
}

// Why it is no URL of a repository; empty when it is one. It is written to files whose fields end at a blank,
// and everybody who may read these can read it.
std::string FindUrlError(std::string_view url) {
  const auto starts = std::to_array<std::string_view>({"https://", "http://", "file:///"});
  const bool has_scheme =
      std::ranges::any_of(starts, [&](std::string_view start) { return url.starts_with(start); });
  const auto is_allowed = [](char c) {
    return IsAlphanumeric(c) || std::string_view("-._~:/[]@+,=%{}").find(c) != std::string_view::npos;
  };
  if (!has_scheme || url.size() > kMaxUrl || !std::ranges::all_of(url, is_allowed))
    return "must be a URL that begins with https://, http:// or file:///, without blanks, quotes or a query";
  const auto host = url.find("://") + 3;
  if (url.substr(host, url.find('/', host) - host).find('@') != std::string_view::npos) {
    return "holds a user name or a password, which is public now; change it, and let the mirror accept this "
           "VM without one";
  }
  return {};
}

std::string WithoutLastSlash(std::string url) {
  while (url.ends_with('/') && !url.ends_with("//")) url.pop_back();
  return url;
}

void ReadRepository(ObjectReader& docker, EngineSource& source) {
  const nlohmann::json* section = docker.Object("repository");
  if (section == nullptr) return;
  ObjectReader repository = docker.Section("repository", *section, {.names = {"url", "key"}});
  if (const std::string* url = repository.String("url")) {
    const std::string error = FindUrlError(*url);
    if (!error.empty()) repository.AddError<errors::kNotAUrl>("url", error);
    source.url = WithoutLastSlash(*url);
  }
  if (const std::string* key = repository.String("key")) {
    const std::string error = FindKeyError(*key);
    if (!error.empty()) repository.AddError<errors::kNotAKey>("key", error);
    source.key = std::string(Trim(*key)) + "\n";
  }
}

void CheckRepository(ObjectReader& docker, const EngineSource& source) {
  const bool is_custom = source.origin == EngineOrigin::kCustom;
  const bool uses_one = is_custom || source.origin == EngineOrigin::kUpstream;
  if (is_custom && (source.url.empty() || source.key.empty())) {
    docker.AddError<errors::kRepositoryIncomplete>("repository");
  }
  if (!uses_one && docker.Has("repository")) {
    docker.AddError<errors::kRepositoryUnused>("repository");
  }
}

void ReadOrigin(ObjectReader& docker, EngineSource& source) {
  const std::string* text = docker.String("source");
  if (text == nullptr) return;
  const auto origin = OriginOf(*text);
  if (!origin) docker.AddError<errors::kNotASource>("source", Shown(*text));
  source.origin = origin.value_or(source.origin);
}

void ReadVersion(ObjectReader& docker, EngineSource& source) {
  source.allow_downgrade = docker.Boolean("allowDowngrade").value_or(false);
  if (const std::string* version = docker.String("version")) {
    if (!MayBeVersion(*version)) docker.AddError<errors::kNotAVersion>("version", Shown(*version));
    source.version = *version;
  }
  if (const std::string* channel = docker.String("channel")) {
    if (*channel != "stable" && *channel != "test")
      docker.AddError<errors::kNotAChannel>("channel", Shown(*channel));
    source.channel = *channel;
  }
}

// Settings of 2015-2018 may have any value here, so none is an error.
std::string UrlOfCloud(ObjectReader& settings, const EngineSource& source) {
  constexpr const char* kKey = "azure-environment";
  const nlohmann::json* value = settings.Find(kKey);
  if (value == nullptr) return std::string(kUpstreamUrl);
  const std::string* name = value->get_ptr<const std::string*>();
  const auto cloud = std::ranges::find_if(
      kClouds, [&](const Cloud& known) { return name != nullptr && known.name == *name; });
  if (cloud == kClouds.end()) {
    settings.AddWarning(kKey,
                        "is no cloud that is known (AzureCloud, AzureChinaCloud, AzureUSGovernment), so "
                        "Docker's public repository is used where one is needed");
    return std::string(kUpstreamUrl);
  }
  // Where upstream is asked for, and no URL of the settings' own.
  const bool needs_mirror = source.origin == EngineOrigin::kUpstream && source.url.empty();
  if (!cloud->warning.empty())
    settings.AddWarning(kKey, std::string(cloud->warning));
  else if (needs_mirror && !cloud->has_mirror)
    settings.AddWarning(kKey, std::string(kNoMirror));
  return std::string(cloud->url);
}

std::string_view WithoutEpoch(std::string_view version) { return version.substr(version.find(':') + 1); }

bool IsSameUpToAnEnd(std::string_view version, std::string_view wanted) {
  if (!version.starts_with(wanted)) return false;
  return version.size() == wanted.size() || !IsAlphanumeric(version[wanted.size()]);
}

}  // namespace

std::string OriginName(EngineOrigin origin) {
  for (const auto& [name, known] : kOrigins) {
    if (known == origin) return std::string(name);
  }
  return "auto";
}

std::optional<EngineOrigin> OriginOf(std::string_view name) {
  for (const auto& [known, origin] : kOrigins) {
    if (known == name) return origin;
  }
  return std::nullopt;
}

std::string_view EngineVersionOf(std::string_view package_version) {
  const std::string_view version = WithoutEpoch(package_version);
  return version.substr(0, version.find_first_of("-+~_"));
}

bool IsVersion(std::string_view version, std::string_view wanted) {
  if (wanted.ends_with('.')) wanted.remove_suffix(1);  // "28." is "28"
  return wanted.empty() || IsSameUpToAnEnd(version, wanted) ||
         IsSameUpToAnEnd(WithoutEpoch(version), wanted) || IsSameUpToAnEnd(EngineVersionOf(version), wanted);
}

EngineSource ReadEngineSource(ObjectReader& settings, ObjectReader* docker) {
  EngineSource source;
  if (docker != nullptr) {
    ReadOrigin(*docker, source);
    ReadVersion(*docker, source);
    ReadRepository(*docker, source);
    CheckRepository(*docker, source);
  }
  const std::string upstream = UrlOfCloud(settings, source);
  if (source.url.empty()) source.url = upstream;
  return source;
}

}  // namespace dockerext
