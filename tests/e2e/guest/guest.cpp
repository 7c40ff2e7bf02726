// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/guest.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kBootBudget{200};
constexpr std::chrono::seconds kVmBootBudget{900};  // the first VM of an image saves its state for the others
constexpr std::chrono::seconds kRestartBudget{460};  // longer than that of `guest`
constexpr int kCommandNotRun = 125;

// Runs `guest WORDS...`.
Result<guest::Output> RunGuest(const std::vector<std::string>& args, const Guest::Run& run) {
  std::vector<std::string> argv{Variable("DX_GUEST")};
  argv.insert(argv.end(), args.begin(), args.end());
  return guest::Run({.argv = std::move(argv), .input = run.input, .budget = run.budget});
}

// Returns stdout without trailing whitespace; a failure returns stderr as the error.
Result<std::string> Ask(const std::vector<std::string>& args,
                        const Guest::Run& run = {.budget = kBootBudget}) {
  TRY_LET(const guest::Output output, RunGuest(args, run));
  if (output.exit_code == 0) return std::string(Trim(output.out));
  return Error{Code::kInternal, std::string(Trim(output.err))};
}

// exec and client: turns "the command could not be started" into an error.
Result<guest::Output> CheckStarted(Result<guest::Output> output) {
  if (!output.ok() || output->exit_code != kCommandNotRun) return output;
  return Error{Code::kInternal, std::string(Trim(output->err))};
}

}  // namespace

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string Guest::VariableOf(Image image) {
  const std::string release = Variable("DX_RELEASE");
  switch (image) {
    case Image::kBare:
      return "DX_GUEST_IMAGE";
    case Image::kWithDocker:
      return "DX_GUEST_DOCKER_IMAGE";
    case Image::kWithFirewalls:
      return "DX_GUEST_FIREWALLS_IMAGE";
    case Image::kWithUpstream:
      return "DX_GUEST_UPSTREAM_IMAGE";
    case Image::kPlayed:
      return "DX_GUEST_PLAYED_IMAGE_" + release;
    case Image::kVm:
      return release.empty() ? "DX_GUEST_VM_IMAGE" : "DX_GUEST_VM_IMAGE_" + release;
    case Image::kWithAgent:
      break;
  }
  return release.empty() ? "DX_GUEST_AGENT_IMAGE" : "DX_GUEST_AGENT_IMAGE_" + release;
}

std::string Guest::Missing() {
  if (geteuid() != 0) return "a guest needs root: run this as root";
  if (access(Variable("DX_GUEST").c_str(), X_OK) != 0) return "DX_GUEST does not name the `guest` program";
  if (Variable("DX_GUEST_IMAGE").empty())
    return "DX_GUEST_IMAGE is not set: set it to the folder that tests/e2e/images/image prints";
  return "";
}

Result<Guest> Guest::Boot(const Options& options) {
  if (const std::string missing = Missing(); !missing.empty())
    return Error{Code::kMissingDependency, missing};
  std::vector<std::string> args{"up", "--image", Variable(VariableOf(options.image).c_str()), "--owner",
                                std::to_string(getpid())};
  if (!options.name.empty()) args.insert(args.end(), {"--name", options.name});
  args.insert(args.end(), options.up.begin(), options.up.end());
  const bool is_vm = options.image == Image::kVm;
  TRY_LET(const std::string line, Ask(args, {.budget = is_vm ? kVmBootBudget : kBootBudget}));
  const std::vector<std::string> parts = Split(line, ' ');
  return Guest(parts.front(), parts.back());
}

Guest::~Guest() {
  if (name_.empty()) return;
  const Result<std::string> down = Ask({"down", name_});
  if (!down.ok()) std::fprintf(stderr, "removing the guest: %s\n", down.error().Message().c_str());
}

Result<Guest::Output> Guest::Exec(const Arguments& argv, const Run& run) const {
  std::vector<std::string> args{"exec", name_};
  for (const std::string& variable : run.environment) args.insert(args.end(), {"--env", variable});
  args.emplace_back("--");
  args.insert(args.end(), argv.begin(), argv.end());
  return CheckStarted(RunGuest(args, run));
}

Result<Guest::Output> Guest::Client(const Arguments& argv, const Run& run) const {
  std::vector<std::string> args{"client", name_, "--"};
  args.insert(args.end(), argv.begin(), argv.end());
  return CheckStarted(RunGuest(args, run));
}

Status Guest::Copy(const std::string& source, const std::string& path) const {
  TRY(Ask({"copy", name_, source, path}));
  return {};
}

Result<std::string> Guest::ReadFile(const std::string& path) const {
  TRY_LET(Output output, Exec({"cat", path}));
  if (output.exit_code == 0) return std::move(output.out);
  return Error{Code::kNotFound, "in the guest: " + std::string(Trim(output.err))};
}

Status Guest::WriteFile(const std::string& path, std::string_view content, FileMode mode) const {
  std::array<char, 8> octal{};
  std::snprintf(octal.data(), octal.size(), "%04o", mode.bits());
  TRY(Ask({"copy", "--mode", octal.data(), name_, "-", path}, {.input = std::string(content)}));
  return {};
}

Result<std::string> Guest::Root() const { return Ask({"root", name_}); }

Status Guest::Reboot(const Arguments& options) const { return Restart("reboot", options); }

Status Guest::PowerCut(const Arguments& options) const { return Restart("power-cut", options); }

Status Guest::Restart(const std::string& how, const Arguments& options) const {
  Arguments args{how, name_};
  args.insert(args.end(), options.begin(), options.end());
  TRY(Ask(args, {.budget = kRestartBudget}));
  return {};
}

}  // namespace dockerext
