// SPDX-License-Identifier: MIT
#include "tests/e2e/suites/handler/operation_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/process.hpp"

namespace dockerext {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kOperationBudget{120};

std::string ReadHere(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Which names of processes somebody sees; empty when it is gone.
std::string PidNamespace(const std::filesystem::path& process) {
  std::error_code error;
  return std::filesystem::read_symlink(process / "ns/pid", error).string();
}

bool IsWorker(const std::filesystem::path& process) {
  const auto words = Split(ReadHere(process / "cmdline"), '\0');
  return words.size() > 2 && words[1] == "worker" && words[0].ends_with("/docker-extension");
}

std::size_t PlaceOf(const StatusReport& report) {
  const std::size_t begun = 2 * report.substatuses.size();
  const bool works =
      !report.substatuses.empty() && report.substatuses.back().level == StatusLevel::kTransitioning;
  return works ? begun - 1 : begun;
}

double WeightOf(const Phase& phase) { return 1.0 + static_cast<double>(phase.length.count()) / 1000; }

// The moment at this distance from the begin, where stretches are as long as they weigh.
KillPoint At(const std::vector<Phase>& phases, double distance) {
  for (const Phase& phase : phases) {
    const double weight = WeightOf(phase);
    if (distance < weight) {
      const double part = distance / weight * static_cast<double>(phase.length.count());
      return {phase, milliseconds(static_cast<std::int64_t>(part))};
    }
    distance -= weight;
  }
  return {phases.back(), phases.back().length};
}

}  // namespace

Result<OperationWatch> OperationWatch::Begin(const Vm& vm, std::uint64_t sequence) {
  TRY_LET(const std::string root, vm.guest().Root());
  const std::string folder = root + Vm::kFolder + "/status";
  UniqueFd events(inotify_init1(IN_CLOEXEC));
  if (!events || inotify_add_watch(events.get(), folder.c_str(), IN_MOVED_TO) < 0) {
    return guest::ErrnoError("watching " + folder);
  }
  OperationWatch watch(root, folder, std::to_string(sequence) + ".status", std::move(events));
  watch.last_ = ReadHere(folder + "/" + watch.name_);
  return watch;
}

Result<OperationWatch::Seen> OperationWatch::Next(milliseconds budget) {
  const auto deadline = Clock::now() + budget;
  while (true) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    if (left.count() <= 0 || !guest::WaitReadable(events_.get(), left)) {
      return Error{Code::kTimeout, "no new status within " + std::to_string(budget.count()) + " ms"};
    }
    std::array<char, 4096> block{};
    if (read(events_.get(), block.data(), block.size()) < 0) return guest::ErrnoError("reading events");
    const auto when = Clock::now();
    std::string text = ReadHere(folder_ + "/" + name_);
    if (text == last_) continue;
    last_ = std::move(text);
    if (const auto report = ParseStatus(last_)) return Seen{*report, when};
  }
}

Result<OperationWatch::Seen> OperationWatch::AwaitFinal(milliseconds budget) {
  const auto deadline = Clock::now() + budget;
  while (true) {
    TRY_LET(const Seen seen, Next(std::chrono::duration_cast<milliseconds>(deadline - Clock::now())));
    if (seen.IsFinal()) return seen;
  }
}

Result<UniqueFd> OperationWatch::Worker() const {
  const std::string guests = PidNamespace(std::filesystem::path(root_).parent_path());
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto pid = ParseUnsigned(entry.path().filename().string());
    if (!pid || PidNamespace(entry.path()) != guests || !IsWorker(entry.path())) continue;
    TRY_LET(const guest::ProcessId process, guest::Identify(static_cast<pid_t>(*pid)));
    return guest::OpenProcess(process);
  }
  return Error{Code::kNotFound, "no worker runs in the guest"};
}

Phase PhaseOf(const StatusReport& report) {
  const std::size_t place = PlaceOf(report);
  if (place == 0) return {"start", place, {}};
  const std::string& name = report.substatuses.back().name;
  return {place % 2 == 1 ? name : "after " + name, place, {}};
}

Result<std::vector<Phase>> FollowToTheEnd(OperationWatch& watch) {
  std::vector<Phase> phases;
  OperationWatch::Clock::time_point began;
  while (true) {
    TRY_LET(const OperationWatch::Seen seen, watch.Next(kOperationBudget));
    if (!phases.empty()) {
      phases.back().length = std::chrono::duration_cast<milliseconds>(seen.when - began);
    }
    if (seen.report.level == StatusLevel::kSuccess) return phases;
    if (seen.IsFinal()) return Error{Code::kInternal, seen.report.message};
    phases.push_back(PhaseOf(seen.report));
    began = seen.when;
  }
}

std::vector<KillPoint> SpreadOver(const std::vector<Phase>& phases, std::size_t count, std::uint32_t seed) {
  double whole = 0;
  for (const Phase& phase : phases) whole += WeightOf(phase);
  std::mt19937 random(seed);
  std::vector<KillPoint> points;
  for (std::size_t i = 0; i < count; ++i) {
    const double in_part = static_cast<double>(random()) / (static_cast<double>(std::mt19937::max()) + 1);
    points.push_back(At(phases, (static_cast<double>(i) + in_part) / static_cast<double>(count) * whole));
  }
  return points;
}

}  // namespace dockerext
