// SPDX-License-Identifier: MIT
// A VM shared by the tests of a suite, in which a package manager installs Docker from where a test says; and
// what such tests do to package managers: a lock that another program holds, a worker that is killed.
#pragma once

#include <gmock/gmock.h>

#include <future>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/suites/support/shared_vm.hpp"

namespace dockerext {

enum class LockKind { kFcntl, kPidFile };

// What a test does in the VM of a suite.
class PackageWorld {
 public:
  explicit PackageWorld(const Vm& vm) : vm_(vm) {}

  // The harness's exit codes.
  static constexpr int kSuccess = 0;
  static constexpr int kCommandFailed = 3;
  static constexpr int kStatusIsError = 4;
  static constexpr int kStillTransitioning = 6;

  // The value of publicSettings.docker for a repository of this URL, whose key is in this file of the VM.
  nlohmann::json Repository(const std::string& source, const std::string& url, const std::string& key) const;

  // Installs the extension and enables it with publicSettings.docker, and returns the harness's exit code;
  // further options are the harness's.
  int Enable(nlohmann::json docker, const Vm::Args& options = {}) const;
  // Sends new settings to the installed extension.
  int Change(nlohmann::json docker) const;
  // The same while the files of this pattern below /srv, which the repository lists, are gone: an error, also
  // of the next enable, and the engine runs on as it is.
  void ExpectFailedUpgrade(const nlohmann::json& docker, const std::string& files) const;
  std::string LastStatus() const;
  // Uninstalls, and waits until the packages are removed.
  void Uninstall() const;

  void ExpectServing() const;
  std::string EngineVersion() const;
  void Await(const std::string& script) const { vm_.Await(script); }

  // Another program, named `holder`, takes the lock and releases it once the status says so of it.
  void HoldUntilReported(const std::string& lock, LockKind kind, const std::string& holder) const;
  std::string ReportedLocks() const;  // those that were reported, a line each
  void KillWorker() const;

 private:
  std::string Public(nlohmann::json docker) const;

  const Vm& vm_;
};

// Of these differences those that name none of these paths.
std::vector<std::string> Except(const std::vector<std::string>& differences,
                                const std::vector<std::string>& paths);

}  // namespace dockerext
