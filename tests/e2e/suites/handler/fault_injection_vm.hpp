// SPDX-License-Identifier: MIT
// VMs for fault injection into enable: one that serves and changes its port, shared by all tests of a suite,
// and fresh ones without Docker, all with the same settings. After any fault, the next enable has to reach
// the same state as the reference run, which is an enable without faults.
#pragma once

#include <gmock/gmock.h>

#include <functional>
#include <future>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/suites/handler/operation_watch.hpp"
#include "tests/e2e/suites/support/vm.hpp"

namespace dockerext {

// The phases of an enable without faults, and the files that it leaves on the VM.
struct ReferenceRun {
  std::vector<Phase> phases;
  std::string tree;
};

// Vm::Tree without what differs on every VM, with the ledger as far as two enables of the same settings
// agree.
std::string ComparableTree(const Vm& vm);

class FaultInjectionVm : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite() { serving_.reset(); }
  void SetUp() override;
  void TearDown() override;

  // The VM with Docker and the extension, which serves on one of two ports.
  static constexpr std::uint16_t kFirstPort = 4243;
  static constexpr std::uint16_t kSecondPort = 5000;
  static std::uint16_t OtherThan(std::uint16_t port) { return port == kFirstPort ? kSecondPort : kFirstPort; }
  static Vm& serving() { return *serving_; }
  static const ReferenceRun& ChangeRun(std::uint16_t port) { return change_runs_.at(port); }
  // Changes the settings file as the agent does: to the port that is not served now, or to this one.
  static std::uint16_t SetNewPort();
  static void SetPort(const Vm& vm, std::uint16_t port);

  // A VM without Docker, valid until the next call.
  Vm& FreshVm();
  const ReferenceRun& ColdRun();

  static std::future<int> EnableInBackground(const Vm& vm);
  static OperationWatch Watch(const Vm& vm);  // of the only sequence number
  static ReferenceRun RunReference(const Vm& vm);

  // Expects the next enable to reach the state of the reference run, whether or not it has to start an
  // operation.
  static void Converge(const Vm& vm, const ReferenceRun& expected);
  static void AwaitOutcome(const Vm& vm, OperationWatch& watch, const ReferenceRun& expected);

  // Waits until this moment of an operation, given its first status. Returns its status then.
  static OperationWatch::Seen Await(OperationWatch& watch, OperationWatch::Seen seen, const KillPoint& point);
  static OperationWatch::Seen AwaitFirst(OperationWatch& watch);
  // Runs enable and calls `act` at this moment.
  static void WhileAt(const Vm& vm, const KillPoint& point, const std::function<void()>& act);
  // The moment when this fraction of the step's time has passed.
  static KillPoint Within(const ReferenceRun& run, const std::string& step, double fraction);

  void KeepEvidence(const std::string& name) const;

  static constexpr std::chrono::seconds kOperationBudget{120};
  static constexpr const char* kAgentFiles = "/root/agent.tar";  // in every VM; without a status file

 private:
  static inline std::optional<Vm> serving_;
  static inline std::string agent_files_;
  static inline std::map<std::uint16_t, ReferenceRun> change_runs_;
  static inline std::optional<ReferenceRun> cold_run_;
  std::optional<Vm> fresh_;
};

}  // namespace dockerext
