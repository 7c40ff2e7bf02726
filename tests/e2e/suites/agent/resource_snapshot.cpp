// SPDX-License-Identifier: MIT
#include "tests/e2e/suites/agent/resource_snapshot.hpp"

#include <algorithm>
#include <utility>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

// A process that entered the guest from outside has session 0 there.
constexpr const char* kInventory = R"sh(
log=/var/log/azure/Example.Extensions.DockerExtension
find /var/lib/docker-extension /run/docker-extension /etc/docker /etc/systemd/system /run/systemd/transient $log \
    /var/lib/waagent \( -path /var/lib/waagent/history -o -path /var/lib/waagent/events \) -prune -o -printf '%p %y\n' |
  sed -E 's/[.][0-9]+[.](manifest[.]xml|xml|json) /.N.\1 /; s/\/[0-9]+[.](settings|status) /\/N.\1 /' | sort -u
ps -eo sid=,comm= | awk '$1 { print "process " $2 }' | sort
systemctl list-units --all --plain --no-legend 'docker-extension*'
for pid in 1 $(pidof dockerd); do echo "descriptors of $(cat /proc/$pid/comm) $(ls /proc/$pid/fd | wc -l)"; done
)sh";

constexpr const char* kFigures = R"sh(
log=/var/log/azure/Example.Extensions.DockerExtension
agent=/var/lib/waagent
rss() { awk '/^VmRSS:/ { print $2 }' /proc/$1/status; }
echo bytes $(find /var/lib/docker-extension /run/docker-extension /etc/docker /etc/systemd/system \
               /run/systemd/transient -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
echo settings $(ls $agent/Example.Extensions.DockerExtension-*/config/*.settings | wc -l)
echo statuses $(ls $agent/Example.Extensions.DockerExtension-*/status/*.status | wc -l)
echo log_bytes $(stat -c %s $log/docker-extension.log)
echo agent_log_bytes $(stat -c %s $log/CommandExecution.log)
echo agent_history $(ls $agent/history | wc -l)
echo agent_events $(ls $agent/events | wc -l)
echo agent_kb $(rss $(pgrep -f '[r]un-exthandlers'))
echo dockerd_kb $(rss $(pidof dockerd))
)sh";

std::map<std::string, std::uint64_t> ParseFigures(const std::string& text) {
  std::map<std::string, std::uint64_t> figures;
  for (const std::string& line : Split(text, '\n')) {
    const auto blank = line.find(' ');
    if (blank != std::string::npos) figures[line.substr(0, blank)] = std::stoull(line.substr(blank + 1));
  }
  return figures;
}

}  // namespace

ResourceSnapshot ResourceSnapshot::Take(const Vm& vm) {
  return {vm.Shell(kInventory), ParseFigures(vm.Shell(kFigures))};
}

ResourceSnapshot ResourceSnapshot::Await(const Vm& vm,
                                         const std::function<bool(const ResourceSnapshot&)>& matches) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (true) {
    ResourceSnapshot snapshot = Take(vm);
    if (matches(snapshot) || std::chrono::steady_clock::now() > deadline) return snapshot;
    vm.Run({"/bin/sleep", "0.5"});
  }
}

ResourceSnapshot ResourceSnapshot::AwaitQuiet(const Vm& vm) {
  std::string before;
  return Await(vm, [&](const ResourceSnapshot& snapshot) {
    return std::exchange(before, snapshot.inventory) == snapshot.inventory;
  });
}

std::string Describe(const ResourceSnapshot& snapshot) {
  const std::vector<std::string> lines = Split(snapshot.inventory, '\n');
  const auto count = [&](std::string_view begin) {
    return std::to_string(
        std::ranges::count_if(lines, [&](const std::string& line) { return line.starts_with(begin); }));
  };
  std::string text =
      "paths " + count("/") + ", processes " + count("process ") + ", units " + count("docker-extension");
  for (const std::string& line : lines) {
    if (line.starts_with("descriptors ")) text += ", " + line;
  }
  for (const auto& [name, value] : snapshot.figures) text += ", " + name + " " + std::to_string(value);
  return text;
}

}  // namespace dockerext
