// SPDX-License-Identifier: MIT
#include "handler/state/ledger.hpp"

#include <nlohmann/json.hpp>
#include <tuple>

#include "handler/base/text.hpp"
#include "handler/errors/engine.hpp"
#include "handler/state/paths.hpp"
#include "handler/state/vm_identity.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

// Increased only when an older version must not change the file; new keys do not increase it.
constexpr int kMajorVersion = 1;

constexpr const char* kVm = "vm";
constexpr const char* kLastKnownGood = "lastKnownGood";
constexpr const char* kCachedPlan = "cachedPlan";
constexpr const char* kTarget = "target";

// A member and its key. Reading and writing both go by the tables of these, so neither can forget one.
template <class Section, class Value>
struct Field {
  const char* key;
  Value Section::*member;
};
template <class Section, class Value>
Field(const char*, Value Section::*) -> Field<Section, Value>;

template <class Section>
constexpr std::tuple<> kFields{};
template <>
constexpr auto kFields<LastKnownGood> = std::tuple{
    Field{"dropIn", &LastKnownGood::drop_in},
    Field{"engineRan", &LastKnownGood::engine_ran},
    Field{"liveRestore", &LastKnownGood::live_restore},
    Field{"verified", &LastKnownGood::verified},
};
template <>
constexpr auto kFields<LiveRestoreRecord> = std::tuple{
    Field{"original", &LiveRestoreRecord::original}, Field{"mode", &LiveRestoreRecord::mode},
    Field{"owner", &LiveRestoreRecord::owner},       Field{"group", &LiveRestoreRecord::group},
    Field{"modified", &LiveRestoreRecord::modified}, Field{"path", &LiveRestoreRecord::path},
};
template <>
constexpr auto kFields<CachedPlan> = std::tuple{
    Field{"settingsSha256", &CachedPlan::settings_sha256},
    Field{"version", &CachedPlan::version},
    Field{"validFrom", &CachedPlan::valid_from},
    Field{"validUntil", &CachedPlan::valid_until},
    Field{kTarget, &CachedPlan::target},
    Field{"engineVersion", &CachedPlan::engine_version},
    Field{"warnings", &CachedPlan::warnings},
};
template <>
constexpr auto kFields<FirewallRule> = std::tuple{
    Field{"firewall", &FirewallRule::firewall},
    Field{"place", &FirewallRule::place},
    Field{"zone", &FirewallRule::zone},
    Field{"port", &FirewallRule::port},
};
template <>
constexpr auto kFields<RecordedFile> = std::tuple{
    Field{"path", &RecordedFile::path},
    Field{"text", &RecordedFile::text},
};
template <>
constexpr auto kFields<FormerRepository> = std::tuple{
    Field{"files", &FormerRepository::files},
};
template <>
constexpr auto kFields<Ledger> = std::tuple{
    Field{"packages", &Ledger::packages},
    Field{"unmarkedPackages", &Ledger::unmarked_packages},
    Field{"installing", &Ledger::installing},
    Field{"repositoryFiles", &Ledger::repository_files},
    Field{"repositoryKeys", &Ledger::repository_keys},
    Field{"formerRepository", &Ledger::former_repository},
    Field{"folders", &Ledger::folders},
    Field{"startedEngine", &Ledger::started_engine},
    Field{"startedSocket", &Ledger::started_socket},
    Field{"enabledEngine", &Ledger::enabled_engine},
    Field{"firewallRules", &Ledger::firewall_rules},
    Field{"uninstallPolicy", &Ledger::uninstall_policy},
    Field{"liveRestore", &Ledger::live_restore},
    Field{kLastKnownGood, &Ledger::last_known_good},
    Field{kCachedPlan, &Ledger::cached_plan},
};

template <class Value>
constexpr bool kIsSection = std::tuple_size_v<std::remove_const_t<decltype(kFields<Value>)>> != 0;

template <class Value>
bool Read(const json& from, Value& value);

// Whole or not at all.
template <class Section>
requires kIsSection<Section>
bool Read(const json& from, std::vector<Section>& values) {
  if (!from.is_array()) return false;
  std::vector<Section> read(from.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (!Read(from[i], read[i])) return false;
  }
  values = std::move(read);
  return true;
}

template <class Value>
bool ReadKey(const json& object, const char* key, Value& value) {
  const auto found = object.find(key);
  return found == object.end() || Read(*found, value);
}

template <class Value>
bool ReadKey(const json& object, const char* key, std::optional<Value>& value) {
  Value content{};
  const bool readable = ReadKey(object, key, content);
  if (readable && object.contains(key)) value = std::move(content);
  return readable;
}

// False when it is of another type, or a key of a section is; an absent key leaves the default.
template <class Value>
bool Read(const json& from, Value& value) {
  if constexpr (kIsSection<Value>) {
    if (!from.is_object()) return false;
    return std::apply(
        [&](const auto&... field) { return (ReadKey(from, field.key, value.*field.member) & ...); },
        kFields<Value>);
  } else {
    try {
      from.get_to(value);
      return true;
    } catch (const json::exception&) {
      return false;
    }
  }
}

template <class Value>
json ToJson(const Value& value);

template <class Section>
requires kIsSection<Section> json ToJson(const std::vector<Section>& values) {
  json array = json::array();
  for (const Section& value : values) array.push_back(ToJson(value));
  return array;
}

