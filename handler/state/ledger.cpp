// SPDX-License-Identifier: MIT
#include "handler/state/ledger.hpp"

#include <nlohmann/json.hpp>

#include "handler/base/text.hpp"
#include "handler/state/paths.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

// Raised only when an older version must not touch the file; additions do not raise it.
constexpr int kMajorVersion = 1;

Ledger FromJson(const json& document) {
  Ledger ledger;
  ledger.vm = document.value("vm", std::string());
  ledger.packages = document.value("packages", std::vector<std::string>());
  ledger.folders = document.value("folders", std::vector<std::string>());
  ledger.started_engine = document.value("startedEngine", false);
  ledger.enabled_engine = document.value("enabledEngine", false);
  ledger.uninstall_policy = document.value("uninstallPolicy", std::string("auto"));
  const auto proven = document.find("proven");
  if (proven != document.end() && proven->is_object()) {
    ledger.proven =
        ProvenConfiguration{proven->value("dropIn", std::string()), proven->value("tlsFolder", std::string()),
                            proven->value("port", std::uint16_t{0})};
  }
  const auto live_restore = document.find("liveRestore");
  if (live_restore != document.end() && live_restore->is_object()) {
    LiveRestoreRecord record;
    if (live_restore->contains("original")) record.original = live_restore->at("original").get<std::string>();
    record.mode = live_restore->value("mode", 0U);
    record.owner = live_restore->value("owner", 0U);
    record.group = live_restore->value("group", 0U);
    ledger.live_restore = record;
  }
  return ledger;
}

void Merge(json& document, const Ledger& ledger) {
  document["majorVersion"] = kMajorVersion;
  document["vm"] = ledger.vm;
  document["packages"] = ledger.packages;
  document["folders"] = ledger.folders;
  document["startedEngine"] = ledger.started_engine;
  document["enabledEngine"] = ledger.enabled_engine;
  document["uninstallPolicy"] = ledger.uninstall_policy;
  document.erase("proven");
  if (ledger.proven) {
    document["proven"] = {{"dropIn", ledger.proven->drop_in},
                          {"tlsFolder", ledger.proven->tls_folder},
                          {"port", ledger.proven->port}};
  }
  document.erase("liveRestore");
  if (ledger.live_restore) {
    json record = {{"mode", ledger.live_restore->mode},
                   {"owner", ledger.live_restore->owner},
                   {"group", ledger.live_restore->group}};
    if (ledger.live_restore->original) record["original"] = *ledger.live_restore->original;
    document["liveRestore"] = std::move(record);
  }
}

Result<json> LoadDocument(Files& files) {
  TRY_LET(const std::string text, files.Read(LedgerPath()));
  json document = json::parse(text, nullptr, false);
  if (!document.is_object())
    return Error{Code::kInternal, Quoted(LedgerPath()) + " is damaged; it was left alone"};
  const auto major = document.find("majorVersion");
  if (major == document.end() || *major != kMajorVersion) {
    return Error{Code::kInternal,
                 Quoted(LedgerPath()) +
                     " was written by a version of the extension that this one does not know; it "
                     "was left alone"};
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
    return Error{Code::kInternal, Quoted(LedgerPath()) + " is damaged; it was left alone"};
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

Status MakeOwnFolder(Files& files, const std::string& path) {
  if (Exists(files, path)) return {};
  TRY(AmendLedger(files, [&](Ledger& ledger) { ledger.folders.push_back(path); }));
  return files.MakeFolder(path, 0755_mode);
}

}  // namespace dockerext
