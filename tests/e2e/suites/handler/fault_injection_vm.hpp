// SPDX-License-Identifier: MIT
// Two VMs whose enables are disturbed: one that serves and changes its port, for all tests of a suite, and
// fresh ones without Docker, all with the same settings. What an undisturbed enable makes of either is what
// the next enable after any disturbance has to make of it.
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

// What an undisturbed enable makes of a VM, and how it gets there.
struct ReferenceRun {
  std::vector<Phase> phases;
  std::string tree;
};

class FaultInjectionVm : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite() { serving_.reset(); }
  void SetUp() override;
  void TearDown() override;

  // Docker and the extension, on either of two ports.
  static constexpr std::uint16_t kUsual = 4243;
  static constexpr std::uint16_t kOther = 5000;
  static std::uint16_t OtherThan(std::uint16_t port) { return port == kUsual ? kOther : kUsual; }
  static Vm& serving() { return *serving_; }
  static const ReferenceRun& Changed(std::uint16_t port) { return changed_.at(port); }
  // As the agent writes a customer's change: the port that it does not serve now, or this one.
  static std::uint16_t SetNewPort();
  static void SetPort(const Vm& vm, std::uint16_t port);

  // A VM without Docker; it stays until the next one.
  Vm& FreshVm();
  const ReferenceRun& Cold();

  static std::future<int> EnableInBackground(const Vm& vm);
  static OperationWatch Watch(const Vm& vm);  // of the one sequence number that there is
  static ReferenceRun RunUndisturbed(const Vm& vm);

  // The next enable, which may have a work to do or none, ends where an undisturbed one does.
  static void Converge(const Vm& vm, const ReferenceRun& wanted);
  static void AwaitOutcome(const Vm& vm, OperationWatch& watch, const ReferenceRun& wanted);

  // Up to this moment of a work whose first status was this; its status then.
  static OperationWatch::Seen Await(OperationWatch& watch, OperationWatch::Seen seen, const KillPoint& point);
  static OperationWatch::Seen AwaitFirst(OperationWatch& watch);
  // Enables, and does something at this moment.
  static void WhileAt(const Vm& vm, const KillPoint& point, const std::function<void()>& act);
  // The moment when this part of a step's time is over.
  static KillPoint Within(const ReferenceRun& outcome, const std::string& step, double part);

  void KeepEvidence(const std::string& name) const;

  static constexpr std::chrono::seconds kOperationBudget{120};
  static constexpr const char* kAgentsFiles = "/root/agent.tar";  // in every VM; without a status

 private:
  static inline std::optional<Vm> serving_;
  static inline std::string agents_files_;
  static inline std::map<std::uint16_t, ReferenceRun> changed_;
  static inline std::optional<ReferenceRun> cold_;
  std::optional<Vm> fresh_;
};

}  // namespace dockerext
