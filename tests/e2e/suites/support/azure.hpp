// SPDX-License-Identifier: MIT
// A simulated Azure for a VM: the real agent in the VM drives the extension, and the fabric (DX_FABRIC)
// serves its goal states. The VM has to be booted from Guest::Image::kWithAgent; DX_ZIP and DX_ZIP_NEXT are
// the published versions.
#pragma once

#include <string>
#include <string_view>

#include "tests/e2e/suites/support/vm.hpp"

namespace dockerext {

class Azure {
 public:
  explicit Azure(const Vm& vm) : vm_(vm) {}

  // Like Vm::Missing, with the additional requirements of the agent.
  static std::string Missing();

  // Starts fabric and agent in the VM, and copies the credentials for RequestSettings and these two ZIPs
  // (default: the extension's) into it.
  Status Deploy(const std::string& zip, const std::string& next_zip) const;
  Status Deploy() const { return Deploy(Variable("DX_ZIP"), Variable("DX_ZIP_NEXT")); }

  // Runs a command of the fabric, which has to succeed.
  void Request(const Vm::Args& args) const;
  // Runs a fabric command with settings: this port and the certificates of the VM's credentials.
  void RequestSettings(Vm::Args args, std::uint16_t port) const;

  // Waits until the agent has reported an outcome of the last goal state, which has to be this one. Returns
  // the line of the fabric, which begins with the outcome and the time it took. Await prints it.
  std::string Wait(const std::string& outcome, const std::string& name = kName) const;
  void Await(const std::string& step, const std::string& outcome = "success",
             const std::string& name = kName) const;
  // The status blob; AwaitReported waits until it contains this excerpt.
  std::string Reported() const;
  void AwaitReported(const std::string& excerpt) const;

  // How often this command of the handler has succeeded in this VM, by the log of the handler: the log of the
  // agent differs from release to release.
  int Calls(const std::string& command) const;

  static constexpr const char* kName = "Example.Extensions.DockerExtension";

  // The paths of the ZIPs and the protected settings in the VM.
  static constexpr const char* kZip = "/root/first.zip";
  static constexpr const char* kNextZip = "/root/next.zip";
  static constexpr const char* kProtected = "/root/protected.json";

 private:
  const Vm& vm_;
};

}  // namespace dockerext
