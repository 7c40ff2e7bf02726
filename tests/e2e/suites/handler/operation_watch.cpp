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
#include <thread>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/process.hpp"

namespace dockerext {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kOperationBudget{120};

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// The PID namespace of a process; empty if it has exited.
std::string PidNamespace(const std::filesystem::path& process) {
  std::error_code error;
  return std::filesystem::read_symlink(process / "ns/pid", error).string();
}

bool IsWorker(const std::filesystem::path& process) {
  const auto argv = Split(ReadFile(process / "cmdline"), '\0');
  return argv.size() > 2 && argv[1] == "worker" && argv[0].ends_with("/docker-extension");
}

std::size_t PositionOf(const StatusReport& report) {
  const std::size_t started = 2 * report.substatuses.size();
  const bool is_running =
      !report.substatuses.empty() && report.substatuses.back().level == StatusLevel::kTransitioning;
  return is_running ? started - 1 : started;
}

double WeightOf(const Phase& phase) { return 1.0 + static_cast<double>(phase.length.count()) / 1000; }

// The moment at this weighted distance from the start.
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
  watch.last_ = ReadFile(folder + "/" + watch.name_);
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
    std::string text = ReadFile(folder_ + "/" + name_);
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
  const std::string guest_namespace = PidNamespace(std::filesystem::path(root_).parent_path());
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto pid = ParseUnsigned(entry.path().filename().string());
    if (!pid || PidNamespace(entry.path()) != guest_namespace || !IsWorker(entry.path())) continue;
    TRY_LET(const guest::ProcessId process, guest::Identify(static_cast<pid_t>(*pid)));
    return guest::OpenProcess(process);
  }
  return Error{Code::kNotFound, "no worker runs in the guest"};
}

Result<UniqueFd> OperationWatch::AwaitWorker(milliseconds budget) const {
  const auto deadline = Clock::now() + budget;
  while (true) {
    auto worker = Worker();
    if (worker.ok() || Clock::now() >= deadline) return worker;
    std::this_thread::sleep_for(milliseconds(2));
  }
}

Phase PhaseOf(const StatusReport& report) {
  const std::size_t position = PositionOf(report);
  if (position == 0) return {"start", position, {}};
  const std::string& name = report.substatuses.back().name;
  return {position % 2 == 1 ? name : "after " + name, position, {}};
}

Result<std::vector<Phase>> FollowToTheEnd(OperationWatch& watch) {
  std::vector<Phase> phases;
  OperationWatch::Clock::time_point phase_start;
  while (true) {
    TRY_LET(const OperationWatch::Seen seen, watch.Next(kOperationBudget));
    if (!phases.empty()) {
      phases.back().length = std::chrono::duration_cast<milliseconds>(seen.when - phase_start);
    }
    if (seen.report.level == StatusLevel::kSuccess) return phases;
    if (seen.IsFinal()) return Error{Code::kInternal, seen.report.message};
    phases.push_back(PhaseOf(seen.report));
    phase_start = seen.when;
  }
}

std::vector<KillPoint> SpreadOver(const std::vector<Phase>& phases, std::size_t count, std::uint32_t seed) {
  double total = 0;
  for (const Phase& phase : phases) total += WeightOf(phase);
  std::mt19937 random(seed);
  std::vector<KillPoint> points;
  for (std::size_t i = 0; i < count; ++i) {
    const double offset = static_cast<double>(random()) / (static_cast<double>(std::mt19937::max()) + 1);
    points.push_back(At(phases, (static_cast<double>(i) + offset) / static_cast<double>(count) * total));
  }
  return points;
}

}  // namespace dockerext
