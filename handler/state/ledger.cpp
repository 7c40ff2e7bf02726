// SPDX-License-Identifier: MIT
#include "handler/state/ledger.hpp"

#include <nlohmann/json.hpp>

#include "handler/base/text.hpp"
#include "handler/state/paths.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

// Increased only when an older version must not change the file; new keys do not increase it.
constexpr int kMajorVersion = 1;

CachedPlan ReadCachedPlan(const json& section) {
  CachedPlan cached;
  cached.settings_sha256 = section.at("settingsSha256").get<std::string>();
  cached.version = section.at("version").get<std::string>();
  cached.valid_until = section.at("validUntil").get<std::int64_t>();
  cached.hash = section.at("hash").get<std::string>();
  cached.leave_engine_alone = section.at("leaveEngineAlone").get<bool>();
  cached.options = section.at("options").get<std::vector<std::string>>();
  cached.uninstall_policy = section.at("uninstallPolicy").get<std::string>();
  cached.port = section.at("port").get<std::uint16_t>();
  cached.tls_folder = section.at("tlsFolder").get<std::string>();
  cached.certificate_sha256 = section.at("certificateSha256").get<std::string>();
  cached.certificate_not_after = section.at("certificateNotAfter").get<std::int64_t>();
  cached.certificate_may_be_client = section.at("certificateMayBeClient").get<bool>();
  cached.warnings = section.at("warnings").get<std::vector<std::string>>();
  return cached;
}

json Write(const CachedPlan& cached) {
  return {{"settingsSha256", cached.settings_sha256},
          {"version", cached.version},
          {"validUntil", cached.valid_until},
          {"hash", cached.hash},
          {"leaveEngineAlone", cached.leave_engine_alone},
          {"options", cached.options},
          {"uninstallPolicy", cached.uninstall_policy},
          {"port", cached.port},
          {"tlsFolder", cached.tls_folder},
          {"certificateSha256", cached.certificate_sha256},
          {"certificateNotAfter", cached.certificate_not_after},
          {"certificateMayBeClient", cached.certificate_may_be_client},
          {"warnings", cached.warnings}};
}

LiveRestoreRecord ReadLiveRestore(const json& section) {
  LiveRestoreRecord record;
  if (section.contains("original")) record.original = section.at("original").get<std::string>();
  record.mode = section.value("mode", 0U);
  record.owner = section.value("owner", 0U);
  record.group = section.value("group", 0U);
  return record;
}

json Write(const LiveRestoreRecord& record) {
  json section = {{"mode", record.mode}, {"owner", record.owner}, {"group", record.group}};
  if (record.original) section["original"] = *record.original;
  return section;
}

LastKnownGood ReadLastKnownGood(const json& section) {
  return {section.value("dropIn", std::string()), section.value("tlsFolder", std::string()),
          section.value("port", std::uint16_t{0})};
}

json Write(const LastKnownGood& good) {
  return {{"dropIn", good.drop_in}, {"tlsFolder", good.tls_folder}, {"port", good.port}};
}

// Reads an optional section of the document; WriteSection writes it.
template <class Read>
auto ReadSection(const json& document, const char* key, Read read)
    -> std::optional<decltype(read(document))> {
  const auto found = document.find(key);
  if (found == document.end() || !found->is_object()) return std::nullopt;
  return read(*found);
}

template <class Section>
void WriteSection(json& document, const char* key, const std::optional<Section>& section) {
  document.erase(key);
  if (section) document[key] = Write(*section);
}

Ledger FromJson(const json& document) {
  Ledger ledger;
  ledger.vm = document.value("vm", std::string());
  ledger.packages = document.value("packages", std::vector<std::string>());
  ledger.installing = document.value("installing", false);
  ledger.folders = document.value("folders", std::vector<std::string>());
  ledger.started_engine = document.value("startedEngine", false);
  ledger.started_socket = document.value("startedSocket", false);
  ledger.enabled_engine = document.value("enabledEngine", false);
  ledger.uninstall_policy = document.value("uninstallPolicy", std::string("auto"));
  ledger.last_known_good = ReadSection(document, "lastKnownGood", ReadLastKnownGood);
  ledger.live_restore = ReadSection(document, "liveRestore", ReadLiveRestore);
  ledger.cached_plan = ReadSection(document, "cachedPlan", ReadCachedPlan);
  return ledger;
}

void Merge(json& document, const Ledger& ledger) {
  document["majorVersion"] = kMajorVersion;
  document["vm"] = ledger.vm;
  document["packages"] = ledger.packages;
  document["installing"] = ledger.installing;
  document["folders"] = ledger.folders;
  document["startedEngine"] = ledger.started_engine;
  document["startedSocket"] = ledger.started_socket;
  document["enabledEngine"] = ledger.enabled_engine;
  document["uninstallPolicy"] = ledger.uninstall_policy;
  WriteSection(document, "lastKnownGood", ledger.last_known_good);
  WriteSection(document, "liveRestore", ledger.live_restore);
  WriteSection(document, "cachedPlan", ledger.cached_plan);
}

Result<json> LoadDocument(Files& files) {
  TRY_LET(const std::string text, files.Read(LedgerPath()));
  json document = json::parse(text, nullptr, false);
  if (!document.is_object())
    return Error{Code::kInternal, Quoted(LedgerPath()) + " is damaged; it was left unchanged"};
  const auto major = document.find("majorVersion");
  if (major == document.end() || *major != kMajorVersion) {
    return Error{
        Code::kInternal,
        Quoted(LedgerPath()) +
            " has a majorVersion that this version of the extension does not support; it was left unchanged"};
  }
  return document;
}

}  // namespace

std::string LedgerPath() { return std::string(kStateFolder) + "/ledger.json"; }

Result<Ledger> LoadLedger(Files& files) {
  TRY_LET(const json document, LoadDocument(files));
  try {
    return FromJson(document);
  } catch (const json::exception&) {
    return Error{Code::kInternal, Quoted(LedgerPath()) + " is damaged; it was left unchanged"};
  }
}

Status SaveLedger(Files& files, const Ledger& ledger) {
  auto existing = LoadDocument(files);
  if (!existing.ok() && existing.error().code != Code::kNotFound) return std::move(existing).error();
  json document = existing.ok() ? *std::move(existing) : json::object();
  Merge(document, ledger);
  TRY(files.MakeFolder(std::string(kStateFolder), 0700_mode));
  return files.WriteAtomically(LedgerPath(), document.dump(2) + "\n", 0600_mode);
}

Status AmendLedger(Files& files, const std::function<void(Ledger&)>& change) {
  auto loaded = LoadLedger(files);
  if (!loaded.ok() && loaded.error().code != Code::kNotFound) return std::move(loaded).error();
  const bool is_new = !loaded.ok();
  Ledger ledger = is_new ? Ledger{} : *loaded;
  change(ledger);
  if (!is_new && ledger == *loaded) return {};
  return SaveLedger(files, ledger);
}

Status MakeRecordedFolder(Files& files, const std::string& path) {
  if (Exists(files, path)) return {};
  TRY(AmendLedger(files, [&](Ledger& ledger) {
    // A disable may have removed a folder that is already recorded.
    std::erase(ledger.folders, path);
    ledger.folders.push_back(path);
  }));
  return files.MakeFolder(path, 0755_mode);
}

}  // namespace dockerext
