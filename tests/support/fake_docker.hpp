// SPDX-License-Identifier: MIT
// A docker.service that behaves as systemd and dockerd do, on a FakeFiles: it starts with the ExecStart= that
// was loaded at the last daemon-reload, serves the certificate that its options name, can take its time to
// start and to stop, and can fail to start.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "handler/adapters/openssl/openssl_crypto.hpp"
#include "handler/ports/endpoint.hpp"
#include "handler/ports/engine.hpp"
#include "handler/ports/network.hpp"
#include "handler/ports/services.hpp"
#include "tests/support/fake_files.hpp"

namespace dockerext {

class FakeDocker : public Engine, public Endpoint, public Network {
 public:
  FakeDocker(FakeFiles& files, Clock& clock) : files_(files), clock_(clock) {}

  // What Debian's package leaves: unit file and binary, the service started and enabled.
  void InstallPackage();
  void RemovePackage();
  // The package unpacked but not configured: it looks complete, but does not start.
  void UnpackPackage();
  bool installed() const { return files_.Has("/usr/sbin/dockerd"); }

  // What systemd does.
  void DaemonReload();
  void Start();
  void Stop();
  void Restart();
  void HangUp();  // SIGHUP: reads daemon.json again; kills a dockerd that is starting
  UnitFacts Facts();

  // The running process.
  bool running() const { return pid_ != 0; }
  std::uint32_t pid() const { return pid_; }
  std::uint16_t port() const;  // 0: no TCP

  Result<std::string> Ping(const std::string& socket, std::chrono::milliseconds budget) override;
  Result<EngineInfo> Info(const std::string& socket, std::chrono::milliseconds budget) override;
  Result<AnonymousProbe> ProbeAnonymously(std::uint16_t port, std::chrono::milliseconds budget) override;
  Status PingWithClientCert(std::uint16_t port, const std::string& certificate_path,
                            const std::string& key_path, std::chrono::milliseconds budget) override;
  Result<bool> IsListening(std::uint16_t port) override;
  Result<bool> IsFree(std::uint16_t port) override;
  Result<std::vector<Listener>> ListenersOf(std::uint32_t pid) override;
  Result<bool> ServesEngineApi(const Listener& listener, std::chrono::milliseconds budget) override;

  std::vector<std::string> docker_opts;  // what an environment file sets $DOCKER_OPTS to
  std::string socket_path = "/var/run/docker.sock";
  std::string daemon_json_path = "/etc/docker/daemon.json";
  std::chrono::milliseconds start_takes{0};
  std::chrono::milliseconds stop_takes{0};
  int starts = 0;
  int killed_starts = 0;  // starts that a restart, a stop or SIGHUP ended
  int slow_answers = 0;   // the next requests that are not answered within their budget
  std::string unit_file_state = "enabled";
  bool masked = false;
  std::string load_state;     // other than loaded, such as bad-setting
  bool needs_reload = false;  // until the next daemon-reload
  std::vector<std::string> triggered_by = {"docker.socket"};
  std::vector<std::string> dependents;
  std::vector<std::string> requirements;
  std::vector<Listener> other_listeners;  // of the running process
  std::set<std::uint16_t> api_ports;      // of these, the ones that serve the Engine API
  bool socket_listens = true;             // docker.socket, if its unit exists
  std::function<bool(const std::vector<std::string>&)> fails_to_start;  // of an argv
  bool hangs = false;                                         // every request waits for its budget and fails
  std::optional<std::string> accepts_anonymous_clients_with;  // an argument that has this text
  bool crashes_on_next_info = false;
  std::uint32_t containers_running = 0;
  int outages = 0;  // stops of the engine that ended running containers
  std::string swarm_state = "inactive";
  std::string version = "20.10.24+dfsg1";
  std::vector<std::string> authorization_plugins;
  bool live_restore() const { return live_restore_; }
  std::set<std::uint16_t> ports_in_use;

  static constexpr const char* kUnitPath = "/lib/systemd/system/docker.service";
  static constexpr const char* kVendorCommand =
      "/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS";

 private:
  std::vector<std::string> LoadedArgs() const;  // as systemd reports them: specifiers resolved, variables not
  std::string OptionValue(const std::string& name) const;
  Error TimeOut(std::chrono::milliseconds budget);
  void ReadDaemonJsonFile();
  void Advance();
  bool IsStarting() const { return pid_ != 0 && clock_.SteadyNow() < ready_at_; }
  void StartNow();
  void StopNow();

  FakeFiles& files_;
  Clock& clock_;
  std::chrono::steady_clock::time_point ready_at_{};
  std::optional<std::chrono::steady_clock::time_point> stopped_at_;  // deactivating until then
  bool starts_after_stop_ = false;
  OpensslCrypto crypto_;
  std::vector<std::string> loaded_drop_ins_;
  std::string loaded_command_;
  std::vector<std::string> running_argv_;
  std::uint32_t pid_ = 0;
  bool is_configured_ = false;
  bool live_restore_ = false;
  std::uint32_t last_pid_ = 1000;
  std::chrono::system_clock::time_point started_{};
  std::string result_ = "success";
};

}  // namespace dockerext
