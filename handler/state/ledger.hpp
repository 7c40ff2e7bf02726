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

// What a failed change rolls back to. Its port and TLS set follow from the drop-in's text.
struct LastKnownGood {
  std::string drop_in;       // the whole text; empty without a drop-in
  bool engine_ran = true;    // whether the engine ran
  bool live_restore = true;  // whether the extension's live-restore is part of it
  bool verified = false;     // the endpoint was verified; otherwise what the VM had before the first commit

  friend bool operator==(const LastKnownGood&, const LastKnownGood&) = default;
};

// daemon.json as it was before the extension added live-restore.
struct LiveRestoreRecord {
  std::optional<std::string> original;  // none: the file did not exist
  std::uint32_t mode = 0;
  std::uint32_t owner = 0;
  std::uint32_t group = 0;
  std::int64_t modified = 0;                     // nanoseconds since 1970
  std::string path = "/etc/docker/daemon.json";  // another one with dockerd's --config-file

  friend bool operator==(const LiveRestoreRecord&, const LiveRestoreRecord&) = default;
};

// The plan that was last applied with success, so that the same settings file need not be decrypted and
// validated again.
struct CachedPlan {
  std::string settings_sha256;   // of the settings file
  std::string version;           // of the extension: another version may validate differently
  std::int64_t valid_from = 0;   // seconds since 1970; an earlier clock was set back since
  std::int64_t valid_until = 0;  // seconds since 1970; at that time a certificate's validity changes
  std::string target;            // the EngineTarget, as its serialiser wrote it
  std::string engine_version;    // of the engine that was verified with it
  std::vector<std::string> warnings;

  friend bool operator==(const CachedPlan&, const CachedPlan&) = default;
};

// One place of a firewall in which the extension opened a port.
struct FirewallRule {
  std::string firewall;  // its name, such as "ufw"
  std::string place;     // the firewall's name for it
  std::string zone;      // firewalld's; empty elsewhere
  std::uint16_t port = 0;

  friend bool operator==(const FirewallRule&, const FirewallRule&) = default;
};

struct RecordedFile {
  std::string path;
  std::string text;

  friend bool operator==(const RecordedFile&, const RecordedFile&) = default;
};

// The package repository that the extension had added before it changed to another one.
struct FormerRepository {
  std::vector<RecordedFile> files;  // none: there was none

  friend bool operator==(const FormerRepository&, const FormerRepository&) = default;
};

struct Ledger {
  std::vector<std::string> packages;           // newly installed by the extension
  std::vector<std::string> unmarked_packages;  // of them those whose mark as manual is not their owner's
  bool installing = false;  // a package manager was started, and may still run or was cut off
  std::vector<std::string> repository_files;  // of a package repository that the extension added, and its key
  std::vector<std::string> repository_keys;   // that the extension made rpm trust
  std::optional<FormerRepository> former_repository;  // until something was installed from the new one
  std::vector<std::string> folders;                   // created by the extension, in order of creation
  bool started_engine = false;                        // it was installed, but stopped
  bool started_socket = false;               // docker.socket was stopped; starting the engine starts it
  bool enabled_engine = false;               // it was installed, but not enabled at boot
  std::vector<FirewallRule> firewall_rules;  // set by the extension; a rule of the owner's never is one
  std::string uninstall_policy = "auto";
  std::optional<LiveRestoreRecord> live_restore;  // none: not set by the extension
  std::optional<LastKnownGood> last_known_good;
  std::optional<CachedPlan> cached_plan;  // belongs to `last_known_good`

  // Another VM wrote it, of whose image this one was made: `last_known_good` and `cached_plan` are absent.
  // Never written; the first save makes the ledger this VM's.
  bool of_other_vm = false;

  friend bool operator==(const Ledger&, const Ledger&) = default;
};

// kNotFound when there is none. kInternal when it is no JSON object or its major version is unknown: then
// whatever only the ledger attributes to the extension must stay unchanged. A part that cannot be read, such
// as a later version's cache, is absent or has its default.
Result<Ledger> LoadLedger(Files& files);

// Creates the state folder where it is missing, and writes this VM's identity. What is unknown or could not
// be read is preserved at every level, unless that part has a new value.
Status SaveLedger(Files& files, const Ledger& ledger);

// Loads the ledger (an empty one where there is none), applies `change`, and saves it when something changed
// or another VM wrote it.
Status AmendLedger(Files& files, const std::function<void(Ledger&)>& change);

std::string LedgerPath();

}  // namespace dockerext
