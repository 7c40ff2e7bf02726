// SPDX-License-Identifier: MIT
#include "tests/support/fake_docker.hpp"

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
  static_cast<void>(Start());
}

void FakeDocker::RemovePackage() {
  Stop();
  files_.Erase(kUnitPath);
  files_.Erase("/usr/sbin/dockerd");
  DaemonReload();
}

void FakeDocker::DaemonReload() {
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

Status FakeDocker::Start() {
  if (pid_ != 0) return {};
  if (!is_configured_)
    return Error{Code::kInternal, "StartUnit of docker.service failed with result \"dependency\""};
  ++starts;
  socket_listens = true;
  std::vector<std::string> argv;
  for (const std::string& arg : LoadedArgs()) {
    const auto resolved = arg == "$DOCKER_OPTS" ? docker_opts : ResolveVariables({arg});
    argv.insert(argv.end(), resolved.begin(), resolved.end());
  }
  live_restore_ = false;
  ReadDaemonJsonFile();
  const bool conflicts_with_swarm = live_restore_ && swarm_state != "inactive";
  if (argv.empty() || conflicts_with_swarm || (fails_to_start && fails_to_start(argv))) {
    result_ = "exit-code";
    return Error{Code::kInternal, "StartUnit of docker.service failed with result \"failed\""};
  }
  running_argv_ = argv;
  pid_ = ++last_pid_;
  result_ = "success";
  files_.Put(ProcPath(pid_) + "/cmdline", Join(argv, std::string(1, '\0')) + std::string(1, '\0'));
  return {};
}

void FakeDocker::Stop() {
  if (pid_ != 0) files_.Erase(ProcPath(pid_));
  if (pid_ != 0 && containers_running > 0 && !live_restore_) ++outages;
  pid_ = 0;
  running_argv_.clear();
}

void FakeDocker::HangUp() { ReadDaemonJsonFile(); }

// As in dockerd, a key that is absent keeps its value at a reload.
void FakeDocker::ReadDaemonJsonFile() {
  const auto text = files_.Read(std::string(kDaemonJsonPath), Files::kReadLimit);
  const auto read = ReadDaemonJson(text.ok() ? *text : "");
  if (read.ok() && read->live_restore) live_restore_ = *read->live_restore;
}

UnitFacts FakeDocker::Facts() const {
  UnitFacts facts;
  facts.load_state = files_.Has(kUnitPath) ? "loaded" : "not-found";
  facts.active_state = running() ? "active" : result_ == "success" ? "inactive" : "failed";
  facts.sub_state = running() ? "running" : "dead";
  facts.result = result_;
  facts.main_pid = pid_;
  if (starts > 0) facts.invocation_id = "0123456789abcdef0123456789abcdef";
  if (masked) facts.load_state = "masked";
  if (facts.load_state != "loaded") return facts;
  facts.unit_file_state = unit_file_state;
  facts.fragment_path = kUnitPath;
  facts.drop_in_paths = loaded_drop_ins_;
  facts.exec_start = LoadedArgs();
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

Error FakeDocker::TimeOut(std::chrono::milliseconds budget) const {
  times_out_on->SleepFor(budget);
  return Error{Code::kTimeout, "no answer on /var/run/docker.sock"};
}

Result<std::string> FakeDocker::Ping(std::chrono::milliseconds budget) {
  if (running() && times_out_on != nullptr) return TimeOut(budget);
  if (running()) return std::string("20.10.24+dfsg1");
  return Error{Code::kInternal, "Connection refused"};
}

Result<EngineInfo> FakeDocker::Info(std::chrono::milliseconds budget) {
  if (!running()) return Error{Code::kInternal, "Connection refused"};
  if (times_out_on != nullptr) return TimeOut(budget);
  if (crashes_on_next_info) {
    crashes_on_next_info = false;
    Stop();
    return Error{Code::kInternal, "Connection reset by peer"};
  }
  return EngineInfo{"20.10.24+dfsg1", swarm_state, containers_running, live_restore_, authorization_plugins};
}

Result<AnonymousProbe> FakeDocker::ProbeAnonymously(std::uint16_t port,
                                                    std::chrono::milliseconds /*budget*/) {
  if (port == 0 || port != this->port()) return Error{Code::kInternal, "Connection refused"};
  const auto chain = crypto_.InspectCertificates(files_.Content(OptionValue("--tlscert")));
  if (!chain.ok()) return chain.error();
  return AnonymousProbe{chain->front().sha256, !accepts_anonymous_clients};
}

Status FakeDocker::PingWithClientCert(std::uint16_t port, const std::string& certificate_path,
                                      const std::string& key_path, std::chrono::milliseconds /*budget*/) {
  if (port != this->port()) return Error{Code::kInternal, "Connection refused"};
  const auto matches = crypto_.Matches(files_.Content(certificate_path), Secret(files_.Content(key_path)));
  if (matches.ok() && *matches) return {};
  return Error{Code::kInternal, "bad certificate"};
}

Result<bool> FakeDocker::IsListening(std::uint16_t port) {
  return ports_in_use.contains(port) || (port != 0 && port == this->port());
}

Result<bool> FakeDocker::IsFree(std::uint16_t port) {
  TRY_LET(const bool listening, IsListening(port));
  return !listening;
}

}  // namespace dockerext
