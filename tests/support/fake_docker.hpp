// SPDX-License-Identifier: MIT
// A docker.service that behaves as systemd and dockerd do, on a FakeFiles: it starts with the line that was
// loaded at the last daemon-reload, serves the certificate that its line names, and can refuse to start.
#pragma once

#include <functional>
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
  explicit FakeDocker(FakeFiles& files) : files_(files) {}

  // As Debian's package does: unit file, binary, started and enabled.
  void InstallPackage();
  void RemovePackage();
  // As that package is in the middle of its installation: it looks complete, but does not start.
  void UnpackPackage();
  bool installed() const { return files_.Has("/usr/sbin/dockerd"); }

  // systemd's half.
  void Load();  // daemon-reload
  Status Start();
  void Stop();
  void HangUp();  // SIGHUP: reads daemon.json anew
  UnitFacts Facts() const;

  // What runs.
  bool running() const { return pid_ != 0; }
  std::uint32_t pid() const { return pid_; }
  std::uint16_t port() const;  // 0: no TCP

  Result<std::string> Ping(std::chrono::milliseconds budget) override;
  Result<EngineInfo> Info(std::chrono::milliseconds budget) override;
  Result<AnonymousProbe> ProbeAnonymously(std::uint16_t port, std::chrono::milliseconds budget) override;
  Status PingWithClientCert(std::uint16_t port, const std::string& certificate_path,
                            const std::string& key_path, std::chrono::milliseconds budget) override;
  Result<bool> IsListening(std::uint16_t port) override;
  Result<bool> IsFree(std::uint16_t port) override;

  std::vector<std::string> docker_opts;  // what an environment file puts in the place of $DOCKER_OPTS
  int starts = 0;
  std::string unit_file_state = "enabled";
  bool masked = false;
  bool socket_listens = true;                                    // docker.socket, where there is one
  std::function<bool(const std::vector<std::string>&)> refuses;  // a command line that dockerd exits on
  Clock* silent_on = nullptr;                                    // every question waits its time in vain
  bool answers_anonymous = false;
  bool dies_when_asked = false;  // by the next question for its containers
  std::uint32_t containers_running = 0;
  int outages = 0;  // stops of the engine that took running containers along
  std::string swarm_state = "inactive";
  std::vector<std::string> authorization_plugins;
  bool live_restore() const { return live_restore_; }
  std::set<std::uint16_t> taken_ports;

  static constexpr const char* kUnitPath = "/lib/systemd/system/docker.service";
  static constexpr const char* kVendorLine =
      "/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS";

 private:
  std::vector<std::string> LoadedWords() const;  // as systemd tells them: specifiers resolved, variables not
  std::string Flag(const std::string& name) const;
  Error NoAnswer(std::chrono::milliseconds budget) const;
  void ReadDaemonJsonFile();

  FakeFiles& files_;
  OpensslCrypto crypto_;
  std::vector<std::string> loaded_drop_ins_;
  std::string loaded_line_;
  std::vector<std::string> running_;
  std::uint32_t pid_ = 0;
  bool is_set_up_ = false;
  bool live_restore_ = false;
  std::uint32_t last_pid_ = 1000;
  std::string result_ = "success";
};

}  // namespace dockerext
