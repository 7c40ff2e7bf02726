// SPDX-License-Identifier: MIT
// Measures the time and memory of a command from fork to exit, with /bin/true as the baseline. Both are
// started by a shell, as the agent starts a handler's verb, and alternate, so that other load on the machine
// affects both.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

struct Run {
  double milliseconds = 0;
  long kilobytes = 0;  // the largest resident set of the shell and its children
};

Run Start(const char* command) {
  const auto began = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    execl("/bin/sh", "sh", "-c", command, nullptr);
    _exit(127);
  }
  int status = 0;
  struct rusage usage {};
  if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) {
    std::fprintf(stderr, "start-cost: \"%s\" failed (wait status %d)\n", command, status);
    std::exit(1);
  }
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  return {took.count(), usage.ru_maxrss};
}

class Series {
 public:
  explicit Series(const char* command) : command_(command) {}

  void RunOnce() { runs_.push_back(Start(command_)); }

  double Median() const {
    std::vector<double> times;
    for (const Run& run : runs_) times.push_back(run.milliseconds);
    std::nth_element(times.begin(), times.begin() + static_cast<long>(times.size() / 2), times.end());
    return times[times.size() / 2];
  }

  double Least() const {
    return std::min_element(runs_.begin(), runs_.end(),
                            [](const Run& a, const Run& b) { return a.milliseconds < b.milliseconds; })
        ->milliseconds;
  }

  double Megabytes() const {
    long most = 0;
    for (const Run& run : runs_) most = std::max(most, run.kilobytes);
    return static_cast<double>(most) / 1024;
  }

  void Print() const {
    std::printf("%-40.40s median %6.2f ms, least %6.2f ms, %5.1f MB\n", command_, Median(), Least(),
                Megabytes());
  }

 private:
  const char* command_;
  std::vector<Run> runs_;
};

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc == 3 ? std::atoi(argv[1]) : 0;
  if (rounds < 1) {
    std::fprintf(stderr, "usage: start-cost ROUNDS COMMAND\n");
    return 2;
  }
  Series baseline("/bin/true");
  Series command(argv[2]);
  for (int i = 0; i < rounds; ++i) {
    baseline.RunOnce();
    command.RunOnce();
  }
  baseline.Print();
  command.Print();
  std::printf("above /bin/true: median %.2f ms, least %.2f ms, %.1f MB\n",
              command.Median() - baseline.Median(), command.Least() - baseline.Least(),
              command.Megabytes() - baseline.Megabytes());
}
