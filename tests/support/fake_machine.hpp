// SPDX-License-Identifier: MIT
// A whole VM for scenario tests: Debian 12 with systemd, the extension unpacked as the agent does it, an apt
// that offers docker.io, and no Docker. As on a VM, workers run after the command that started them returned.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "handler/adapters/openssl/openssl_crypto.hpp"
#include "handler/agent/invocation.hpp"
#include "handler/agent/status_file.hpp"
#include "handler/docker/drop_in.hpp"
#include "handler/ports/system.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_docker.hpp"
#include "tests/support/fake_files.hpp"
#include "tests/support/fake_locks.hpp"
#include "tests/support/fake_log.hpp"
#include "tests/support/test_pki.hpp"

namespace dockerext {

struct RunResult {
  int exit_code = 0;
  std::string out;
  std::string err;
};

// The real library; counts the envelopes that it opened.
struct CountingCrypto : OpensslCrypto {
  Result<Secret> OpenEnvelope(std::string_view der, const std::string& certificate_pem,
                              const Secret& key_pem) override {
    if (has_a_bug) throw std::logic_error("a bug");
    ++opened;
    return OpensslCrypto::OpenEnvelope(der, certificate_pem, key_pem);
  }

  int opened = 0;
  bool has_a_bug = false;
};

class FakeMachine : public Services, public Commands {
 public:
  static constexpr const char* kName = "Example.Extensions.DockerExtension";

  FakeMachine();

  // ---- What the agent does.
  static std::string FolderOf(const std::string& version);
  // HandlerManifest.json, HandlerEnvironment.json, config/, status/, HandlerState.
  void LayOut(const std::string& version, const std::string& state);
  // config/<number>.settings; without `protected_json` there are no protected settings.
  void Set(std::uint64_t number, const std::string& public_json,
           const std::optional<std::string>& protected_json);
  // {"certs": {...}} of these credentials.
  static std::string Certs(const TestCredentials& credentials);

  RunResult RunProgram(const std::string& program, const std::vector<std::string>& arguments,
                       const Variables& variables);
  // Runs a verb and then every worker that it started.
  RunResult Run(const std::string& verb, const Variables& more = {});
  // Runs a verb alone; its workers wait for Drain.
  RunResult RunVerb(const std::string& verb, const Variables& more = {});
  void Drain();

  // The status of a sequence number; a missing one fails the test.
  StatusReport StatusOf(std::uint64_t number);
  // The endpoint of the ledger's last known good configuration; port 0 without one.
  EngineEndpoint LastKnownGoodEndpoint();
  // All that the extension may change.
  std::vector<std::string> Tree() const;

  std::string version = "1.0.0";
  std::uint64_t sequence = 0;
  FakeClock clock;
  FakeFiles files{clock};
  FakeLocks locks{clock};
  FakeLog log;
  CountingCrypto crypto;
  FakeDocker docker{files, clock};
  System system;
  TestPair tenant_pair;  // protected settings are encrypted to it

  std::vector<std::vector<std::string>> commands_run;  // argv of each
  int apt_locked_for = 0;                              // the next runs of apt that find its lock held
  bool journal_lags = false;                           // until it is asked to store what was written
  std::function<void()> during_install;                // called once, while apt installs
  // Called before each run of apt and dpkg; and the results of the next runs: {} is a success.
  std::function<void()> on_apt = [] {};
  std::deque<CommandOutput> apt_outputs;
  std::string engine_journal = "level=info msg=ok\nfailed to start daemon: no graphdriver\n";
  std::string
      container_output;  // in the journal, by the log driver "journald": of dockerd's unit and process too
  std::optional<std::string> apt_would_also_remove;
  bool cuts_off_removal = false;                        // the next removal, after its first package
  std::vector<std::string> packages;                    // installed
  std::map<std::string, std::string> package_versions;  // of those that were pinned when they were installed
  bool keeps_versions = false;                          // the package manager ends well and replaces nothing
  std::vector<std::string> half_installed;              // until the next installation by apt
  bool distribution_offers = true;                      // docker.io
  bool owner_offers_upstream = false;                   // docker-ce is among the machine's own sources
  bool upstream_serves = true;                          // docker-ce, where a source of it is known
  bool upstream_has_plugins = true;
  bool package_restarts_engine = true;  // else a new version runs from its next start on
  std::string program_version;          // dockerd's where the running one is another; empty: the same
  // What apt-cache madison prints; by default what each name has in Docker's repository, where it is known.
  std::string madison;
  bool docker_socket_reset = false;
  std::set<std::string> masked_units;  // others than docker.service
  std::set<std::string> active_units;  // others than docker.service and docker.socket
  bool shuts_down = false;
  std::vector<std::string> marked_manual;  // as apt-mark showmanual prints them
  bool validates = false;                  // dockerd has --validate
  bool dockerd_is_empty = false;           // the file, so that it cannot be executed
  std::string rejection;                   // what dockerd's dry run says; empty: it accepts
  std::vector<std::string> killed;         // units of which the main process was killed
  bool worker_fails_to_start = false;
  // Programs that a test adds: called first; none: not one of them.
  std::function<std::optional<CommandOutput>(const std::vector<std::string>&)> other_programs;
  std::function<void()> before_worker_starts;  // called once

  // Holds the operation lock as a process of this unit, until that is killed.
  void HoldOperationLock(const std::string& unit);

  // ---- Services
  Result<UnitFacts> Describe(const std::string& unit) override;
  Result<std::vector<std::string>> Loaded(const std::string& pattern) override;
  Status ReloadDefinitions() override;
  Status Start(const std::string& unit) override;
  Status Stop(const std::string& unit) override;
  Status Restart(const std::string& unit) override;
  Status ResetFailed(const std::string& unit) override;
  Status EnableUnitFile(const std::string& unit) override;
  Status DisableUnitFile(const std::string& unit) override;
  Status StartTransient(const TransientUnit& unit) override;
  Status SignalMainProcess(const std::string& unit, Signal signal) override;
  Status NotifyReady() override;
  Result<bool> IsShuttingDown() override { return shuts_down; }

  // ---- Commands
  Result<CommandOutput> Run(const Command& command) override;

 private:
  std::string Journal(const std::vector<std::string>& argv);
  CommandOutput PackageTool(const std::vector<std::string>& argv);
  CommandOutput Apt(const std::vector<std::string>& argv);
  static bool AsksForUpstream(const std::vector<std::string>& argv);
  CommandOutput AptInstallsUpstream(const std::vector<std::string>& argv);
  bool KnowsUpstream();
  std::string Madison(const std::vector<std::string>& argv);
  CommandOutput Dockerd(const std::vector<std::string>& argv) const;

  std::map<std::string, TransientUnit> units_;  // loaded workers
  std::deque<std::string> started_workers_;
  std::string lock_holder_;  // name of a unit
};

}  // namespace dockerext
