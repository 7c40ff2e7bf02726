// SPDX-License-Identifier: MIT
#include "tests/support/fake_machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "handler/base/text.hpp"
#include "handler/cli/command_line.hpp"
#include "handler/docker/unit_file.hpp"
#include "handler/state/ledger.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

constexpr const char* kLib = "/var/lib/waagent";
const std::string kDockerService = "docker.service";

// One for all tests: generating an RSA key is slow.
const TestPair& TenantPair() {
  static const TestPair kPair =
      MakePair({.common_name = "TenantEncryptionCert", .key = "RSA:2048", .now = FakeClock().UtcNow()});
  return kPair;
}

bool Contains(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

FakeMachine::FakeMachine()
    : system{files, *this, *this, docker, docker, crypto, locks, docker, clock, log},
      tenant_pair(TenantPair()) {
  files.Put("/etc/os-release",
            "PRETTY_NAME=\"Debian GNU/Linux 12 "
            "(bookworm)\"\nID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n");
  files.Put("/sys/class/dmi/id/product_uuid", "4C4C4544-0042-3510-8052-B4C04F4E3732\n");
  files.Put("/proc/sys/kernel/random/boot_id", "boot-1\n");
  for (const char* folder :
       {"/run/systemd/system", "/etc/systemd/system", "/var/log/azure/ext", "/var/lib", "/etc", "/etc/apt"}) {
    files.PutFolder(folder);
  }
  const std::string stem = std::string(kLib) + "/" + Thumbprint(tenant_pair.certificate);
  files.Put(stem + ".crt", "Bag Attributes: <No Attributes>\n" + tenant_pair.certificate);
  files.Put(stem + ".prv", "Bag Attributes\n    localKeyID: 01\n" + tenant_pair.key);
  LayOut(version, "Installed");
}

std::string FakeMachine::FolderOf(const std::string& version) {
  return std::string(kLib) + "/" + kName + "-" + version;
}

void FakeMachine::LayOut(const std::string& of_version, const std::string& state) {
  const std::string folder = FolderOf(of_version);
  const json environment = {{{"version", 1.0},
                             {"handlerEnvironment",
                              {{"logFolder", "/var/log/azure/ext"},
                               {"configFolder", folder + "/config"},
                               {"statusFolder", folder + "/status"}}}}};
  files.Put(folder + "/HandlerEnvironment.json", environment.dump());
  files.Put(folder + "/HandlerManifest.json", "[]");
  files.Put(folder + "/config/HandlerState", state);
  files.PutFolder(folder + "/status", 0700_mode);
  files.Put(folder + "/bin/x86_64/docker-extension", "the program, version " + of_version, 0744_mode);
}

void FakeMachine::Set(std::uint64_t number, const std::string& public_json,
                      const std::optional<std::string>& protected_json) {
  sequence = number;
  json settings = {{"publicSettings", json::parse(public_json)},
                   {"protectedSettings", nullptr},
                   {"protectedSettingsCertThumbprint", nullptr}};
  if (protected_json) {
    settings["protectedSettings"] =
        EncodeBase64(Encrypt(*protected_json, tenant_pair.certificate, "AES-256-CBC"));
    settings["protectedSettingsCertThumbprint"] = Thumbprint(tenant_pair.certificate);
  }
  const json document = {{"runtimeSettings", {{{"handlerSettings", settings}}}}};
  files.Put(FolderOf(version) + "/config/" + std::to_string(number) + ".settings", document.dump());
}

std::string FakeMachine::Certs(const TestCredentials& credentials) {
  const json document = {{"certs",
                          {{"ca", EncodeBase64(credentials.ca.certificate)},
                           {"cert", EncodeBase64(credentials.server.certificate)},
                           {"key", EncodeBase64(credentials.server.key)}}}};
  return document.dump();
}

RunResult FakeMachine::Run(const std::string& verb, const Variables& more) {
  RunResult result = RunVerb(verb, more);
  Drain();
  return result;
}

RunResult FakeMachine::RunVerb(const std::string& verb, const Variables& more) {
  Variables variables = more;
  variables.insert({"ConfigSequenceNumber", std::to_string(sequence)});
  return RunProgram(FolderOf(version) + "/bin/x86_64/docker-extension", {verb}, variables);
}

RunResult FakeMachine::RunProgram(const std::string& program, const std::vector<std::string>& arguments,
                                  const Variables& variables) {
  std::ostringstream out;
  std::ostringstream err;
  Process process{arguments, variables, program, version, out, err, [&](const std::string& path) {
                    return files.Read(path, Files::kReadLimit);
                  }};
  const int code = RunCommandLine(system, process);
  return {code, out.str(), err.str()};
}

void FakeMachine::Drain() {
  while (!started_workers_.empty()) {
    const TransientUnit unit = units_.at(started_workers_.front());
    started_workers_.pop_front();
    const auto arguments = [](const std::vector<std::string>& argv) {
      return std::vector<std::string>(argv.begin() + 1, argv.end());
    };
    std::string result = "success";
    try {
      if (RunProgram(unit.command[0], arguments(unit.command), {}).exit_code != 0) result = "exit-code";
    } catch (const ProcessKilled&) {
      result = "signal";
      files.kill_at_change.reset();
      locks.held.clear();
    }
    RunProgram(unit.after_command[0], arguments(unit.after_command), {{"SERVICE_RESULT", result}});
    units_.erase(unit.name);
  }
}

StatusReport FakeMachine::StatusOf(std::uint64_t number) {
  const auto report = ReadStatus(files, FolderOf(version) + "/status", number);
  EXPECT_TRUE(report.has_value()) << "no status of sequence number " << number;
  return report.value_or(StatusReport{});
}

EngineEndpoint FakeMachine::LastKnownGoodEndpoint() {
  const auto ledger = LoadLedger(files);
  if (!ledger.ok() || !ledger->last_known_good) return {};
  return EndpointOfDropIn(ledger->last_known_good->drop_in).value_or(EngineEndpoint{});
}

std::vector<std::string> FakeMachine::Tree() const {
  return files.Tree({"/etc/docker", "/etc/systemd", "/var/lib/docker-extension", "/run/docker-extension"});
}

Result<UnitFacts> FakeMachine::Describe(const std::string& unit) {
  if (unit == kDockerService) return docker.Facts();
  UnitFacts facts;
  facts.load_state = "not-found";
  facts.active_state = "inactive";
  const std::string path = "/lib/systemd/system/" + unit;
  if (files.Has(path)) {
    facts.load_state = masked_units.contains(unit) ? "masked" : "loaded";
    facts.fragment_path = path;
    for (const UnitAssignment& assignment : ParseUnitFile(files.Content(path))) {
      if (assignment.key != "ListenStream") continue;
      const bool is_port = ParseUnsigned(assignment.value).has_value();
      facts.listens.push_back(is_port ? "[::]:" + assignment.value : assignment.value);
    }
    if (active_units.contains(unit)) facts.active_state = "active";
    if (unit == "docker.socket" && docker.socket_listens) facts.active_state = "active";
    return facts;
  }
  const auto found = units_.find(unit);
  if (found == units_.end()) return facts;
  facts.load_state = "loaded";
  facts.active_state = "active";
  facts.exec_start = found->second.command;
  return facts;
}

Result<std::vector<std::string>> FakeMachine::Loaded(const std::string& /*pattern*/) {
  std::vector<std::string> names;
  for (const auto& [name, unit] : units_) names.push_back(name);
  return names;
}

Status FakeMachine::ReloadDefinitions() {
  files.CountChange();
  docker.DaemonReload();
  return {};
}

Status FakeMachine::Start(const std::string& unit) {
  files.CountChange();
  if (unit == kDockerService)
    docker.Start();
  else
    active_units.insert(unit);
  return {};
}

// What requires docker.service stops with it.
Status FakeMachine::Stop(const std::string& unit) {
  files.CountChange();
  if (unit == "docker.socket") docker.socket_listens = false;
  for (const std::string& dependent : docker.dependents) active_units.erase(dependent);
  docker.Stop();
  return {};
}

// systemd starts the dependents again when the engine has started.
Status FakeMachine::Restart(const std::string& unit) {
  if (docker.load_state == "bad-setting")
    return Error{Code::kInternal, "Unit " + unit + " has a bad unit file setting."};
  files.CountChange();
  const auto active = active_units;
  for (const std::string& dependent : docker.dependents) active_units.erase(dependent);
  docker.Restart();
  if (docker.running()) active_units = active;
  return {};
}

Status FakeMachine::ResetFailed(const std::string& unit) {
  docker_socket_reset = docker_socket_reset || unit == "docker.socket";
  return {};
}

Status FakeMachine::EnableUnitFile(const std::string& unit) {
  files.CountChange();
  if (unit == kDockerService) docker.unit_file_state = "enabled";
  return {};
}

Status FakeMachine::DisableUnitFile(const std::string& unit) {
  files.CountChange();
  if (unit == kDockerService) docker.unit_file_state = "disabled";
  return {};
}

void FakeMachine::HoldOperationLock(const std::string& unit) {
  lock_holder_ = unit;
  locks.held.insert("/run/docker-extension/operation.lock");
}

Status FakeMachine::StartTransient(const TransientUnit& unit) {
  if (before_worker_starts) std::exchange(before_worker_starts, nullptr)();
  if (worker_fails_to_start)
    return Error{Code::kTimeout, "starting " + unit.name + " did not finish within 30 s"};
  EXPECT_TRUE(files.Has(unit.command.at(0))) << unit.command.at(0);
  EXPECT_FALSE(units_.contains(unit.name)) << "UnitExists: " << unit.name;
  units_[unit.name] = unit;
  started_workers_.push_back(unit.name);
  return {};
}

Status FakeMachine::SignalMainProcess(const std::string& unit, Signal signal) {
  if (signal == Signal::kHangUp) {
    docker.HangUp();
    return {};
  }
  killed.push_back(unit);
  if (unit == lock_holder_) locks.held.clear();
  return {};
}

Status FakeMachine::NotifyReady() { return {}; }

Result<CommandOutput> FakeMachine::Run(const Command& command) {
  commands_run.push_back(command.argv);
  if (other_programs) {
    if (const auto output = other_programs(command.argv)) return *output;
  }
  const std::string program = NameOf(command.argv.at(0));
  if (program == "apt-get" || program == "dpkg") return PackageTool(command.argv);
  if (program == "dockerd") return Dockerd(command.argv);
  if (program == "apt-cache") return CommandOutput{0, Madison(command.argv), ""};
  if (program == "apt-mark") return CommandOutput{0, Join(marked_manual, "\n") + "\n", ""};
  if (program == "journalctl") return CommandOutput{0, Journal(command.argv), ""};
  if (program == "dpkg-query") {
    CommandOutput output;
    for (const std::string& name : packages)
      output.output += "ii " + name + " " + package_versions[name] + "\n";
    for (const std::string& name : half_installed) output.output += "iF " + name + " 1\n";
    return output;
  }
  ADD_FAILURE() << "unexpected command: " << Join(command.argv, " ");
  return Error{Code::kNotFound, "no such program"};
}

std::string FakeMachine::Journal(const std::vector<std::string>& argv) {
  if (Contains(argv, "--sync")) journal_lags = false;
  if (journal_lags || Contains(argv, "--sync")) return {};
  return Contains(argv, "_TRANSPORT=stdout") ? engine_journal : engine_journal + container_output;
}

CommandOutput FakeMachine::Dockerd(const std::vector<std::string>& argv) const {
  if (dockerd_is_empty) return {127, "", ""};
  if (!rejection.empty() && Contains(argv, "--validate") && validates) return {1, "", rejection + "\n"};
  if (validates && Contains(argv, "--validate")) return {0, "", "configuration OK\n"};
  if (Contains(argv, "--unknown-option"))
    return {125, "", "unknown flag: --unknown-option\nSee 'dockerd --help'.\n"};
  if (Contains(argv, "--validate")) return {125, "", "unknown flag: --validate\nSee 'dockerd --help'.\n"};
  const std::string& version_of_program = program_version.empty() ? docker.version : program_version;
  return {0, "Docker version " + version_of_program + ", build 297e128\n", ""};
}

}  // namespace dockerext
