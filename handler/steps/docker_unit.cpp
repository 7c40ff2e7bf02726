// SPDX-License-Identifier: MIT
#include "handler/steps/docker_unit.hpp"

#include "handler/base/text.hpp"
#include "handler/docker/exec_line.hpp"
#include "handler/docker/unit_file.hpp"

namespace dockerext {
namespace {

// dockerd's log lines have a level; a line without one is written when dockerd exits on an error.
bool IsFailureLine(const std::string& line) {
  return line.find("level=") == std::string::npos || line.find("level=fatal") != std::string::npos ||
         line.find("level=error") != std::string::npos;
}

// What follows the failure line: the usage hint, or a stack trace.
bool StartsTrailer(const std::string& line) {
  return line.starts_with("See 'dockerd") || line.starts_with("goroutine ");
}

}  // namespace

Result<UnitFacts> DockerUnit::Facts() {
  if (facts_) return *facts_;
  TRY_LET(facts_, system_.get().services.Describe(std::string(kDockerUnit)));
  return *facts_;
}

Result<std::vector<UnitText>> FilesOf(System& system, const UnitFacts& facts, const std::string& without) {
  std::vector<UnitText> texts;
  if (facts.load_state != "loaded" || facts.fragment_path.empty()) return texts;
  std::vector<std::string> paths = {facts.fragment_path};
  paths.insert(paths.end(), facts.drop_in_paths.begin(), facts.drop_in_paths.end());
  for (const std::string& path : paths) {
    if (path == without) continue;
    TRY_LET(std::string text, system.files.Read(path));
    texts.push_back({path, std::move(text)});
  }
  return texts;
}

Result<std::vector<UnitText>> DockerUnit::VendorFiles() {
  if (vendor_files_) return *vendor_files_;
  TRY_LET(const UnitFacts facts, Facts());
  TRY_LET(vendor_files_, FilesOf(system_, facts, DropInPath()));
  return *vendor_files_;
}

Result<VendorCommand> DockerUnit::Vendor() {
  if (vendor_) return *vendor_;
  TRY_LET(const auto files, VendorFiles());
  if (files.empty()) return Error{Code::kNotFound, "there is no docker.service"};
  vendor_ = ReadVendorCommand(files, [&](const std::string& path) -> std::optional<std::string> {
    auto text = system_.get().files.Read(path);
    return text.ok() ? std::optional(*std::move(text)) : std::nullopt;
  });
  if (vendor_) return *vendor_;
  return Error{Code::kMissingDependency,
               "docker.service (" + files.front().path + ") has no ExecStart=; reinstall Docker"};
}

Result<std::string> DockerUnit::Version() {
  if (version_) return *version_;
  TRY_LET(version_, system_.get().engine.Ping(std::chrono::seconds(5)));
  return *version_;
}

Result<std::vector<std::string>> DockerUnit::RunningCommand() {
  TRY_LET(const UnitFacts facts, Facts());
  if (facts.main_pid == 0) return std::vector<std::string>();
  const auto text = system_.get().files.Read("/proc/" + std::to_string(facts.main_pid) + "/cmdline");
  if (!text.ok() && text.error().code == Code::kNotFound) return std::vector<std::string>();
  if (!text.ok()) return text.error();
  auto argv = Split(*text, '\0');
  if (!argv.empty() && argv.back().empty()) argv.pop_back();
  return argv;
}

Result<bool> DockerUnit::MatchesLoadedUnit() {
  TRY_LET(const UnitFacts facts, Facts());
  TRY_LET(const auto running, RunningCommand());
  return facts.active_state == "active" && running == ResolveVariables(facts.exec_start);
}

std::optional<EngineEndpoint> DockerUnit::ConfiguredEndpoint() {
  const auto text = system_.get().files.Read(DropInPath());
  if (!text.ok()) return std::nullopt;
  const auto line = EffectiveExecStart({*text});
  if (!line) return std::nullopt;
  return EndpointOf(SplitExecLine(*line));
}

Result<bool> DockerUnit::MatchesDropInEndpoint() {
  TRY_LET(const UnitFacts facts, Facts());
  TRY_LET(const auto running, RunningCommand());
  return facts.active_state == "active" && EndpointOf(running) == ConfiguredEndpoint();
}

bool IsRunning(const UnitFacts& facts) {
  return facts.active_state == "active" || facts.active_state == "reloading" ||
         facts.active_state == "activating";
}

std::string FailureExcerpt(System& system, const UnitFacts& facts) {
  if (facts.invocation_id.empty()) return {};
  const auto run = system.commands.Run(
      {.argv = {"/usr/bin/journalctl", "--no-pager", "-q", "-o", "cat", "-n", "40", "-u",
                std::string(kDockerUnit), "_SYSTEMD_INVOCATION_ID=" + facts.invocation_id},
       .environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"},
       .budget = std::chrono::seconds(10)});
  if (!run.ok()) return {};
  std::string excerpt;
  for (const std::string& line : Split(run->output, '\n')) {
    if (StartsTrailer(line)) break;
    if (!Trim(line).empty() && IsFailureLine(line)) excerpt = Trim(line);
  }
  return Redacted(excerpt).substr(0, 600);
}

}  // namespace dockerext
