// SPDX-License-Identifier: MIT
// What this extension added to the machine, so that uninstall takes away that and nothing else; and the last
// configuration that was proven to work, so that a failed change can go back to it. Written before the act.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "handler/base/result.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

// The last configuration that passed the proof; only a proof changes it.
struct LastKnownGood {
  std::string drop_in;     // the drop-in's whole text; empty when proven to need none
  std::string tls_folder;  // empty when it opens no port
  std::uint16_t port = 0;

  friend bool operator==(const LastKnownGood&, const LastKnownGood&) = default;
};

// daemon.json as it was before we put live-restore into it.
struct LiveRestoreRecord {
  std::optional<std::string> original;  // none: there was no such file
  std::uint32_t mode = 0;
  std::uint32_t owner = 0;
  std::uint32_t group = 0;

  friend bool operator==(const LiveRestoreRecord&, const LiveRestoreRecord&) = default;
};

// What settings came to on this VM when they were last applied with success, so that the same file need not
// be decrypted and judged again.
struct CachedPlan {
  std::string settings_sha256;   // of the settings file
  std::string version;           // of the extension: another one may judge otherwise
  std::int64_t valid_until = 0;  // seconds since 1970; then dates of certificates make a difference
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
  std::string vm;                     // VmIdentity of the VM on which it was written
  std::vector<std::string> packages;  // newly installed at our request
  bool installing = false;            // a package manager was started for that and may not have ended
  std::vector<std::string> folders;   // made by us, in the order in which they were made
  bool started_engine = false;        // it was there, but stopped
  bool started_socket = false;        // and so was docker.socket, which the engine's start starts
  bool enabled_engine = false;        // it was there, but not enabled at boot
  std::string uninstall_policy = "auto";
  std::optional<LiveRestoreRecord> live_restore;  // none: it is not ours
  std::optional<LastKnownGood> last_known_good;
  std::optional<CachedPlan> cached_plan;  // belongs to `proven`

  friend bool operator==(const Ledger&, const Ledger&) = default;
};

// kNotFound when there is none. kInternal when its major version is unknown or it is damaged: then nothing
// that only the ledger could tell may be touched.
Result<Ledger> LoadLedger(Files& files);

// Makes the state folder where it is missing. Keys that this version does not know are kept.
Status SaveLedger(Files& files, const Ledger& ledger);

// Loads (a new one where there is none), lets `change` edit, and saves when something changed.
Status AmendLedger(Files& files, const std::function<void(Ledger&)>& change);

// A folder that was missing goes into the ledger before it is made (0755).
Status MakeOwnFolder(Files& files, const std::string& path);

std::string LedgerPath();

}  // namespace dockerext
