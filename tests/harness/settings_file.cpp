// SPDX-License-Identifier: MIT
#include "tests/harness/settings_file.hpp"

#include <sys/stat.h>

#include <utility>

#include "handler/base/text.hpp"
#include "tests/harness/files.hpp"

namespace dockerext::harness {
namespace {

constexpr std::string_view kSuffix = ".settings";

struct SettingsText {
  std::uint64_t sequence = 0;
  std::string text;
};

std::optional<std::uint64_t> SequenceOf(std::string_view name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  return ParseUnsigned(name.substr(0, name.size() - kSuffix.size()));
}

std::pair<std::int64_t, std::int64_t> ModifiedAt(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return {0, 0};
  return {found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
}

struct SettingsPlace {
  std::pair<std::int64_t, std::int64_t> time;
  std::uint64_t sequence = 0;
  std::string path;
};

// The newest one in one version's folder, if it is newer than `last`.
void LookIn(const Layout& layout, std::optional<SettingsPlace>& last) {
  for (const std::string& name : NamesIn(layout.Config())) {
    const auto sequence = SequenceOf(name);
    if (!sequence) continue;
    const std::string path = layout.SettingsFile(*sequence);
    const auto time = ModifiedAt(path);
    if (last && std::pair(time, *sequence) < std::pair(last->time, last->sequence)) continue;
    last = SettingsPlace{time, *sequence, path};
  }
}

// An update that failed leaves two versions, and the goal state's settings in the newer one's folder.
std::optional<SettingsPlace> FindLast(const Layout& layout) {
  std::optional<SettingsPlace> last;
  for (const HandlerId& id : HandlersIn(layout.lib())) {
    if (id.name == layout.id().name) LookIn(Layout(layout.lib(), "", id), last);
  }
  return last;
}

Result<std::optional<SettingsText>> ReadLast(const Layout& layout) {
  const auto place = FindLast(layout);
  if (!place) return std::optional<SettingsText>();
  TRY_LET(std::string text, ReadFile(place->path));
  return std::optional(SettingsText{place->sequence, std::move(text)});
}

// runtimeSettings[0].handlerSettings of a settings file; null when it has none.
Json HandlerSettings(const std::string& text) {
  const Json::json_pointer where("/runtimeSettings/0/handlerSettings");
  const auto json = ParseJson(text);
  return json && json->contains(where) ? json->at(where) : Json();
}

std::string TextAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// A fresh envelope never equals an old one, so the plaintexts are compared.
bool SameSecret(const Layout& layout, const Json& handler, const Secret& wanted) {
  const std::string envelope = TextAt(handler, "protectedSettings");
  if (envelope.empty() || wanted.empty()) return envelope.empty() && wanted.empty();
  const auto tenant = LoadTenantKey(layout.lib(), TextAt(handler, "protectedSettingsCertThumbprint"));
  if (!tenant.ok()) return false;
  const auto plaintext = Unseal(envelope, *tenant);
  return plaintext.ok() && plaintext->Reveal() == wanted.Reveal();
}

bool SameSettings(const Layout& layout, const SettingsText& last, const Settings& wanted) {
  const Json handler = HandlerSettings(last.text);
  return handler.is_object() && handler.value("publicSettings", Json()) == wanted.public_settings &&
         SameSecret(layout, handler, wanted.protected_settings);
}

Result<std::string> RenderGiven(const Layout& layout, const Settings& settings) {
  if (settings.protected_settings.empty()) return RenderSettings(settings.public_settings, std::nullopt);
  TRY_LET(const TenantKey tenant, FindOrMakeTenantKey(layout.lib()));
  TRY_LET(std::string envelope, Seal(tenant.certificate.get(), settings.protected_settings, settings.cipher));
  return RenderSettings(settings.public_settings, Sealed{std::move(envelope), tenant.thumbprint});
}

Result<SettingsText> Choose(const Layout& layout, const Settings& settings) {
  if (settings.kind == Settings::Kind::kNone) return SettingsText{};
  TRY_LET(std::optional<SettingsText> last, ReadLast(layout));
  const bool repeats = settings.kind == Settings::Kind::kRepeat;
  const bool given = settings.kind == Settings::Kind::kGiven;
  if (last && (repeats || (given && SameSettings(layout, *last, settings)))) return *std::move(last);
  if (repeats) return Error{Code::kInvalidSettings, "no settings were delivered yet that could be repeated"};
  TRY_LET(std::string text, RenderGiven(layout, settings));
  return SettingsText{last ? last->sequence + 1 : 0, std::move(text)};
}

}  // namespace

std::string RenderSettings(const Json& public_settings, const std::optional<Sealed>& protected_settings) {
  Json handler = {{"publicSettings", public_settings},
                  {"protectedSettings", nullptr},
                  {"protectedSettingsCertThumbprint", nullptr}};
  if (protected_settings) {
    handler["protectedSettings"] = protected_settings->envelope;
    handler["protectedSettingsCertThumbprint"] = protected_settings->thumbprint;
  }
  Json first = Json::object();
  first["handlerSettings"] = std::move(handler);
  Json all = Json::object();
  all["runtimeSettings"] = Json::array({std::move(first)});
  return DumpAsPython(all);
}

std::optional<std::uint64_t> LastSequence(const Layout& layout) {
  const auto last = FindLast(layout);
  return last ? std::optional(last->sequence) : std::nullopt;
}

Result<Delivery> DeliverSettings(const Layout& layout, const Settings& settings) {
  TRY_LET(const SettingsText chosen, Choose(layout, settings));
  TRY(WriteFile(layout.SettingsFile(chosen.sequence), chosen.text));
  return Delivery{chosen.sequence, !chosen.text.empty()};
}

}  // namespace dockerext::harness
