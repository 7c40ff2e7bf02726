// SPDX-License-Identifier: MIT
#include "tests/e2e/suites/support/vm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

std::string OutputText(const Guest::Output& output) { return output.out + output.err; }

Guest::Output Checked(Result<Guest::Output> output, const std::string& doing) {
  EXPECT_TRUE(output.ok()) << doing << ": " << output.error().Message();
  return output.ok() ? *std::move(output) : Guest::Output{-1, "", output.error().Message()};
}

// Paths that change by themselves. -xdev excludes mounts: /proc, /sys, /dev, /run, /tmp and the engine's
// data.
constexpr std::array kVolatile = std::to_array<const char*>({
    "/var/log",                // written by all services; the extension's log stays with the agent
    "/var/lib/waagent",        // written by the agent: certificates, settings, state of its extensions
    "/var/lib/systemd/timers"  // stamps of timers that may elapse at any time
});

// `find` is a search without an action.
std::string ListingOf(const std::string& find) {
  return find + " -printf '%p %y %m %u:%g %l\\n' 2>/dev/null | sort; " + find +
         " -type f -exec sha256sum {} + 2>/dev/null | sort -k 2";
}

std::vector<std::string> SortedLines(const std::string& text) {
  std::vector<std::string> lines = Split(text, '\n');
  std::ranges::sort(lines);
  return lines;
}

}  // namespace

std::string Vm::Missing() {
  for (const char* name : {"DX_HARNESS", "DX_AVAILABILITY_PROBE", "DX_GUEST_DOCKER_IMAGE", "DX_ZIP"}) {
    if (!std::filesystem::exists(Variable(name))) {
      return std::string(name) + " does not name an existing file: run the tests with scripts/test";
    }
  }
  return Guest::Missing();
}

Vm::Vm(Guest guest, std::string folder)
    : guest_(std::move(guest)), folder_(std::move(folder)), credentials_(folder_ + "/credentials") {}

Vm::~Vm() {
  if (!folder_.empty()) std::filesystem::remove_all(folder_);
}

