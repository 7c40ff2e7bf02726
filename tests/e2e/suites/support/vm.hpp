// SPDX-License-Identifier: MIT
// A guest that stands in for an Azure VM: the harness simulates the agent, the packaged ZIP is the extension,
// and Debian's Docker CLI is the client on another host. Needs DX_HARNESS, DX_ZIP, DX_AVAILABILITY_PROBE and
// the variables of guest.hpp; DX_GUEST_HARNESS where the guest has another processor.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/guest/guest.hpp"

namespace dockerext {

class Vm {
 public:
  using Output = Guest::Output;
  using Args = std::vector<std::string>;

  // Why this machine cannot run such a VM, in one sentence; "" if it can.
  static std::string Missing();

  static Result<Vm> Boot(const Guest::Options& options);
  static Result<Vm> Boot(Guest::Image image = Guest::Image::kBare) { return Boot({.image = image}); }

  Vm(Vm&& other) = default;
  ~Vm();

  // Runs the harness: "run", "enable", ... with options as on its command line. Each VM has its own folder of
  // credentials.
  Output Harness(const Args& args) const;
  // The verdict line of the harness alone: the log excerpt above it may quote earlier failures.
  static std::string VerdictLine(const Output& harness);
  // Calls a verb of the handler as the agent does, and simulates nothing else of the agent.
  Output Verb(const std::string& verb, std::uint64_t sequence) const;

  // Runs the Docker CLI on the other host against a port of the VM.
  Output Docker(const Args& tls, std::uint16_t port, const Args& args) const;
  // With the client's credentials; DockerTls does not verify the server.
  Output DockerTls(const Args& args, std::uint16_t port = 4243) const;
  Output DockerTlsVerify(const Args& args, std::uint16_t port = 4243) const;

  // Runs a command in the guest and returns its trimmed stdout. A non-zero exit code fails the test.
  std::string Run(const Args& argv) const;
  Output Exec(const Args& argv, const Guest::Run& run) const;
  Output Exec(const Args& argv) const { return Exec(argv, Guest::Run()); }
  std::string Shell(const std::string& script) const { return Run({"/bin/sh", "-c", script}); }
  // Waits until the script succeeds in the guest. It fails the test when it has not after so many seconds.
  void Await(const std::string& script, int seconds = 60) const;

  std::string EnginePid() const;
  // Type, mode, owner, link target and checksum of every path: Tree below the folders that the extension
  // changes, Snapshot of the whole machine except what changes by itself (listed in vm.cpp).
  std::string Tree() const;
  std::string Snapshot() const;
  // The text of a status file; whether a TCP connection from the other host succeeds.
  std::string StatusText(std::uint64_t sequence) const;
  bool IsOpen(std::uint16_t port) const;
  // A client with a certificate is answered there, and none without.
  void ExpectServing(std::uint16_t port) const;

  const Guest& guest() const { return guest_; }
  const std::string& credentials() const { return credentials_; }
  // A path on this machine, removed with the VM.
  std::string Scratch(const std::string& name) const { return folder_ + "/" + name; }
  std::string Put(const std::string& name, const std::string& text) const;

  // For a failed test: copies status, logs and journal to a permanent folder and prints its path.
  void KeepEvidence(const std::string& test) const;

  static constexpr const char* kFolder = "/var/lib/waagent/Example.Extensions.DockerExtension-1.0.0";

 private:
  Vm(Guest guest, std::string folder);

  Guest guest_;
  std::string folder_;
  std::string credentials_;
};

// The number in this environment variable, or this one: what `scripts/dev soak` makes longer.
int SoakNumber(const char* variable, int otherwise);

// The difference of two trees or snapshots: lines only in the first with "- ", only in the second with "+ ".
std::vector<std::string> Differences(const std::string& before, const std::string& after);

}  // namespace dockerext
