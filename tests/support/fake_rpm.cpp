// SPDX-License-Identifier: MIT
#include "tests/support/fake_rpm.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "handler/base/text.hpp"
#include "handler/distro/docker_keys.hpp"
#include "handler/packages/package_manager.hpp"

namespace dockerext {
namespace {

bool Contains(const std::vector<std::string>& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

std::string Table(const std::string& heading, const std::vector<std::string>& names) {
  std::string table = names.empty() ? "" : heading + ":\n";
  for (const std::string& name : names) table += " " + name + "  x86_64  3:28.5.2-1.el9  docker  21 M\n";
  return table;
}

CommandOutput Answered(bool simulated, const std::string& table) {
  if (table.empty()) return {0, "Dependencies resolved.\nNothing to do.\nComplete!\n", ""};
  if (simulated) return {1, table + "\nTransaction Summary\n", "Operation aborted.\n"};
  return {0, table + "\nComplete!\n", ""};
}

}  // namespace

FakeRpm::FakeRpm(FakeMachine& vm) : vm_(vm) {
  vm.files.Put("/etc/os-release", "ID=rocky\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.4\"\n");
  vm.files.Put("/usr/bin/dnf-3", "");
  vm.files.PutLink("/usr/bin/dnf", "/usr/bin/dnf-3");
  vm.files.PutFolder("/etc/yum.repos.d");
  vm.other_programs = [this](const std::vector<std::string>& argv) -> std::optional<CommandOutput> {
    if (argv.front() == "/usr/bin/rpm") return Rpm(argv);
    if (argv.front() == "/usr/bin/dnf") return Dnf(argv);
    return std::nullopt;
  };
}

long FakeRpm::Runs(const std::string& word) const {
  return std::ranges::count_if(vm_.commands_run, [&](const auto& argv) { return Contains(argv, word); });
}

CommandOutput FakeRpm::Rpm(const std::vector<std::string>& argv) {
  if (Contains(argv, "-qa")) {
    CommandOutput list;
    for (const std::string& name : vm_.packages)
      list.output += name + " " + vm_.package_versions[name] + " 2\n";
    for (const auto& [name, version] : replaced) list.output += name + " " + version + " 1\n";
    return list;
  }
  if (Contains(argv, "-q")) return {0, Join(keys, "\n") + "\n", ""};
  if (Contains(argv, "--import") && key_import) return *key_import;
  if (Contains(argv, "--import")) {
    const bool is_of_rpm = vm_.files.Content(std::string(kRpmKeyFile)) == kDockerRpmKey;
    const std::string key = is_of_rpm ? kDockersKey : kOtherKey;
    if (!Contains(keys, key)) keys.push_back(key);
  }
  if (Contains(argv, "-e")) {
    std::erase_if(keys, [&](const std::string& key) { return Contains(argv, key); });
    std::erase_if(replaced,
                  [&](const auto& entry) { return Contains(argv, entry.first + "-" + entry.second); });
  }
  return {};
}

CommandOutput FakeRpm::Dnf(const std::vector<std::string>& argv) {
  const bool simulated = Contains(argv, "--assumeno");
  for (const char* action : {"install", "remove"}) {
    const auto at = std::ranges::find(argv, action);
    if (at == argv.end()) continue;
    const std::vector<std::string> names(std::next(at), argv.end());
    return std::string_view(action) == "install" ? Install(names, simulated) : Remove(names, simulated);
  }
  if (Contains(argv, "makecache")) return {0, "", refresh};
  if (Contains(argv, "repoquery") && Contains(argv, "--show-duplicates")) return {0, versions, ""};
  if (Contains(argv, "--userinstalled")) return {0, Join(vm_.marked_manual, "\n") + "\n", ""};
  return {};
}

CommandOutput FakeRpm::Install(std::vector<std::string> names, bool simulated) {
  const std::vector<std::string> pinned = std::move(names);
  names.clear();
  std::ranges::transform(pinned, std::back_inserter(names), kDnf.unpinned);
  if (!Exists(vm_.files, kRepository))
    return {1, "No match for argument: docker-ce\n", "Error: Unable to find a match\n"};
  if (simulated && simulation) return *simulation;
  if (!simulated && vm_.during_install) std::exchange(vm_.during_install, nullptr)();
  if (!simulated && installation) return *installation;
  std::vector<std::string> missing;
  std::ranges::copy_if(names, std::back_inserter(missing),
                       [&](const std::string& name) { return !Contains(vm_.packages, name); });
  CommandOutput answer = Answered(simulated, Table("Installing", missing));
  if (simulated) return answer;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool is_pinned = pinned[i] != names[i];
    if (is_pinned) vm_.package_versions[names[i]] = pinned[i].substr(names[i].size() + 1);
    if (!vm_.package_versions.contains(names[i])) vm_.package_versions[names[i]] = "3:28.5.2-1.el9";
  }
  if (missing.empty()) return answer;
  vm_.packages.insert(vm_.packages.end(), missing.begin(), missing.end());
  vm_.docker.InstallPackage();
  answer.errors += script_failure;
  return answer;
}

CommandOutput FakeRpm::Remove(const std::vector<std::string>& names, bool simulated) {
  if (simulated) return Answered(simulated, Table("Removing", names));
  std::erase_if(vm_.packages, [&](const std::string& name) { return Contains(names, name); });
  vm_.docker.RemovePackage();
  return Answered(simulated, Table("Removing", names));
}

}  // namespace dockerext
