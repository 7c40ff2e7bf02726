// SPDX-License-Identifier: MIT
// A guest in a test, booted by the `guest` program (DX_GUEST) from an image: DX_GUEST_IMAGE;
// DX_GUEST_DOCKER_IMAGE with Docker installed; DX_GUEST_FIREWALLS_IMAGE with firewalld and ufw besides;
// DX_GUEST_UPSTREAM_IMAGE with a copy of Docker's apt archive; DX_GUEST_PLAYED_IMAGE_<DX_RELEASE>, which
// plays an rpm distribution; DX_GUEST_VM_IMAGE, a VM; DX_GUEST_AGENT_IMAGE with the real Azure Linux Agent.
// Of the last two, DX_GUEST_..._IMAGE_<release> if DX_RELEASE is set. The guest is removed with this object,
// and always with this process.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "handler/base/file_mode.hpp"
#include "handler/base/result.hpp"
#include "tests/e2e/guest/process.hpp"

namespace dockerext {

// The value of an environment variable; "" if it is not set.
std::string Variable(const char* name);

class Guest {
 public:
  using Output = guest::Output;
  using Arguments = std::vector<std::string>;

  enum class Image { kBare, kWithDocker, kWithFirewalls, kWithUpstream, kPlayed, kVm, kWithAgent };

  struct Options {
    std::string name = {};  // empty: a generated name
    Image image = Image::kBare;
    Arguments up = {};  // options of `guest up` that only a VM has
  };

  struct Run {
    std::string input = {};
    Arguments environment = {};  // K=V, besides PATH, LANG and HOME
    std::chrono::seconds budget{120};
  };

  // The name of the environment variable that holds the path of this image.
  static std::string VariableOf(Image image);

  // Why this machine cannot run a guest, in one sentence; "" if it can.
  static std::string Missing();

  static Result<Guest> Boot(const Options& options);
  static Result<Guest> Boot() { return Boot(Options{}); }

  Guest(Guest&& other) noexcept
      : name_(std::exchange(other.name_, {})), address_(std::move(other.address_)) {}
  Guest& operator=(Guest&&) = delete;
  ~Guest();

  const std::string& name() const { return name_; }
  const std::string& address() const { return address_; }

  // Runs a command in the guest. A non-zero exit code is a result, not an error.
  Result<Output> Exec(const Arguments& argv, const Run& run) const;
  Result<Output> Exec(const Arguments& argv) const { return Exec(argv, Run{}); }

  // Runs a program of this machine on the "other host".
  Result<Output> Client(const Arguments& argv, const Run& run) const;
  Result<Output> Client(const Arguments& argv) const { return Client(argv, Run{}); }

  Status Copy(const std::string& source, const std::string& path) const;
  Result<std::string> ReadFile(const std::string& path) const;
  Status WriteFile(const std::string& path, std::string_view content, FileMode mode) const;

  // The path of the guest's root on this machine, valid until the next boot.
  Result<std::string> Root() const;

  // `options`: of the command, which only a VM has.
  Status Reboot(const Arguments& options = {}) const;
  Status PowerCut(const Arguments& options = {}) const;

 private:
  Status Restart(const std::string& how, const Arguments& options) const;

  Guest(std::string name, std::string address) : name_(std::move(name)), address_(std::move(address)) {}

  std::string name_;  // empty: moved from
  std::string address_;
};

}  // namespace dockerext
