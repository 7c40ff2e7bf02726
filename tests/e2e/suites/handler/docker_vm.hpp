// SPDX-License-Identifier: MIT
// A VM with Docker for each test, which may leave it in any state, and what such tests do to the engine: a
// slow start, an owner's drop-in, a moment in the life of the unit that is waited for.
#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <string>

#include "tests/e2e/suites/support/container.hpp"
#include "tests/e2e/suites/support/vm.hpp"

namespace dockerext {

class DockerVm : public testing::Test {
 protected:
  explicit DockerVm(Guest::Image image = Guest::Image::kWithDocker) : image_(image) {}

  void SetUp() override;
  void TearDown() override;

  Vm& vm() { return *vm_; }

  // The harness's exit codes.
  static constexpr int kSuccess = 0;
  static constexpr int kCommandFailed = 3;
  static constexpr int kStatusIsError = 4;

  static constexpr const char* kDaemonJson = "/etc/docker/daemon.json";
  static constexpr const char* kLedger = "/var/lib/docker-extension/ledger.json";
  static constexpr const char* kOurDropIn = "/etc/systemd/system/docker.service.d/zz-docker-extension.conf";
  // A constant of its own: clang 14 takes no literal of a mode as a default argument.
  static constexpr FileMode kTextMode = 0644_mode;
  // The line of Debian's docker.service.
  static constexpr const char* kVendorLine =
      "/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS";

  void Write(const std::string& path, const std::string& text, FileMode mode = kTextMode);
  // A drop-in of docker.service with these lines below [Service]. It is in force after systemd's reload, and
  // has a time before the engine's start: it is not pending.
  void AddDropIn(const std::string& name, const std::string& lines);
  // An override.conf as `systemctl edit` makes it: clears and sets ExecStart.
  void OverrideExecStart(const std::string& line);
  // Public settings with this port and these options, as a JSON array.
  std::string Settings(std::uint16_t port, const std::string& options = "[]");

  // The harness installs the extension and enables it with the default settings.
  void ExpectServing(std::uint16_t port = 4243) { vm().ExpectServing(port); }
  void Serve();
  std::future<int> InBackground(const Vm::Args& harness);
  // Runs it and expects the container of `Container::Start` to answer all the time.
  void ExpectNoOutage(const Container& container, const std::function<void()>& act);

  // A property of docker.service as systemd shows it.
  std::string Engine(const std::string& property);
  // Waits until the script succeeds in the VM, at most this long.
  void Await(const std::string& script, int seconds = 60) { vm().Await(script, seconds); }
  void AwaitEngine(const std::string& active_state);
  // The level ("success") and the whole text of the last status.
  std::string StatusLevel();
  std::string LastStatus();

 private:
  Guest::Image image_;
  std::optional<Vm> vm_;
};

}  // namespace dockerext
