// SPDX-License-Identifier: MIT
#include "handler/cli/command_line.hpp"

#include <algorithm>
#include <array>
#include <exception>

#include "handler/agent/error_report.hpp"
#include "handler/agent/status_file.hpp"
#include "handler/base/text.hpp"
#include "handler/cli/validate_command.hpp"
#include "handler/errors/engine.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

constexpr int kUsageError = 2;
// The agent keeps about 1,500 characters of a stream; the error message must fit into them.
constexpr std::size_t kLineLimit = 1000;

enum class ReportsStatus { kNo, kYes };

struct VerbEntry {
  std::string_view name;
  std::string_view help;
  ReportsStatus reports_status;
  Status (*run)(VerbContext&);
};

constexpr std::array kVerbs = std::to_array<VerbEntry>({
    {"install", "check that the platform is supported; put the extension's files on the disk",
     ReportsStatus::kNo, Install},
    {"enable", "apply the settings to the machine", ReportsStatus::kYes, Enable},
    {"disable", "close remote access; keep the engine and its containers", ReportsStatus::kNo, Disable},
    {"update", "keep the machine configured while the agent replaces the version", ReportsStatus::kNo,
     Update},
    {"uninstall", "remove what the extension added to the machine", ReportsStatus::kNo, Uninstall},
});

constexpr const char* kUsage = R"(docker-extension - handler of the Docker VM extension for Linux on Azure

Usage:
  docker-extension COMMAND
  docker-extension validate [--public FILE] [--protected FILE]
  docker-extension --help | --version

Commands, run by the Azure Linux Agent as root:
)";

constexpr const char* kUsageDetails = R"(
Commands for users:
  validate   check settings offline, before they are sent to Azure; changes nothing
             and does not need to run on the VM

Options:
  --public FILE      the public settings, as JSON
  --protected FILE   the protected settings, as JSON, not encrypted
  -h, --help         show this help
  --version          show the version of the extension and of its libraries

Files (the agent's folders are those in HandlerEnvironment.json):
  N.settings in the agent's config folder            settings; N is the sequence number
  N.status in the agent's status folder              result of enable
  docker-extension.log in the agent's log folder     log; also: journalctl -t docker-extension
  /etc/systemd/system/docker.service.d/zz-docker-extension.conf
                                                     drop-in with dockerd's command line
  /etc/docker/docker-extension/tls-*/                TLS files of dockerd
  /var/lib/docker-extension/ledger.json              what uninstall removes

Exit codes:
   0   success
   1   any other error
   2   invalid command line
  51   platform not supported
  52   missing dependency
  53   invalid settings
  56   package manager locked
)";

std::string Help() {
  std::string help = kUsage;
  for (const VerbEntry& verb : kVerbs) {
    help += "  " + std::string(verb.name) + std::string(11 - verb.name.size(), ' ') + std::string(verb.help) +
            "\n";
  }
  return help + kUsageDetails;
}

void LogInto(System& system, const std::string& folder) {
  if (folder.empty()) return;
  const Status opened = system.log.AddFileSink(folder);
  if (!opened.ok()) system.log.Warn(opened.error().what + "; logging only to the journal");
}

// A failing enable also writes the status file: without one the agent reports "transitioning" for 90 minutes.
void ReportError(VerbContext& context, const Error& error) {
  System& system = context.system;
  const auto sequence =
      ChooseSequence(system.files, context.environment->config_folder, context.invocation.sequence);
  if (!sequence.ok()) return;
  const Status written = WriteStatus(system.files, context.environment->status_folder, *sequence,
                                     ErrorReport(error), system.clock.UtcNow());
  if (!written.ok()) system.log.Error("cannot write the status: " + written.error().Message());
}

int Conclude(System& system, Process& process, std::string_view verb, const Status& outcome) {
  if (outcome.ok() || outcome.error().code == Code::kSuperseded) {
    system.log.Info(std::string(verb) + (outcome.ok() ? " done" : " stopped: " + outcome.error().Message()));
    return 0;
  }
  const int code = ExitCodeOf(outcome.error().code);
  system.log.Error(std::string(verb) + " failed with exit code " + std::to_string(code) + ": " +
                   outcome.error().Message());
  process.err.Line("docker-extension " + std::string(verb) + ": " +
                   Redacted(outcome.error().Message()).substr(0, kLineLimit));
  return code;
}

