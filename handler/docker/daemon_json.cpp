// SPDX-License-Identifier: MIT
#include "handler/docker/daemon_json.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

using nlohmann::ordered_json;

constexpr const char* kLiveRestore = "live-restore";

// The key of an option that may be repeated is its plural; every other key is the option's name.
constexpr auto kKeysOfOptions = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"add-runtime", ""},
    {"authorization-plugin", "authorization-plugins"},
    {"cdi-spec-dir", "cdi-spec-dirs"},
    {"default-address-pool", "default-address-pools"},
    {"default-network-opt", "default-network-opts"},
    {"default-ulimit", "default-ulimits"},
    {"dns-opt", "dns-opts"},
    {"exec-opt", "exec-opts"},
    {"feature", "features"},
    {"host", "hosts"},
    {"insecure-registry", "insecure-registries"},
    {"label", "labels"},
    {"log-opt", "log-opts"},
    {"node-generic-resource", "node-generic-resources"},
    {"registry-mirror", "registry-mirrors"},
    {"storage-opt", "storage-opts"},
});

Error Invalid(const std::string& what) {
  return Error{Code::kInvalidSettings,
               Quoted(kDaemonJsonPath) + " " + what + ", so dockerd would not start; fix or remove it"};
}

// dockerd ignores a byte order mark, and treats white space and null as an empty object.
Result<ordered_json> Parse(std::string_view text) {
  if (Trim(text).empty()) return ordered_json::object();
  ordered_json document = ordered_json::parse(text, nullptr, false);
  if (document.is_discarded()) return Invalid("is not valid JSON");
  if (document.is_null()) return ordered_json::object();
  if (!document.is_object()) return Invalid("is not a JSON object");
  return document;
}

// Objects that are the value of one option; dockerd reads the keys of every other object as options.
constexpr auto kMaps = std::to_array<std::string_view>(
    {"builder", "default-network-opts", "default-ulimits", "features", "log-opts", "runtimes"});

std::vector<std::string> KeysOf(const ordered_json& document) {
  std::vector<std::string> keys;
  for (const auto& item : document.items()) {
    keys.push_back(item.key());
    const bool is_map = std::find(kMaps.begin(), kMaps.end(), item.key()) != kMaps.end();
    if (is_map || !item.value().is_object()) continue;
    for (const auto& inner : item.value().items()) keys.push_back(inner.key());
  }
  return keys;
}

std::vector<std::string> Strings(const ordered_json& document, const char* key) {
  std::vector<std::string> strings;
  const auto found = document.find(key);
  if (found == document.end() || !found->is_array()) return strings;
  for (const ordered_json& element : *found) {
    if (element.is_string()) strings.push_back(element.get<std::string>());
  }
  return strings;
}

}  // namespace

Result<DaemonJson> ReadDaemonJson(std::string_view text) {
  TRY_LET(const ordered_json document, Parse(text));
  DaemonJson read;
  read.keys = KeysOf(document);
  read.authorization_plugins = Strings(document, "authorization-plugins");
  const auto found = document.find(kLiveRestore);
  if (found == document.end()) return read;
  if (!found->is_boolean()) return Invalid("has a live-restore that is neither true nor false");
  read.live_restore = found->get<bool>();
  return read;
}

std::string WithLiveRestore(std::string_view text, bool value) {
  auto parsed = Parse(text);
  ordered_json document = parsed.ok() ? *std::move(parsed) : ordered_json::object();
  const std::string entry = std::string("\"") + kLiveRestore + "\": " + (value ? "true" : "false");
  if (document.empty()) return "{\n    " + entry + "\n}\n";
  if (document.contains(kLiveRestore)) {
    document[kLiveRestore] = value;
    return document.dump(4) + "\n";
  }
  const auto brace = text.find('{');
  return std::string(text.substr(0, brace + 1)) + "\n    " + entry + "," +
         std::string(text.substr(brace + 1));
}

std::string WithoutLiveRestore(std::string_view text) {
  auto parsed = Parse(text);
  if (!parsed.ok() || !parsed->contains(kLiveRestore)) return std::string(text);
  parsed->erase(kLiveRestore);
  return parsed->dump(4) + "\n";
}

std::string KeyOfOption(std::string_view option) {
  std::string_view name = option.substr(0, option.find('='));
  name.remove_prefix(std::min<std::size_t>(name.size(), name.find_first_not_of('-')));
  for (const auto& [flag, key] : kKeysOfOptions) {
    if (flag == name) return std::string(key);
  }
  return std::string(name);
}

}  // namespace dockerext
