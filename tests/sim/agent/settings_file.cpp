// SPDX-License-Identifier: MIT
#include "tests/sim/agent/settings_file.hpp"

#include <sys/stat.h>

#include <utility>

#include "handler/base/text.hpp"
#include "tests/sim/contract/files.hpp"
#include "tests/sim/contract/settings_document.hpp"

namespace dockerext::agent_simulator {
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

struct SettingsFileEntry {
  std::pair<std::int64_t, std::int64_t> time;
  std::uint64_t sequence = 0;
  std::string path;
};

// Sets `last` to the newest one in this version's folder, if that is newer.
void FindNewestIn(const contract::Layout& layout, std::optional<SettingsFileEntry>& last) {
  for (const std::string& name : contract::NamesIn(layout.Config())) {
    const auto sequence = SequenceOf(name);
    if (!sequence) continue;
    const std::string path = layout.SettingsFile(*sequence);
    const auto time = ModifiedAt(path);
    if (last && std::pair(time, *sequence) < std::pair(last->time, last->sequence)) continue;
    last = SettingsFileEntry{time, *sequence, path};
  }
}

// A failed update leaves two versions, with the goal state's settings in the folder of the newer one.
std::optional<SettingsFileEntry> FindLast(const contract::Layout& layout) {
  std::optional<SettingsFileEntry> last;
  for (const contract::HandlerId& id : contract::HandlersIn(layout.lib())) {
    if (id.name == layout.id().name) FindNewestIn(contract::Layout(layout.lib(), "", id), last);
  }
  return last;
}

Result<std::optional<SettingsText>> ReadLast(const contract::Layout& layout) {
  const auto newest = FindLast(layout);
  if (!newest) return std::optional<SettingsText>();
  TRY_LET(std::string text, contract::ReadFile(newest->path));
  return std::optional(SettingsText{newest->sequence, std::move(text)});
}

// Compares the plaintexts: two envelopes of the same text differ.
bool SameSecret(const contract::Layout& layout, const std::optional<contract::Sealed>& last,
                const Secret& wanted) {
  if (!last || wanted.empty()) return !last && wanted.empty();
  const auto tenant = contract::LoadTenantKey(layout.lib(), last->thumbprint);
  if (!tenant.ok()) return false;
  const auto plaintext = contract::Unseal(last->envelope, *tenant);
  return plaintext.ok() && plaintext->Reveal() == wanted.Reveal();
}

bool SameSettings(const contract::Layout& layout, const SettingsText& last, const Settings& wanted) {
  const auto document = contract::ParseSettings(last.text);
  return document && document->public_settings == wanted.public_settings &&
         SameSecret(layout, document->protected_settings, wanted.protected_settings);
}

Result<std::string> RenderGiven(const contract::Layout& layout, const Settings& settings) {
  contract::SettingsDocument document{.public_settings = settings.public_settings};
  if (!settings.protected_settings.empty()) {
    TRY_LET(const contract::TenantKey tenant, contract::FindOrMakeTenantKey(layout.lib()));
    TRY_LET(document.protected_settings,
            contract::SealFor(tenant, settings.protected_settings, settings.cipher));
  }
  return contract::RenderSettings(document);
}

Result<SettingsText> ChooseSettings(const contract::Layout& layout, const Settings& settings) {
  if (settings.kind == Settings::Kind::kNone) return SettingsText{};
  TRY_LET(std::optional<SettingsText> last, ReadLast(layout));
  const bool repeats = settings.kind == Settings::Kind::kRepeat;
  const bool given = settings.kind == Settings::Kind::kGiven;
  if (last && (repeats || (given && SameSettings(layout, *last, settings)))) return *std::move(last);
  if (repeats)
    return Error{Code::kInvalidSettings, "no settings were delivered yet, so there are none to repeat"};
  TRY_LET(std::string text, RenderGiven(layout, settings));
  return SettingsText{last ? last->sequence + 1 : 0, std::move(text)};
}

}  // namespace

std::optional<std::uint64_t> LastSequence(const contract::Layout& layout) {
  const auto last = FindLast(layout);
  return last ? std::optional(last->sequence) : std::nullopt;
}

Result<DeliveredSettings> DeliverSettings(const contract::Layout& layout, const Settings& settings) {
  TRY_LET(const SettingsText chosen, ChooseSettings(layout, settings));
  TRY(contract::WriteFile(layout.SettingsFile(chosen.sequence), chosen.text));
  return DeliveredSettings{chosen.sequence, !chosen.text.empty()};
}

}  // namespace dockerext::agent_simulator