// An exception is a bug or a lack of memory, since errors are returned. Caught here so that a status is
// written.
Status RunGuarded(const VerbEntry& verb, VerbContext& context) {
  try {
    return verb.run(context);
  } catch (const std::exception& e) {
    return MakeError<errors::kInternalError>(e.what());
  }
}

int RunVerb(System& system, Process& process, const VerbEntry& verb) {
  VerbContext context{system, ReadInvocation(process.program, process.variables), process.program,
                      std::nullopt};
  auto environment = LoadEnvironment(system.files, system.clock, context.invocation.folder);
  if (environment.ok()) {
    context.environment = *environment;
    LogInto(system, environment->log_folder);
  } else if (verb.reports_status == ReportsStatus::kYes) {
    context.environment = UsualEnvironment(context.invocation.folder);
    ReportError(context, environment.error());
    return Conclude(system, process, verb.name, environment.error());
  }
  system.log.Info(std::string(verb.name) + " of version " +
                  process.version.substr(0, process.version.find('\n')));
  const Status outcome = RunGuarded(verb, context);
  if (!outcome.ok() && verb.reports_status == ReportsStatus::kYes) ReportError(context, outcome.error());
  return Conclude(system, process, verb.name, outcome);
}

Result<std::uint64_t> Generation(const std::vector<std::string>& arguments, std::size_t index) {
  const auto generation = index < arguments.size() ? ParseUnsigned(arguments[index]) : std::nullopt;
  if (generation) return *generation;
  return MakeError<errors::kInternalError>("the worker's generation is missing or not a number");
}

Status RunWorker(System& system, const Process& process) {
  const auto& arguments = process.arguments;
  TRY_LET(const std::uint64_t generation, Generation(arguments, 2));
  if (arguments[1] == "enable" && arguments.size() == 4) {
    return RunEnableWorker(system, generation, process.program, arguments[3]);
  }
  if (arguments[1] == "remove-packages") return RunUninstallWorker(system, generation);
  return MakeError<errors::kInternalError>("unknown worker " + Quoted(arguments[1]));
}

Status RunWorkerExit(System& system, const Process& process) {
  TRY_LET(const std::uint64_t generation, Generation(process.arguments, 1));
  const auto result = process.variables.find("SERVICE_RESULT");
  return OnWorkerExit(system, generation, result == process.variables.end() ? "unknown" : result->second);
}

// Started by systemd; logs to the folder in the operation record.
int RunForSystemd(System& system, Process& process) {
  const auto record = OperationStore(system.files, system.locks).Read();
  if (record.ok()) LogInto(system, record->log_folder);
  const std::string& name = process.arguments.front();
  if (name == "worker") return Conclude(system, process, name, RunWorker(system, process));
  if (name == "resume-removal") return Conclude(system, process, name, ResumeRemoval(system));
  return Conclude(system, process, name, RunWorkerExit(system, process));
}

}  // namespace

int RunCommandLine(System& system, Process& process) {
  const std::string command = process.arguments.empty() ? "" : process.arguments.front();
  if (command == "--version") {
    process.out.Line(process.version);
    return 0;
  }
  if (command == "--help" || command == "-h" || command == "help") {
    process.out.Line(Trim(Help()));
    return 0;
  }
  if (command == "validate")
    return RunValidate(system, process, {process.arguments.begin() + 1, process.arguments.end()});
  if (command == "worker" || command == "worker-exit" || command == "resume-removal")
    return RunForSystemd(system, process);
  const auto verb =
      std::find_if(kVerbs.begin(), kVerbs.end(), [&](const VerbEntry& v) { return v.name == command; });
  if (verb != kVerbs.end() && process.arguments.size() == 1) return RunVerb(system, process, *verb);
  process.err.Line("docker-extension: " + Quoted(Join(process.arguments, " ")) +
                   " is not a known command; see docker-extension --help");
  return kUsageError;
}

}  // namespace dockerext
