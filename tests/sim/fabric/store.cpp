// SPDX-License-Identifier: MIT
#include "tests/sim/fabric/store.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <exception>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/sim/contract/files.hpp"
#include "tests/sim/contract/package.hpp"

namespace dockerext::fabric {
namespace {

Json ToJson(const HandlerId& id) { return {{"name", id.name}, {"version", id.version}}; }

Json ToJson(const Extension& extension) {
  Json json = ToJson(extension.id);
  json["state"] = extension.state;
  json["sequence"] = extension.sequence;
  json["settings"] = extension.settings ? Json(*extension.settings) : Json();
  return json;
}

Json ToJson(const Fault& fault) {
  return {{"path", fault.path}, {"left", fault.left}, {"status", fault.status}};
}

template <class Item>
Json ToJson(const std::vector<Item>& items) {
  Json json = Json::array();
  for (const Item& item : items) json.push_back(ToJson(item));
  return json;
}

Json ToJson(const GoalState& state) {
  return {{"incarnation", state.incarnation},
          {"published", state.published.count()},
          {"extensions", ToJson(state.extensions)},
          {"packages", ToJson(state.packages)},
          {"faults", ToJson(state.faults)}};
}

HandlerId IdFrom(const Json& json) { return {json.at("name"), json.at("version")}; }

Extension ExtensionFrom(const Json& json) {
  Extension extension{.id = IdFrom(json), .state = json.at("state"), .sequence = json.at("sequence")};
  if (const Json& settings = json.at("settings"); !settings.is_null()) extension.settings = settings;
  return extension;
}

Fault FaultFrom(const Json& json) { return {json.at("path"), json.at("left"), json.at("status")}; }

GoalState GoalStateFrom(const Json& json) {
  GoalState state{.incarnation = json.at("incarnation"),
                  .published = milliseconds(json.at("published").get<std::int64_t>())};
  for (const Json& item : json.at("extensions")) state.extensions.push_back(ExtensionFrom(item));
  for (const Json& item : json.at("packages")) state.packages.push_back(IdFrom(item));
  for (const Json& item : json.at("faults")) state.faults.push_back(FaultFrom(item));
  return state;
}

// Only this program writes these files, so an unexpected content was edited by hand.
template <class Read>
auto FromFile(const std::string& path, const Read& read) -> Result<decltype(read(Json()))> {
  TRY_LET(const std::string text, contract::ReadFile(path));
  try {
    return read(Json::parse(text));
  } catch (const Json::exception& failure) {
    return Error{Code::kInternal, failure.what()}.Context(path);
  }
}

Result<UniqueFd> Lock(const std::string& path) {
  TRY_LET(UniqueFd file, guest::Open(path, O_RDWR | O_CREAT));
  if (flock(file.get(), LOCK_EX) != 0) return guest::ErrnoError("locking " + Quoted(path));
  return file;
}

Json WithoutTimes(Json json) {
  if (json.is_object()) json.erase("timestampUTC");
  if (json.is_structured()) {
    for (Json& item : json) item = WithoutTimes(std::move(item));
  }
  return json;
}

}  // namespace

milliseconds Now() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

Result<GoalState> Store::Load() const {
  Result<GoalState> state = FromFile(StateFile(), GoalStateFrom);
  if (!state.ok() && state.error().code == Code::kNotFound) return GoalState{};
  return state;
}

Status Store::Save(const GoalState& state) const {
  return guest::ReplaceFile(StateFile(), ToJson(state).dump(2) + "\n", guest::kPrivate);
}

Status Store::Apply(const Change& change) const {
  TRY(contract::MakeFolder(folder_, 0700_mode));
  TRY_LET(const UniqueFd lock, Lock(folder_ + "/.lock"));
  TRY_LET(GoalState state, Load());
  TRY(change(state));
  return Save(state);
}

Status Store::Publish(const Change& change) const {
  return Apply([&](GoalState& state) -> Status {
    TRY(change(state));
    ++state.incarnation;
    state.published = Now();
    return {};
  });
}

Result<std::optional<int>> Store::ConsumeFault(std::string_view path) const {
  const auto applies = [path](const Fault& fault) { return fault.left > 0 && path.starts_with(fault.path); };
  TRY_LET(const GoalState current, Load());
  std::optional<int> status;
  if (std::ranges::none_of(current.faults, applies)) return status;
  TRY(Apply([&](GoalState& state) -> Status {
    const auto fault = std::ranges::find_if(state.faults, applies);
    if (fault == state.faults.end()) return {};  // a concurrent request consumed the last one
    status = fault->status;
    if (--fault->left == 0) state.faults.erase(fault);
    return {};
  }));
  return status;
}

Result<UniqueFd> Store::LockTenant() const {
  TRY(contract::MakeFolder(folder_, 0700_mode));
  return Lock(folder_ + "/.tenant.lock");
}

Result<contract::TenantKey> Store::FindOrMakeTenant() const {
  TRY(contract::MakeFolder(TenantFolder(), 0700_mode));
  return contract::FindOrMakeTenantKey(TenantFolder());
}

Result<contract::TenantKey> Store::Tenant() const {
  TRY_LET(const UniqueFd lock, LockTenant());
  return FindOrMakeTenant();
}

Result<contract::TenantKey> Store::ReplaceTenant() const {
  TRY_LET(const UniqueFd lock, LockTenant());
  TRY_LET(contract::TenantKey old, FindOrMakeTenant());
  TRY(contract::RemoveTree(TenantFolder()));
  TRY(FindOrMakeTenant());
  return old;
}

std::string Store::PackageFile(const HandlerId& id) const {
  return folder_ + "/packages/" + contract::PackageFileName(id);
}

Status Store::SavePackage(const std::string& zip, const HandlerId& id) const {
  TRY_LET(const std::string bytes, contract::ReadFile(zip));
  TRY(contract::MakeFolder(folder_ + "/packages", 0700_mode));
  TRY(guest::ReplaceFile(PackageFile(id), bytes, guest::kPrivate));
  return Apply([&](GoalState& state) -> Status {
    if (std::ranges::find(state.packages, id) == state.packages.end()) state.packages.push_back(id);
    return {};
  });
}

Status Store::SaveUpload(const Json& blob, std::uint64_t fetched) const {
  const Result<Upload> last = LastUpload();
  const bool repeats =
      last.ok() && last->fetched == fetched && WithoutTimes(last->blob) == WithoutTimes(blob);
  const milliseconds since = repeats ? last->since : Now();
  const Json saved = {{"since", since.count()}, {"fetched", fetched}, {"blob", blob}};
  return guest::ReplaceFile(UploadFile(), saved.dump(2) + "\n", guest::kPrivate);
}

Result<Upload> Store::LastUpload() const {
  return FromFile(UploadFile(), [](const Json& json) {
    return Upload{milliseconds(json.at("since").get<std::int64_t>()), json.at("fetched"), json.at("blob")};
  });
}

Status Store::AppendTelemetry(std::string_view text) const {
  return contract::AppendFile(folder_ + "/telemetry.xml", std::string(text) + "\n");
}

}  // namespace dockerext::fabric
