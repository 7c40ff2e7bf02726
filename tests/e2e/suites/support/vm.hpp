// SPDX-License-Identifier: MIT
// A guest that plays an Azure VM in an end-to-end test: the harness is its agent, the packaged ZIP its
// extension, and Debian's own Docker CLI the client on another host. DX_HARNESS, DX_ZIP,
// DX_AVAILABILITY_PROBE and the variables of guest.hpp say where those are.
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
  using Words = std::vector<std::string>;

  // Why there can be no such VM here, in one sentence; "" where there can.
  static std::string Missing();

  static Result<Vm> Boot(Guest::Image image = Guest::Image::kBare);

  Vm(Vm&& other) = default;
  ~Vm();

  // "run", "enable", ... with options, as a user would type them. Credentials lie in a folder of the VM's
  // own.
  Output Harness(const Words& words) const;
  // Its last word, without what it prints before: the log's end may quote earlier failures.
  static std::string Verdict(const Output& harness);
  // One of the handler's verbs as the agent calls it, but nothing else of what the agent does.
  Output Verb(const std::string& verb, std::uint64_t sequence) const;

  // The Docker CLI on the other host, against a port of the VM.
  Output Docker(const Words& tls, std::uint16_t port, const Words& words) const;
  // With the client's credentials, the server not verified, or verified.
  Output DockerTls(const Words& words, std::uint16_t port = 4243) const;
  Output DockerTlsVerify(const Words& words, std::uint16_t port = 4243) const;

  // In the guest; what the command said on stdout, blanks at the ends gone. Fails the test where it exits
  // with another code than 0.
  std::string Say(const Words& argv) const;
  Output Exec(const Words& argv) const;
  std::string Shell(const std::string& script) const { return Say({"/bin/sh", "-c", script}); }

  std::string EnginePid() const;
  // Type, mode, owner, a link's target and a file's checksum, of every path below the folders that the
  // extension touches; or of the whole machine but what changes by itself (vm.cpp says what that is, and
  // why).
  std::string Tree() const;
  std::string Snapshot() const;
  // The text of a status file, and whether TCP connects from the other host.
  std::string StatusText(std::uint64_t sequence) const;
  bool IsOpen(std::uint16_t port) const;

  const Guest& guest() const { return guest_; }
  const std::string& credentials() const { return credentials_; }
  // On this machine, gone with the VM.
  std::string Scratch(const std::string& name) const { return folder_ + "/" + name; }
  std::string Put(const std::string& name, const std::string& text) const;

  // Copies status, logs and journal to a folder that stays, and says where; for a test that failed.
  void KeepEvidence(const std::string& test) const;

  static constexpr const char* kFolder = "/var/lib/waagent/Example.Extensions.DockerExtension-1.0.0";

 private:
  Vm(Guest guest, std::string folder);

  Guest guest_;
  std::string folder_;
  std::string credentials_;
};

// Of two trees or snapshots: the lines of the first alone, with "- ", and of the second alone, with "+ ".
std::vector<std::string> Differences(const std::string& before, const std::string& after);

}  // namespace dockerext