Result<Vm> Vm::Boot(const Guest::Options& options) {
  std::string folder = (std::filesystem::temp_directory_path() / "dx-vm-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return Error{Code::kInternal, "cannot make " + folder};
  TRY_LET(Guest guest, Guest::Boot(options));
  return Vm(std::move(guest), std::move(folder));
}

std::string Vm::Put(const std::string& name, const std::string& text) const {
  std::ofstream(Scratch(name)) << text;
  return Scratch(name);
}

Vm::Output Vm::Harness(const Args& args) const {
  guest::Command command;
  command.argv = {Variable("DX_HARNESS"), args.front(), "--guest", guest_.name()};
  if (const std::string inside = Variable("DX_GUEST_HARNESS"); !inside.empty())
    command.argv.insert(command.argv.end(), {"--guest-harness", inside});
  if (args.front() == "run" || args.front() == "enable")
    command.argv.insert(command.argv.end(), {"--credentials", credentials_, "--wait", "600"});
  if (args.front() == "run") command.argv.insert(command.argv.end(), {"--zip", Variable("DX_ZIP")});
  // Of an option that is given twice, the last one counts.
  command.argv.insert(command.argv.end(), args.begin() + 1, args.end());
  command.budget = std::chrono::seconds(720);
  Output output = Checked(guest::Run(command), "the harness");
  std::cout << OutputText(output) << std::flush;
  return output;
}

std::string Vm::VerdictLine(const Output& harness) {
  const auto begin = harness.out.rfind("verdict: ");
  return begin == std::string::npos ? harness.out : harness.out.substr(begin);
}

Vm::Output Vm::Verb(const std::string& verb, std::uint64_t sequence) const {
  return Exec({"/usr/bin/env", "--chdir=" + std::string(kFolder),
               "ConfigSequenceNumber=" + std::to_string(sequence), "/bin/sh", "-c",
               std::string(kFolder) + "/bin/docker-extension " + verb});
}

Vm::Output Vm::Docker(const Args& tls, std::uint16_t port, const Args& args) const {
  Args argv = {Variable("DX_GUEST_IMAGE") + "/client/usr/bin/docker"};
  argv.insert(argv.end(), tls.begin(), tls.end());
  argv.insert(argv.end(), {"-H", "tcp://" + guest_.address() + ":" + std::to_string(port)});
  argv.insert(argv.end(), args.begin(), args.end());
  return Checked(guest_.Client(argv), "docker");
}

Vm::Output Vm::DockerTls(const Args& args, std::uint16_t port) const {
  return Docker({"--tls", "--tlscacert=" + credentials_ + "/ca.pem",
                 "--tlscert=" + credentials_ + "/cert.pem", "--tlskey=" + credentials_ + "/key.pem"},
                port, args);
}

Vm::Output Vm::DockerTlsVerify(const Args& args, std::uint16_t port) const {
  return Docker({"--tlsverify", "--tlscacert=" + credentials_ + "/ca.pem",
                 "--tlscert=" + credentials_ + "/cert.pem", "--tlskey=" + credentials_ + "/key.pem"},
                port, args);
}

Vm::Output Vm::Exec(const Args& argv, const Guest::Run& run) const {
  return Checked(guest_.Exec(argv, run), Join(argv, " "));
}

void Vm::Await(const std::string& script, int seconds) const {
  const std::string loop = "for i in $(seq " + std::to_string(seconds * 20) + "); do { " + script +
                           "; } >/dev/null 2>&1 && exit 0; sleep 0.05; done; exit 1";
  const auto waited =
      guest_.Exec({"/bin/sh", "-c", loop}, {.budget = std::chrono::seconds(4 * seconds + 30)});
  EXPECT_TRUE(waited.ok() && waited->exit_code == 0) << "never true: " << script;
}

void Vm::ExpectServing(std::uint16_t port) const {
  const Output answered = DockerTlsVerify({"version"}, port);
  EXPECT_EQ(answered.exit_code, 0) << answered.err;
  EXPECT_NE(Docker({}, port, {"version"}).exit_code, 0);
  EXPECT_NE(Docker({"--tls"}, port, {"version"}).exit_code, 0);
}

std::string Vm::Run(const Args& argv) const {
  const Output output = Exec(argv);
  EXPECT_EQ(output.exit_code, 0) << Join(argv, " ") << ": " << OutputText(output);
  return std::string(Trim(output.out));
}

std::string Vm::EnginePid() const {
  return Run({"/usr/bin/systemctl", "show", "-p", "MainPID", "docker.service"});
}

std::string Vm::Tree() const { return Shell(ListingOf("find /etc /var/lib/docker-extension -xdev")); }

std::string Vm::Snapshot() const {
  std::string pruned;
  for (const char* path : kVolatile) {
    pruned += std::string(pruned.empty() ? "" : " -o ") + "-path " + path;
  }
  return Shell(ListingOf("find / -xdev \\( " + pruned + " \\) -prune -o"));
}

std::string Vm::StatusText(std::uint64_t sequence) const {
  const auto text = guest_.ReadFile(std::string(kFolder) + "/status/" + std::to_string(sequence) + ".status");
  EXPECT_TRUE(text.ok()) << text.error().Message();
  return text.ok() ? *text : "";
}

bool Vm::IsOpen(std::uint16_t port) const {
  const std::string connect = "exec 3<>/dev/tcp/" + guest_.address() + "/" + std::to_string(port);
  return Checked(guest_.Client({"/bin/bash", "-c", connect}), "connecting").exit_code == 0;
}

void Vm::KeepEvidence(const std::string& test) const {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("docker-extension-" + test);
  std::filesystem::create_directories(folder);
  const auto keep = [&](const char* name, const char* script) {
    std::ofstream(folder / name) << Exec({"/bin/sh", "-c", script}).out;
  };
  keep("status.txt", "tail -n +1 /var/lib/waagent/*/status/*");
  keep("log.txt", "tail -n +1 /var/log/azure/*/*.log");
  keep("journal.txt", "journalctl --no-pager -b");
  keep("machine.txt",
       "systemctl cat docker; systemctl status docker; cat /var/lib/docker-extension/ledger.json; ss -ltnp; "
       "ps axf");
  std::cerr << "the guest's status, logs and journal are in " << folder << "\n";
}

int SoakNumber(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<int>(ParseUnsigned(text).value_or(otherwise));
}

std::vector<std::string> Differences(const std::string& before, const std::string& after) {
  if (before == after) return {};
  const std::vector<std::string> first = SortedLines(before);
  const std::vector<std::string> second = SortedLines(after);
  std::vector<std::string> removed;
  std::vector<std::string> added;
  std::ranges::set_difference(first, second, std::back_inserter(removed));
  std::ranges::set_difference(second, first, std::back_inserter(added));
  std::vector<std::string> differences;
  for (const std::string& line : removed) differences.push_back("- " + line);
  for (const std::string& line : added) differences.push_back("+ " + line);
  return differences;
}

}  // namespace dockerext
