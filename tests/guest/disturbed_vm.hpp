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

#include "tests/guest/vm.hpp"
#include "tests/guest/work_watch.hpp"

namespace dockerext {

// What an undisturbed enable makes of a VM, and how it gets there.
struct Outcome {
  std::vector<Stretch> stretches;
  std::string tree;
};

class DisturbedVm : public testing::Test {
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
  static const Outcome& Changed(std::uint16_t port) { return changed_.at(port); }
  // As the agent writes a customer's change: the port that it does not serve now, or this one.
  static std::uint16_t SetNewPort();
  static void SetPort(const Vm& vm, std::uint16_t port);

  // A VM without Docker; it stays until the next one.
  Vm& FreshVm();
  const Outcome& Cold();

  static std::future<int> EnableBeside(const Vm& vm);
  static WorkWatch Watch(const Vm& vm);  // of the one sequence number that there is
  static Outcome Undisturbed(const Vm& vm);

  // The next enable, which may have a work to do or none, ends where an undisturbed one does.
  static void Converge(const Vm& vm, const Outcome& wanted);
  static void AwaitOutcome(const Vm& vm, WorkWatch& watch, const Outcome& wanted);

  // Up to this moment of a work whose first status was this; its status then.
  static WorkWatch::Seen Await(WorkWatch& watch, WorkWatch::Seen seen, const KillPoint& point);
  static WorkWatch::Seen AwaitFirst(WorkWatch& watch);
  // Enables, and does something at this moment.
  static void WhileAt(const Vm& vm, const KillPoint& point, const std::function<void()>& act);
  // The moment when this part of a step's time is over.
  static KillPoint Within(const Outcome& outcome, const std::string& step, double part);

  void KeepEvidence(const std::string& name) const;

  static constexpr std::chrono::seconds kWorkBudget{120};
  static constexpr const char* kAgentsFiles = "/root/agent.tar";  // in every VM; without a status

 private:
  static inline std::optional<Vm> serving_;
  static inline std::string agents_files_;
  static inline std::map<std::uint16_t, Outcome> changed_;
  static inline std::optional<Outcome> cold_;
  std::optional<Vm> fresh_;
};

}  // namespace dockerext
