// SPDX-License-Identifier: MIT
#include "handler/steps/docker_unit.hpp"

#include "handler/base/text.hpp"
#include "handler/docker/exec_line.hpp"
#include "handler/docker/unit_file.hpp"

namespace dockerext {

Result<UnitFacts> DockerUnit::Facts() {
  if (facts_) return *facts_;
  TRY_LET(facts_, host_.services.Describe(std::string(kDockerUnit)));
  return *facts_;
}

Result<std::string> DockerUnit::VendorLine() {
  TRY_LET(const UnitFacts facts, Facts());
  if (facts.load_state != "loaded" || facts.fragment_path.empty()) {
    return Error{Code::kNotFound, "there is no docker.service (systemd says " + facts.load_state + ")"};
  }
  std::vector<std::string> texts;
  TRY_LET(texts.emplace_back(), host_.files.Read(facts.fragment_path));
  for (const std::string& path : facts.drop_in_paths) {
    if (path == DropInPath()) continue;
    TRY_LET(texts.emplace_back(), host_.files.Read(path));
  }
  auto line = EffectiveExecStart(texts);
  if (line) return *std::move(line);
  return Error{Code::kMissingDependency,
               "docker.service (" + facts.fragment_path + ") has no ExecStart=; reinstall Docker"};
}

Result<std::vector<std::string>> DockerUnit::RunningCommand() {
  TRY_LET(const UnitFacts facts, Facts());
  if (facts.main_pid == 0) return std::vector<std::string>();
  const auto text = host_.files.Read("/proc/" + std::to_string(facts.main_pid) + "/cmdline");
  if (!text.ok() && text.error().code == Code::kNotFound) return std::vector<std::string>();
  if (!text.ok()) return text.error();
  auto argv = Split(*text, '\0');
  if (!argv.empty() && argv.back().empty()) argv.pop_back();
  return argv;
}

Result<bool> DockerUnit::RunsAsConfigured() {
  TRY_LET(const UnitFacts facts, Facts());
  TRY_LET(const auto running, RunningCommand());
  return facts.active_state == "active" && running == ReplaceVariables(facts.exec_start);
}

std::optional<EngineEndpoint> DockerUnit::ConfiguredEndpoint() {
  const auto text = host_.files.Read(DropInPath());
  if (!text.ok()) return std::nullopt;
  const auto line = EffectiveExecStart({*text});
  if (!line) return std::nullopt;
  return EndpointOf(SplitExecLine(*line));
}

bool IsRunning(const UnitFacts& facts) {
  return facts.active_state == "active" || facts.active_state == "reloading" ||
         facts.active_state == "activating";
}

std::string LastWords(Host& host, const UnitFacts& facts) {
  if (facts.invocation_id.empty()) return {};
  const auto run =
      host.commands.Run({.argv = {"/usr/bin/journalctl", "--no-pager", "-q", "-o", "cat", "-n", "40", "-u",
                                  std::string(kDockerUnit), "_SYSTEMD_INVOCATION_ID=" + facts.invocation_id},
                         .environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"},
                         .budget = std::chrono::seconds(10)});
  if (!run.ok()) return {};
  std::string words;
  for (const std::string& line : Split(run->output, '\n')) {
    const bool telling =
        line.find("level=fatal") != std::string::npos || line.find("level=error") != std::string::npos ||
        line.find("failed to ") != std::string::npos || line.find("unable to ") != std::string::npos ||
        line.find("unknown ") != std::string::npos;
    if (telling) words = Trim(line);
  }
  return words.substr(0, 600);
}

}  // namespace dockerext
