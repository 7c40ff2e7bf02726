// SPDX-License-Identifier: MIT
// apt and dpkg of the machine in memory.
#include <algorithm>
#include <iterator>

#include "handler/base/text.hpp"
#include "tests/support/fake_machine.hpp"

namespace dockerext {
namespace {

bool Contains(const std::vector<std::string>& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

}  // namespace

CommandOutput FakeMachine::PackageTool(const std::vector<std::string>& argv) {
  on_apt();
  if (!apt_outputs.empty()) {
    CommandOutput output = apt_outputs.front();
    apt_outputs.pop_front();
    if (output.exit_code != 0 || !output.errors.empty()) return output;
  }
  return NameOf(argv.front()) == "dpkg" ? CommandOutput{} : Apt(argv);
}

bool FakeMachine::AsksForUpstream(const std::vector<std::string>& argv) {
  return std::ranges::any_of(argv, [](const std::string& arg) { return arg.starts_with("docker-ce"); });
}

bool FakeMachine::KnowsUpstream() {
  return upstream_serves &&
         (owner_offers_upstream || Exists(files, "/etc/apt/sources.list.d/docker-extension.sources"));
}

std::string FakeMachine::Madison(const std::vector<std::string>& argv) {
  if (!madison.empty() || !KnowsUpstream()) return madison;
  std::string list;
  for (auto name = std::next(std::ranges::find(argv, "--")); name != argv.end(); ++name) {
    if (name->ends_with("-plugin") && !upstream_has_plugins) continue;
    list +=
        *name + " | 5:28.5.2-1 | https://download.docker.com/linux/debian bookworm/stable amd64 Packages\n";
  }
  return list;
}

// A pinned name becomes the engine's version.
CommandOutput FakeMachine::AptInstallsUpstream(const std::vector<std::string>& argv) {
  if (!KnowsUpstream()) return {100, "", "E: Unable to locate package docker-ce\n"};
  if (!upstream_has_plugins && Contains(argv, "docker-compose-plugin"))
    return {100, "",
            "E: Unable to locate package docker-compose-plugin\n"
            "E: Unable to locate package docker-buildx-plugin\n"};
  CommandOutput output;
  const auto names = std::find(argv.begin(), argv.end(), "--");
  for (auto name = std::next(names); name != argv.end(); ++name) {
    const std::string package = name->substr(0, name->find('='));
    const bool is_new = !Contains(packages, package);
    if (is_new) output.output += "Inst " + package + " (5:28.5 Docker CE:bookworm [amd64])\n";
    if (Contains(argv, "--simulate")) continue;
    if (is_new) packages.push_back(package);
    if (package == *name || keeps_versions) continue;
    package_versions[package] = name->substr(package.size() + 1);
    if (package != "docker-ce") continue;
    std::string& replaced = package_restarts_engine ? docker.version : program_version;
    replaced = name->substr(name->find(':') + 1, 6);
  }
  if (!Contains(argv, "--simulate") && !keeps_versions) docker.InstallPackage();
  return output;
}

CommandOutput FakeMachine::Apt(const std::vector<std::string>& argv) {
  if (apt_locked_for > 0) {
    --apt_locked_for;
    return {100, "", "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 42 (apt-get)\n"};
  }
  const bool simulate = Contains(argv, "--simulate");
  if (Contains(argv, "install") && AsksForUpstream(argv)) return AptInstallsUpstream(argv);
  if (Contains(argv, "install") && Contains(argv, "docker.io") && !distribution_offers)
    return {100, "", "E: Unable to locate package docker.io\n"};
  const bool has_docker = Contains(packages, "docker.io");
  if (Contains(argv, "install") && !has_docker) {
    if (simulate) {
      const std::string also = apt_would_also_remove ? "Remv " + *apt_would_also_remove + " [1]\n" : "";
      return {0, also + "Inst runc (1.1 Debian:12 [amd64])\nInst docker.io (20.10 Debian:12 [amd64])\n", ""};
    }
    if (during_install) std::exchange(during_install, nullptr)();
    packages.insert(packages.end(), {"runc", "docker.io"});
    half_installed.clear();
    docker.InstallPackage();
  }
  if (Contains(argv, "remove")) {
    if (simulate) {
      const std::string also = apt_would_also_remove ? "Remv " + *apt_would_also_remove + " [1]\n" : "";
      std::string removed;
      for (const std::string& name : packages) {
        if (Contains(argv, name)) removed += "Remv " + name + " [1]\n";
      }
      return {0, removed + also, ""};
    }
    if (std::exchange(cuts_off_removal, false)) {
      // It had written the marks as they are after the removal: what is still there is marked as manual.
      marked_manual = packages;
      std::erase(packages, "docker.io");
      docker.RemovePackage();
      return {100, "", "E: Sub-process /usr/bin/dpkg received signal 9.\n"};
    }
    std::erase_if(packages, [&](const std::string& name) { return Contains(argv, name); });
    std::erase_if(half_installed, [&](const std::string& name) { return Contains(argv, name); });
    docker.RemovePackage();
  }
  return {};
}

}  // namespace dockerext
