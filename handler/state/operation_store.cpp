// SPDX-License-Identifier: MIT
#include "handler/state/operation_store.hpp"

#include <nlohmann/json.hpp>

#include "handler/base/text.hpp"
#include "handler/errors/engine.hpp"
#include "handler/state/paths.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

// The record lock is held for a few file operations only; a longer wait is a fault of the machine.
constexpr std::chrono::seconds kRecordLockBudget{20};

constexpr std::string_view kWorkerUnitPrefix = "docker-extension-";
constexpr std::string_view kServiceSuffix = ".service";

std::string InRuntimeFolder(std::string_view name) {
  return std::string(kRuntimeFolder) + "/" + std::string(name);
}

OperationRecord FromJson(const json& document) {
  OperationRecord record;
  record.generation = document.value("generation", std::uint64_t{0});
  record.operation = document.value("operation", std::string());
  record.desired = document.value("desired", std::string());
  record.sequence = document.value("sequence", std::uint64_t{0});
  record.status_folder = document.value("statusFolder", std::string());
  record.log_folder = document.value("logFolder", std::string());
  record.finished = document.value("finished", true);
  const std::string failure = document.value("failure", std::string());
  if (!failure.empty()) {
    record.failure = Error{.code = static_cast<Code>(document.value("failureCode", 0)),
                           .what = failure,
                           .where = document.value("failureWhere", std::string()),
                           .remedy = document.value("failureRemedy", std::string()),
                           .owner = static_cast<Owner>(document.value("failureOwner", 0))};
  }
  record.dependents = document.value("dependents", std::vector<std::string>());
  return record;
}

std::string Render(const OperationRecord& record) {
  const Error failure = record.failure.value_or(Error{});
  const json document = {{"generation", record.generation},
                         {"operation", record.operation},
                         {"desired", record.desired},
                         {"sequence", record.sequence},
                         {"statusFolder", record.status_folder},
                         {"logFolder", record.log_folder},
                         {"finished", record.finished},
                         {"failure", failure.what},
                         {"failureCode", static_cast<int>(failure.code)},
                         {"failureWhere", failure.where},
                         {"failureRemedy", failure.remedy},
                         {"failureOwner", static_cast<int>(failure.owner)},
                         {"dependents", record.dependents}};
  return document.dump() + "\n";
}

}  // namespace

Result<OperationRecord> OperationStore::Read() {
  const auto text = files_.Read(InRuntimeFolder("record.json"));
  if (!text.ok() && text.error().code == Code::kNotFound) return OperationRecord{};
  if (!text.ok()) return text.error();
  try {
    return FromJson(json::parse(*text));
  } catch (const json::exception&) {
    return MakeError<errors::kRecordDamaged>(Quoted(InRuntimeFolder("record.json")));
  }
}

// Another process may remove the folder between MakeFolder and the locking.
Result<std::unique_ptr<HeldLock>> OperationStore::Acquire(std::string_view name,
                                                          std::chrono::milliseconds budget) {
  constexpr int kAttempts = 3;
  for (int attempt = 1;; ++attempt) {
    TRY(files_.MakeFolder(std::string(kRuntimeFolder), 0700_mode));
    auto lock = locks_.Acquire(InRuntimeFolder(name), budget);
    if (lock.ok() || lock.error().code != Code::kNotFound || attempt == kAttempts) return lock;
  }
}

Status OperationStore::Update(const std::function<Status(OperationRecord&)>& change) {
  TRY_LET(const auto lock, Acquire("record.lock", kRecordLockBudget));
  TRY_LET(OperationRecord record, Read());
  const OperationRecord before = record;
  TRY(change(record));
  if (record == before) return {};
  return files_.WriteAtomically(InRuntimeFolder("record.json"), Render(record), 0600_mode);
}

Result<std::unique_ptr<HeldLock>> OperationStore::AcquireOperation(std::chrono::milliseconds budget) {
  return Acquire("operation.lock", budget);
}

Status OperationStore::RemoveAllState(std::uint64_t generation) {
  TRY_LET(const auto lock, Acquire("record.lock", kRecordLockBudget));
  TRY_LET(const OperationRecord record, Read());
  if (record.generation != generation) return Error{Code::kSuperseded, "superseded by a newer operation"};
  TRY(files_.RemoveTree(std::string(kStateFolder)));
  return files_.RemoveTree(std::string(kRuntimeFolder));
}

std::uint64_t NextGeneration(const OperationRecord& record, std::chrono::milliseconds since_boot) {
  return std::max(record.generation + 1, static_cast<std::uint64_t>(since_boot.count()));
}

std::string WorkerUnit(std::uint64_t generation) {
  return std::string(kWorkerUnitPrefix) + std::to_string(generation) + std::string(kServiceSuffix);
}

std::optional<std::uint64_t> GenerationOf(std::string_view worker_unit) {
  if (!worker_unit.starts_with(kWorkerUnitPrefix) || !worker_unit.ends_with(kServiceSuffix))
    return std::nullopt;
  worker_unit.remove_prefix(kWorkerUnitPrefix.size());
  worker_unit.remove_suffix(kServiceSuffix.size());
  return ParseUnsigned(worker_unit);
}

}  // namespace dockerext
