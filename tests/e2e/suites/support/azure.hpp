// SPDX-License-Identifier: MIT
// Azure around a VM: the real agent in it drives the extension, and a fabric (DX_FABRIC) tells the agent what
// is wanted. The VM has to be booted from Guest::Image::kWithAgent; DX_ZIP and DX_ZIP_NEXT are what is
// published.
#pragma once

#include <string>
#include <string_view>

#include "tests/e2e/suites/support/vm.hpp"

namespace dockerext {

class Azure {
 public:
  explicit Azure(const Vm& vm) : vm_(vm) {}

  // Besides what Vm::Missing says.
  static std::string Missing();

  // Fabric and agent start in the VM, which gets credentials for the settings below, and these two ZIPs: the
  // extension's, where nobody says otherwise.
  Status MoveIn(const std::string& zip, const std::string& next_zip) const;
  Status MoveIn() const { return MoveIn(Variable("DX_ZIP"), Variable("DX_ZIP_NEXT")); }

  // One of the fabric's commands, which has to succeed.
  void Order(const Vm::Words& words) const;
  // One that brings settings: this port, with the certificates of the VM's credentials.
  void OrderSettings(Vm::Words words, std::uint16_t port) const;

  // Until the agent has reported an end of what was ordered last, which has to be this one; the fabric's line
  // on it, which begins with how long it took. Await prints it.
  std::string Wait(const std::string& end, const std::string& name = kName) const;
  void Await(const std::string& step, const std::string& end = "success",
             const std::string& name = kName) const;
  // The status blob; and until it has these words.
  std::string Reported() const;
  void AwaitReported(const std::string& words) const;

  // How often this command of the handler has ended well in this VM, by its own log: what an agent writes
  // down of it differs from release to release.
  int Calls(const std::string& command) const;

  static constexpr const char* kName = "Example.Extensions.DockerExtension";

  // Where the ZIPs and our protected settings are in the VM.
  static constexpr const char* kZip = "/root/first.zip";
  static constexpr const char* kNextZip = "/root/next.zip";
  static constexpr const char* kProtected = "/root/protected.json";

 private:
  const Vm& vm_;
};

}  // namespace dockerext
