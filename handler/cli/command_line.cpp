// SPDX-License-Identifier: MIT
#include "handler/cli/command_line.hpp"

#include <algorithm>
#include <array>
#include <exception>

#include "handler/agent/status_file.hpp"
#include "handler/base/text.hpp"
#include "handler/cli/validate_command.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/status_text.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

constexpr int kNotUnderstood = 2;
// The agent keeps about 1,500 characters of a stream; the one line that matters must be among them.
constexpr std::size_t kLineLimit = 1000;

enum class ReportsStatus { kNo, kYes };

struct VerbEntry {
  std::string_view name;
  std::string_view help;
  ReportsStatus reports_status;
  Status (*run)(VerbContext&);
};

constexpr std::array kVerbs = std::to_array<VerbEntry>({
    {"install", "judge whether this machine can be served", ReportsStatus::kNo, Install},
    {"enable", "make the machine what the settings say", ReportsStatus::kYes, Enable},
    {"disable", "close remote access; the engine and its containers stay", ReportsStatus::kNo, Disable},
    {"update", "prepare for the uninstall of the version before", ReportsStatus::kNo, Update},
    {"uninstall", "take away what the extension added", ReportsStatus::kNo, Uninstall},
});

std::string Help() {
  std::string help =
      "docker-extension: the Docker VM extension's handler\n\n"
      "usage: docker-extension VERB        (run by the Azure Linux Agent)\n"
      "       docker-extension validate --public FILE --protected FILE\n"
      "       docker-extension --version | --help\n\n"
      "verbs:\n";
  for (const VerbEntry& verb : kVerbs) {
    help += "  " + std::string(verb.name) + std::string(11 - verb.name.size(), ' ') + std::string(verb.help) +
            "\n";
  }
  return help +
         "\nvalidate says all that is wrong with settings before they are sent; it asks nothing of this "
         "machine.\n"
         "\nSettings are read from the agent's config folder beside the program; the result is in its "
         "status\n"
         "folder, the log (docker-extension.log) in its log folder and in the journal.\n"
         "Exit codes: 0 done, 51 platform not supported, 52 dependency missing, 53 settings wrong,\n"
         "56 package manager locked, 1 anything else, 2 not understood.\n";
}

void LogInto(System& system, const std::string& folder) {
  if (folder.empty()) return;
  const Status opened = system.log.AddFileSink(folder);
  if (!opened.ok()) system.log.Warn(opened.error().message + "; logging to the journal alone");
}

// enable tells its failure in the status file too: without one the agent reports "transitioning" for 90
// minutes.
void ReportError(VerbContext& context, const Error& error) {
  System& system = context.system;
  const auto sequence =
      ChooseSequence(system.files, context.environment->config_folder, context.invocation.sequence);
  if (!sequence.ok()) return;
  const Status written = WriteStatus(system.files, context.environment->status_folder, *sequence,
                                     ErrorReport(error), system.clock.UtcNow());
  if (!written.ok()) system.log.Error("cannot write the status: " + written.error().message);
}

int Conclude(System& system, Process& process, std::string_view verb, const Status& outcome) {
  if (outcome.ok() || outcome.error().code == Code::kSuperseded) {
    system.log.Info(std::string(verb) + (outcome.ok() ? " done" : " stopped: " + outcome.error().message));
    return 0;
  }
  const int code = ExitCodeOf(outcome.error().code);
  system.log.Error(std::string(verb) + " failed with code " + std::to_string(code) + ": " +
                   outcome.error().message);
  process.err << "docker-extension " << verb << ": " << outcome.error().message.substr(0, kLineLimit) << "\n";
  return code;
}

// A bug or no memory: nothing below promises to throw. Without a status the agent would wait for one.
Status RunGuarded(const VerbEntry& verb, VerbContext& context) {
  try {
    return verb.run(context);
  } catch (const std::exception& e) {
    return Error{Code::kInternal,
                 std::string("internal error: ") + e.what() + "; tell the extension's publisher"};
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
  return Error{Code::kInternal, "a worker needs its generation"};
}

Status RunWorker(System& system, const Process& process) {
  const auto& arguments = process.arguments;
  TRY_LET(const std::uint64_t generation, Generation(arguments, 2));
  if (arguments[1] == "enable" && arguments.size() == 4) {
    return RunEnableWorker(system, generation, process.program, arguments[3]);
  }
  if (arguments[1] == "remove-packages") return RunUninstallWorker(system, generation);
  return Error{Code::kInternal, "there is no work named " + Quoted(arguments[1])};
}

Status RunWorkerExit(System& system, const Process& process) {
  TRY_LET(const std::uint64_t generation, Generation(process.arguments, 1));
  const auto result = process.variables.find("SERVICE_RESULT");
  return OnWorkerExit(system, generation, result == process.variables.end() ? "unknown" : result->second);
}

// What systemd starts; its log folder is the record's.
int RunForSystemd(System& system, Process& process) {
  LogInto(system, LogFolderOfOperation(system));
  const std::string& name = process.arguments.front();
  return Conclude(system, process, name,
                  name == "worker" ? RunWorker(system, process) : RunWorkerExit(system, process));
}

}  // namespace

int RunCommandLine(System& system, Process& process) {
  const std::string command = process.arguments.empty() ? "" : process.arguments.front();
  if (command == "--version") {
    process.out << process.version << "\n";
    return 0;
  }
  if (command == "--help" || command == "-h" || command == "help") {
    process.out << Help();
    return 0;
  }
  if (command == "validate")
    return RunValidate(system, process, {process.arguments.begin() + 1, process.arguments.end()});
  if (command == "worker" || command == "worker-exit") return RunForSystemd(system, process);
  const auto verb =
      std::find_if(kVerbs.begin(), kVerbs.end(), [&](const VerbEntry& v) { return v.name == command; });
  if (verb != kVerbs.end() && process.arguments.size() == 1) return RunVerb(system, process, *verb);
  process.err << "docker-extension: " << Quoted(Join(process.arguments, " "))
              << " is not understood; see docker-extension --help\n";
  return kNotUnderstood;
}

}  // namespace dockerext
