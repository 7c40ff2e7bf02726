// SPDX-License-Identifier: MIT
#include "handler/agent/environment.hpp"

#include <nlohmann/json.hpp>

#include "handler/base/retry.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/agent_files.hpp"
#include "handler/json/parse.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

Result<std::string> Folder(const json& section, const char* key, const std::string& path) {
  const auto found = section.find(key);
  if (found != section.end() && found->is_string() && found->get_ref<const std::string&>().starts_with('/')) {
    return found->get<std::string>();
  }
  return MakeError<errors::kEnvironmentIncomplete>(Quoted(path), key);
}

Result<HandlerEnvironment> Parse(const std::string& text, const std::string& path) {
  const auto parsed = ParseJson(text);
  if (!parsed.ok()) {
    // The agent may be writing it at this moment.
    return MakeError<errors::kEnvironmentUnreadable>(Quoted(path), parsed.error().what).As(Code::kBusy);
  }
  const json& document = *parsed;
  const json& first = document.is_array() && !document.empty() ? document.front() : document;
  const auto section = first.is_object() ? first.find("handlerEnvironment") : first.end();
  if (section == first.end() || !section->is_object()) {
    return MakeError<errors::kEnvironmentUnreadable>(Quoted(path), "has no object handlerEnvironment");
  }
  HandlerEnvironment environment;
  TRY_LET(environment.log_folder, Folder(*section, "logFolder", path));
  TRY_LET(environment.config_folder, Folder(*section, "configFolder", path));
  TRY_LET(environment.status_folder, Folder(*section, "statusFolder", path));
  environment.events_folder =
      Folder(*section, "eventsFolder", path).ok() ? section->at("eventsFolder") : json("");
  return environment;
}

}  // namespace

Result<HandlerEnvironment> LoadEnvironment(Files& files, Clock& clock, const std::string& extension_folder) {
  const std::string path = extension_folder + "/HandlerEnvironment.json";
  auto environment = RetryWhileBusy(clock, std::chrono::seconds(1), std::chrono::milliseconds(100),
                                    [&]() -> Result<HandlerEnvironment> {
                                      TRY_LET(const std::string text, files.Read(path));
                                      return Parse(text, path);
                                    });
  if (environment.ok()) return environment;
  if (environment.error().code == Code::kNotFound) return MakeError<errors::kNoEnvironment>(Quoted(path));
  return environment.error().As(Code::kInvalidSettings);
}

HandlerEnvironment UsualEnvironment(const std::string& extension_folder) {
  HandlerEnvironment environment;
  environment.config_folder = extension_folder + "/config";
  environment.status_folder = extension_folder + "/status";
  return environment;
}

}  // namespace dockerext
