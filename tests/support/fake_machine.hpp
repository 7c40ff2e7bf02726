// SPDX-License-Identifier: MIT
// A whole VM for scenario tests: Debian 12 with systemd, an agent that has laid out one extension, an apt
// that knows docker.io, and no Docker. Workers run when the command that started them has returned, as on a
// VM.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "handler/adapters/openssl/openssl_crypto.hpp"
#include "handler/agent/invocation.hpp"
#include "handler/agent/status_file.hpp"
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

// The real library, counting the envelopes that it opened.
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

  // ---- the agent's hand
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

  // The status of a sequence number; fails the test where there is none.
  StatusReport StatusOf(std::uint64_t number);
  // All that the extension could have changed.
  std::vector<std::string> Tree() const;

  std::string version = "1.0.0";
  std::uint64_t sequence = 0;
  FakeClock clock;
  FakeFiles files{clock};
  FakeLocks locks{clock};
  FakeLog log;
  CountingCrypto crypto;
  FakeDocker docker{files};
  System system;
  TestPair vm;  // the pair that protected settings are encrypted to

  std::vector<std::vector<std::string>> ran;  // argv of every command
  int apt_locked_for = 0;                     // this many apt runs find the lock held
  int journal_lags = 0;                       // this many looks into the journal find nothing yet
  std::function<void()> during_install;       // once: what happens while apt works
  // Before each run of apt and dpkg; and what the next ones end with: {} is one that works.
  std::function<void()> on_apt = [] {};
  std::deque<CommandOutput> apt_says;
  std::string engine_journal = "level=info msg=ok\nfailed to start daemon: told why\n";
  std::optional<std::string> apt_would_also_remove;
  std::vector<std::string> packages;        // installed ones
  std::vector<std::string> half_installed;  // until apt installs anything
  bool docker_socket_reset = false;
  std::vector<std::string> killed;  // units whose main process was killed
  bool worker_fails_to_start = false;
  std::function<void()> before_worker_starts;  // once: what comes in between

  // Another process of this unit works, until it is killed.
  void HoldWorkLock(const std::string& unit);

  // ---- Services
  Result<UnitFacts> Describe(const std::string& unit) override;
  Result<std::vector<std::string>> Loaded(const std::string& pattern) override;
  Status ReloadDefinitions() override;
  Status Start(const std::string& unit, std::chrono::milliseconds budget) override;
  Status Stop(const std::string& unit, std::chrono::milliseconds budget) override;
  Status Restart(const std::string& unit, std::chrono::milliseconds budget) override;
  Status ResetFailed(const std::string& unit) override;
  Status EnableUnitFile(const std::string& unit) override;
  Status DisableUnitFile(const std::string& unit) override;
  Status StartTransient(const TransientUnit& unit) override;
  Status SignalMainProcess(const std::string& unit, Signal signal) override;
  Status NotifyReady() override;

  // ---- Commands
  Result<CommandOutput> Run(const Command& command) override;

 private:
  CommandOutput PackageTool(const std::vector<std::string>& argv);
  CommandOutput Apt(const std::vector<std::string>& argv);
  static CommandOutput Dockerd(const std::vector<std::string>& argv);

  std::map<std::string, TransientUnit> units_;  // loaded workers
  std::deque<std::string> waiting_;
  std::string lock_holder_;  // a unit
};

}  // namespace dockerext
