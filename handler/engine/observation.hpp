// SPDX-License-Identifier: MIT
// docker.service as it is on this machine, observed once: what systemd, the running process, the kernel and
// the files say. Every decision is a function of this and of the target; after a change it is observed again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "handler/docker/drop_in.hpp"
#include "handler/docker/vendor_command.hpp"
#include "handler/ports/system.hpp"
#include "handler/state/ledger.hpp"

namespace dockerext {

inline constexpr std::string_view kSocketUnit = "docker.socket";

struct DaemonJsonFile {
  std::string path;                 // of --config-file, or the usual one
  std::optional<std::string> text;  // none: the file does not exist
  std::chrono::system_clock::time_point modified{};
};

struct TriggerUnit {
  std::string name;  // "docker.socket"
  UnitFacts facts;
};

struct Observation {
  UnitFacts unit;
  std::vector<TriggerUnit> triggers;    // the socket units that start the engine
  std::vector<std::string> running;     // argv of the main process; empty when there is none
  std::vector<Listener> listeners;      // of the main process
  std::string socket;                   // the path of the engine's local socket
  std::optional<std::string> version;   // the engine's, from its answer; none: no answer, or not active
  std::vector<UnitText> vendor_files;   // of docker.service, without our drop-in, in systemd's order
  std::optional<VendorCommand> vendor;  // what it runs without our drop-in; none without a docker.service
  std::string drop_in;                  // the text of our drop-in on disk; empty when there is none
  std::chrono::system_clock::time_point drop_in_modified{};
  bool drop_in_intact = true;  // a file of root's with the right mode, or absent
  DaemonJsonFile daemon_json;
  std::chrono::system_clock::time_point now{};     // by the VM's clock
  std::chrono::system_clock::time_point booted{};  // by the same clock
  Ledger ledger;                                   // an empty one when there is none
  bool has_ledger = false;                         // false too when it cannot be read
  std::optional<Error> ledger_error;  // it cannot be read: what it attributes to us stays unchanged
};

// Asks the engine for its version when docker.service is active and has no job: connecting to the socket of a
// stopped engine would start it. `ping_budget` bounds that.
Result<Observation> Observe(System& system, std::chrono::milliseconds ping_budget = std::chrono::seconds(5));

// Whether docker.service is starting, stopping, reloading or has a job. Between two attempts of systemd's
// restart loop it is not: that engine failed.
bool IsBusy(const UnitFacts& unit);
// Whether it is active and not busy: then its socket can be connected to and SIGHUP is harmless.
bool IsReady(const UnitFacts& unit);
// Whether it runs or starts.
bool IsRunning(const UnitFacts& unit);

// Whether a file of this time was changed after the engine's process started. A clock may have been set since
// the file was written, or since the process started: then a file is later than now, or from before this
// boot.
bool IsNewerThanEngine(const Observation& observed, std::chrono::system_clock::time_point modified);

// The endpoint that the running process opened for us.
std::optional<EngineEndpoint> RunningEndpoint(const Observation& observed);

// The command that these files of a unit set, with their environment files; none without an ExecStart=.
std::optional<VendorCommand> CommandOf(Files& files, const std::vector<UnitText>& unit_files);

// A file that does not exist has no text.
Result<DaemonJsonFile> ReadDaemonJsonFile(Files& files, const std::string& path);

// argv of a process; empty when there is none.
Result<std::vector<std::string>> ArgvOf(Files& files, std::uint32_t pid);

}  // namespace dockerext
