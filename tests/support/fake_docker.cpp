// SPDX-License-Identifier: MIT
#include "tests/support/fake_docker.hpp"

#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/docker/daemon_json.hpp"
#include "handler/docker/drop_in.hpp"
#include "handler/docker/exec_line.hpp"
#include "handler/docker/unit_file.hpp"

namespace dockerext {
namespace {

std::string ProcPath(std::uint32_t pid) { return "/proc/" + std::to_string(pid); }

}  // namespace

void FakeDocker::UnpackPackage() {
  files_.Put(kUnitPath,
             "[Unit]\nDescription=Docker\n[Service]\nType=notify\nExecStart=" + std::string(kVendorCommand) +
                 "\nRestart=on-failure\n[Install]\nWantedBy=multi-user.target\n");
  files_.Put("/usr/sbin/dockerd", "binary", 0755_mode);
  is_configured_ = false;
  DaemonReload();
}

void FakeDocker::InstallPackage() {
  UnpackPackage();
  is_configured_ = true;
  StartNow();
}

void FakeDocker::RemovePackage() {
  StopNow();
  files_.Erase(kUnitPath);
  files_.Erase("/usr/sbin/dockerd");
  DaemonReload();
}

void FakeDocker::DaemonReload() {
  needs_reload = false;
  std::vector<std::string> texts;
  loaded_drop_ins_.clear();
  if (files_.Has(kUnitPath)) texts.push_back(files_.Content(kUnitPath));
  if (const auto names = files_.List(std::string(kDropInFolder)); names.ok()) {
    for (const std::string& name : *names) {
      loaded_drop_ins_.push_back(std::string(kDropInFolder) + "/" + name);
      texts.push_back(files_.Content(loaded_drop_ins_.back()));
    }
  }
  loaded_command_ = EffectiveExecStart(texts).value_or("");
}

std::vector<std::string> FakeDocker::LoadedArgs() const {
  auto args = SplitExecLine(loaded_command_);
  for (std::string& arg : args) {
    for (auto at = arg.find("%%"); at != std::string::npos; at = arg.find("%%", at + 1)) arg.erase(at, 1);
  }
  return args;
}

// What the clock has brought since the last call.
void FakeDocker::Advance() {
  if (!stopped_at_ || clock_.SteadyNow() < *stopped_at_) return;
  stopped_at_.reset();
  StopNow();
  if (starts_after_stop_) StartNow();
}

void FakeDocker::Start() {
  if (pid_ == 0) StartNow();
}

void FakeDocker::Stop() {
  if (IsStarting()) ++killed_starts;
  starts_after_stop_ = false;
  stopped_at_ = clock_.SteadyNow() + (pid_ == 0 ? std::chrono::milliseconds(0) : stop_takes);
  Advance();
}

void FakeDocker::Restart() {
  if (IsStarting()) ++killed_starts;
  starts_after_stop_ = true;
  stopped_at_ = clock_.SteadyNow() + (pid_ == 0 ? std::chrono::milliseconds(0) : stop_takes);
  Advance();
}

void FakeDocker::StartNow() {
  if (!is_configured_) {
    result_ = "dependency";
    return;
  }
  ++starts;
  socket_listens = true;
  std::vector<std::string> argv;
  for (const std::string& arg : LoadedArgs()) {
    const auto resolved = arg == "$DOCKER_OPTS" ? docker_opts : ResolveVariables({arg});
    argv.insert(argv.end(), resolved.begin(), resolved.end());
  }
  live_restore_ = false;
  ReadDaemonJsonFile();
  for (const std::string& arg : argv) {
    if (arg == "--live-restore" || arg == "--live-restore=true") live_restore_ = true;
  }
  const bool conflicts_with_swarm = live_restore_ && swarm_state != "inactive";
  if (argv.empty() || conflicts_with_swarm || (fails_to_start && fails_to_start(argv))) {
    result_ = "exit-code";
    return;
  }
  running_argv_ = argv;
  pid_ = ++last_pid_;
  started_ = clock_.UtcNow();
  ready_at_ = clock_.SteadyNow() + start_takes;
  result_ = "success";
  files_.Put(ProcPath(pid_) + "/cmdline", Join(argv, std::string(1, '\0')) + std::string(1, '\0'));
}

void FakeDocker::StopNow() {
  if (pid_ != 0) files_.Erase(ProcPath(pid_));
  if (pid_ != 0 && containers_running > 0 && !live_restore_) ++outages;
  pid_ = 0;
  running_argv_.clear();
  other_listeners.clear();
}

void FakeDocker::HangUp() {
  if (IsStarting()) {
    ++killed_starts;
    StopNow();
    return;
  }
  ReadDaemonJsonFile();
}

// As in dockerd, a key that is absent keeps its value at a reload.
void FakeDocker::ReadDaemonJsonFile() {
  const auto text = files_.Read(daemon_json_path, Files::kReadLimit);
  const auto read =
      text.ok() ? ReadDaemonJson(*text, version, daemon_json_path) : Result<DaemonJson>(DaemonJson{});
  if (read.ok() && read->live_restore) live_restore_ = *read->live_restore;
}

UnitFacts FakeDocker::Facts() {
  Advance();
  UnitFacts facts;
  facts.load_state = files_.Has(kUnitPath) ? "loaded" : "not-found";
  facts.active_state = running() ? "active" : result_ == "success" ? "inactive" : "failed";
  facts.sub_state = running() ? "running" : "dead";
  if (IsStarting()) facts.active_state = "activating";
  if (stopped_at_) facts.active_state = "deactivating";
  facts.has_job = IsStarting() || stopped_at_.has_value();
  facts.result = result_;
  facts.main_pid = pid_;
  facts.last_main_pid = last_pid_;
  facts.started = started_;
  if (starts > 0) facts.invocation_id = std::string(31, '0') + std::to_string(starts);
  if (masked) facts.load_state = "masked";
  if (!load_state.empty()) facts.load_state = load_state;
  if (facts.load_state == "not-found" || masked) return facts;
  facts.unit_file_state = unit_file_state;
  facts.fragment_path = kUnitPath;
  facts.drop_in_paths = loaded_drop_ins_;
  facts.exec_start = LoadedArgs();
  facts.needs_reload = needs_reload;
  facts.triggered_by = triggered_by;
  facts.dependents = dependents;
  facts.requirements = requirements;
  return facts;
}

std::string FakeDocker::OptionValue(const std::string& name) const {
  for (const std::string& arg : running_argv_) {
    if (arg.starts_with(name + "=")) return arg.substr(name.size() + 1);
  }
  return {};
}

std::uint16_t FakeDocker::port() const {
  const auto endpoint = EndpointOf(running_argv_);
  return endpoint ? endpoint->port : std::uint16_t{0};
}

Error FakeDocker::TimeOut(std::chrono::milliseconds budget) {
  clock_.SleepFor(budget);
  return Error{Code::kTimeout, "no answer on " + socket_path};
}

Result<std::string> FakeDocker::Ping(const std::string& socket, std::chrono::milliseconds budget) {
  if (!running() || socket != socket_path) return Error{Code::kInternal, "Connection refused"};
  if (slow_answers > 0) {
    --slow_answers;
    return TimeOut(budget);
  }
  if (hangs) return TimeOut(budget);
  return version;
}

Result<EngineInfo> FakeDocker::Info(const std::string& socket, std::chrono::milliseconds budget) {
  if (!running() || socket != socket_path) return Error{Code::kInternal, "Connection refused"};
  if (hangs) return TimeOut(budget);
  if (crashes_on_next_info) {
    crashes_on_next_info = false;
    StopNow();
    return Error{Code::kInternal, "Connection reset by peer"};
  }
  return EngineInfo{version, swarm_state, containers_running, live_restore_, authorization_plugins};
}

Result<AnonymousProbe> FakeDocker::ProbeAnonymously(std::uint16_t port,
                                                    std::chrono::milliseconds /*budget*/) {
  if (port == 0 || port != this->port()) return Error{Code::kInternal, "Connection refused"};
  const auto chain = crypto_.InspectCertificates(files_.Content(OptionValue("--tlscert")));
  if (!chain.ok()) return chain.error();
  const bool accepts =
      accepts_anonymous_clients_with && std::ranges::any_of(running_argv_, [&](const std::string& argument) {
        return argument.find(*accepts_anonymous_clients_with) != std::string::npos;
      });
  return AnonymousProbe{chain->front().sha256, !accepts};
}

Status FakeDocker::PingWithClientCert(std::uint16_t port, const std::string& certificate_path,
                                      const std::string& key_path, std::chrono::milliseconds /*budget*/) {
  if (port != this->port()) return Error{Code::kInternal, "Connection refused"};
  const auto key_of =
      crypto_.FindCertificateOf(Secret(files_.Content(key_path)), files_.Content(certificate_path));
  if (key_of.ok() && *key_of == std::size_t{0}) return {};
  return Error{Code::kInternal, "bad certificate"};
}

Result<bool> FakeDocker::IsListening(std::uint16_t port) {
  return ports_in_use.contains(port) || (port != 0 && port == this->port());
}

Result<bool> FakeDocker::IsFree(std::uint16_t port) {
  TRY_LET(const bool listening, IsListening(port));
  return !listening;
}

Result<std::vector<Listener>> FakeDocker::ListenersOf(std::uint32_t pid) {
  if (pid == 0 || pid != pid_) return std::vector<Listener>();
  std::vector<Listener> listeners = other_listeners;
  if (port() != 0) listeners.push_back({"::", port()});
  return listeners;
}

Result<bool> FakeDocker::ServesEngineApi(const Listener& listener, std::chrono::milliseconds /*budget*/) {
  return api_ports.contains(listener.port);
}

}  // namespace dockerext
