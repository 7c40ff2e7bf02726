// SPDX-License-Identifier: MIT
// The ownership record: what this extension added to the machine, so that uninstall removes that and nothing
// else; and the last known good configuration, so that a failed change can roll back to it. Each change to
// the machine is recorded before it is made.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "handler/base/result.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

// The last configuration that was verified to work; only the step `endpoint` changes it.
struct LastKnownGood {
  std::string drop_in;     // the drop-in's whole text; empty for a configuration without a drop-in
  std::string tls_folder;  // empty without a port
  std::uint16_t port = 0;

  friend bool operator==(const LastKnownGood&, const LastKnownGood&) = default;
};

// daemon.json as it was before the extension added live-restore.
struct LiveRestoreRecord {
  std::optional<std::string> original;  // none: the file did not exist
  std::uint32_t mode = 0;
  std::uint32_t owner = 0;
  std::uint32_t group = 0;

  friend bool operator==(const LiveRestoreRecord&, const LiveRestoreRecord&) = default;
};

// The plan that was last applied with success, so that the same settings file need not be decrypted and
// validated again.
struct CachedPlan {
  std::string settings_sha256;   // of the settings file
  std::string version;           // of the extension: another version may validate differently
  std::int64_t valid_until = 0;  // seconds since 1970; at that time a certificate's validity changes
  std::string hash;
  bool leave_engine_alone = false;
  std::vector<std::string> options;
  std::string uninstall_policy;
  std::uint16_t port = 0;  // 0: none
  std::string tls_folder;
  std::string certificate_sha256;
  std::int64_t certificate_not_after = 0;  // seconds since 1970
  bool certificate_may_be_client = false;
  std::vector<std::string> warnings;

  friend bool operator==(const CachedPlan&, const CachedPlan&) = default;
};

struct Ledger {
  std::string vm;                     // VmIdentity of the VM that wrote it
  std::vector<std::string> packages;  // newly installed by the extension
  bool installing = false;            // a package manager was started and may still run
  std::vector<std::string> folders;   // created by the extension, in order of creation
  bool started_engine = false;        // it was installed, but stopped
  bool started_socket = false;        // docker.socket was stopped; starting the engine starts it
  bool enabled_engine = false;        // it was installed, but not enabled at boot
  std::string uninstall_policy = "auto";
  std::optional<LiveRestoreRecord> live_restore;  // none: not set by the extension
  std::optional<LastKnownGood> last_known_good;
  std::optional<CachedPlan> cached_plan;  // belongs to `last_known_good`

  friend bool operator==(const Ledger&, const Ledger&) = default;
};

// kNotFound when there is none. kInternal when its major version is unknown or it is damaged: then whatever
// only the ledger attributes to the extension must stay unchanged.
Result<Ledger> LoadLedger(Files& files);

// Creates the state folder where it is missing. Unknown keys are preserved.
Status SaveLedger(Files& files, const Ledger& ledger);

// Loads the ledger (an empty one where there is none), applies `change`, and saves it when something changed.
Status AmendLedger(Files& files, const std::function<void(Ledger&)>& change);

// Creates a missing folder (0755) and records it in the ledger first.
Status MakeRecordedFolder(Files& files, const std::string& path);

std::string LedgerPath();

}  // namespace dockerext