template <class Value>
void WriteKey(json& object, const char* key, const Value& value) {
  object[key] = ToJson(value);
}

template <class Value>
void WriteKey(json& object, const char* key, const std::optional<Value>& value) {
  if (value) object[key] = ToJson(*value);
}

template <class Value>
json ToJson(const Value& value) {
  if constexpr (kIsSection<Value>) {
    json object = json::object();
    std::apply([&](const auto&... field) { (WriteKey(object, field.key, value.*field.member), ...); },
               kFields<Value>);
    return object;
  } else {
    return json(value);
  }
}

// The cached target is JSON itself. It stands in the ledger as an object, unless that would change its text.
json WithNestedTarget(json document) {
  const auto plan = document.find(kCachedPlan);
  if (plan == document.end()) return document;
  const std::string text = plan->at(kTarget).get<std::string>();
  json target = json::parse(text, nullptr, false);
  if (target.is_object() && target.dump() == text) (*plan)[kTarget] = std::move(target);
  return document;
}

json WithTargetAsText(json document) {
  const auto plan = document.find(kCachedPlan);
  if (plan == document.end() || !plan->is_object()) return document;
  const auto target = plan->find(kTarget);
  if (target != plan->end() && target->is_object()) *target = target->dump();
  return document;
}

// A part that cannot be read has its default.
Ledger FromDocument(const json& document) {
  Ledger ledger;
  (void)Read(WithTargetAsText(document), ledger);
  return ledger;
}

// Applies to `document` what differs between `before`, as it was read from there, and `after`. The rest stays
// as it is: what is unknown, and what could not be read.
void ApplyDifference(json& document, const json& before, const json& after) {
  for (const auto& [key, value] : after.items()) {
    const auto old = before.find(key);
    const bool is_known = old != before.end() && document.contains(key);
    if (is_known && *old == value) continue;
    json& part = document[key];
    if (!part.is_object() || !value.is_object()) {
      part = value;
    } else if (is_known) {
      ApplyDifference(part, *old, value);
    } else {
      part.update(value);
    }
  }
  for (const auto& [key, value] : before.items()) {
    if (!after.contains(key)) document.erase(key);
  }
}

// A ledger that names no VM counts as this one's; so does any where this VM's identity cannot be read.
bool IsOfOtherVm(const json& document, const std::string& this_vm) {
  std::string vm;
  return Read(document.value(kVm, json()), vm) && !vm.empty() && !this_vm.empty() && !SameVm(vm, this_vm);
}

// Whether another VM wrote it; then what was verified there says nothing about this one.
bool DropOtherVm(json& document, const std::string& this_vm) {
  if (!IsOfOtherVm(document, this_vm)) return false;
  document.erase(kLastKnownGood);
  document.erase(kCachedPlan);
  return true;
}

// nlohmann throws at bytes that are not UTF-8.
Result<std::string> Render(const json& document) {
  try {
    return document.dump(2) + "\n";
  } catch (const json::exception&) {
    return MakeError<errors::kLedgerNotText>(Quoted(LedgerPath()));
  }
}

Result<json> LoadDocument(Files& files) {
  TRY_LET(const std::string text, files.Read(LedgerPath()));
  json document = json::parse(text, nullptr, false);
  if (!document.is_object()) return MakeError<errors::kLedgerDamaged>(Quoted(LedgerPath()));
  const auto major = document.find("majorVersion");
  if (major == document.end() || *major != kMajorVersion) {
    return MakeError<errors::kLedgerOfLaterVersion>(Quoted(LedgerPath()));
  }
  return document;
}

}  // namespace

std::string LedgerPath() { return std::string(kStateFolder) + "/ledger.json"; }

Result<Ledger> LoadLedger(Files& files) {
  TRY_LET(json document, LoadDocument(files));
  const bool of_other_vm = DropOtherVm(document, VmIdentity(files));
  Ledger ledger = FromDocument(document);
  ledger.of_other_vm = of_other_vm;
  return ledger;
}

Status SaveLedger(Files& files, const Ledger& ledger) {
  auto existing = LoadDocument(files);
  if (!existing.ok() && existing.error().code != Code::kNotFound) return std::move(existing).error();
  json document = existing.ok() ? *std::move(existing) : json::object();
  const std::string vm = VmIdentity(files);
  DropOtherVm(document, vm);
  ApplyDifference(document, WithNestedTarget(ToJson(FromDocument(document))),
                  WithNestedTarget(ToJson(ledger)));
  document["majorVersion"] = kMajorVersion;
  if (!vm.empty()) document[kVm] = vm;
  TRY_LET(const std::string text, Render(document));
  TRY(files.MakeFolder(std::string(kStateFolder), 0700_mode));
  return files.WriteAtomically(LedgerPath(), text, 0600_mode);
}

Status AmendLedger(Files& files, const std::function<void(Ledger&)>& change) {
  auto loaded = LoadLedger(files);
  if (!loaded.ok() && loaded.error().code != Code::kNotFound) return std::move(loaded).error();
  const bool is_new = !loaded.ok();
  Ledger ledger = is_new ? Ledger{} : *loaded;
  change(ledger);
  if (!is_new && !loaded->of_other_vm && ledger == *loaded) return {};
  return SaveLedger(files, ledger);
}

}  // namespace dockerext
