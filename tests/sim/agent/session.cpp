// SPDX-License-Identifier: MIT
#include "tests/sim/agent/session.hpp"

#include <chrono>
#include <optional>

#include "handler/base/text.hpp"
#include "tests/sim/agent/agent_report.hpp"
#include "tests/sim/agent/agent_simulator.hpp"
#include "tests/sim/agent/delivery.hpp"
#include "tests/sim/agent/guest.hpp"
#include "tests/sim/agent/hints.hpp"
#include "tests/sim/contract/files.hpp"
#include "tests/sim/contract/package.hpp"
#include "tests/sim/contract/versions.hpp"

namespace dockerext::agent_simulator {
namespace {

bool Matches(const Options& options, const contract::HandlerId& id) {
  return (options.name.empty() || options.name == id.name) &&
         (options.version.empty() || options.version == id.version);
}

// The installed handler that matches the options, if any. Of one handler's versions it is the one that the
// agent counts as installed, or else (after a failed install) the only one.
Result<std::optional<contract::HandlerId>> FindInstalled(const Options& options) {
  std::vector<contract::HandlerId> found;
  std::vector<std::string> names;
  for (const contract::HandlerId& id : contract::HandlersIn(LibDir(options))) {
    if (!Matches(options, id)) continue;
    const auto installed = contract::InstalledVersion(LibDir(options), id.name);
    if (installed && Matches(options, *installed) && installed->version != id.version) continue;
    found.push_back(id);
    names.push_back(id.name + " " + id.version);
  }
  if (found.empty()) return std::optional<contract::HandlerId>();
  if (found.size() == 1) return std::optional(found.front());
  return Error{Code::kInvalidSettings, "several handlers are installed (" + Join(names, ", ") +
                                           "); choose one with --name and --version"};
}

Result<contract::HandlerId> ReadId(const Options& options) {
  contract::HandlerId id{options.name, options.version};
  if (id.name.empty() || id.version.empty()) {
    TRY_LET(const contract::HandlerId package_id, contract::ReadPackageId(options.zip));
    if (id.name.empty()) id.name = package_id.name;
    if (id.version.empty()) id.version = package_id.version;
  }
  TRY(contract::CheckHandlerId(id));
  return id;
}

Result<std::optional<contract::HandlerId>> ChooseHandler(const Options& options) {
  if (!NeedsZip(options.verb)) return FindInstalled(options);
  TRY_LET(contract::HandlerId id, ReadId(options));
  return std::optional(std::move(id));
}

// The agent's daemon creates its folder at its start; a folder of --lib-dir is not the agent's.
Status MakeAgentFolder(const Options& options) {
  return options.lib_dir.empty() ? contract::MakeFolder(LibDir(options), 0700_mode) : Status();
}

Result<Outcome> SimulateUpdate(const Options& options, const contract::HandlerId& id,
                               const Settings& settings, AgentSimulator& simulator) {
  const auto old = contract::InstalledVersion(LibDir(options), id.name);
  if (old)
    return simulator.Update(contract::Layout(LibDir(options), LogDir(options), *old), options.zip, settings);
  return Error{Code::kInvalidSettings,
               "no version of " + id.name + " is installed in " + LibDir(options) + "; install one with run"};
}

Result<Outcome> SimulateVerb(const Options& options, const contract::HandlerId& id, const Settings& settings,
                             AgentSimulator& simulator) {
  switch (options.verb) {
    case Verb::kRun:
      TRY(MakeAgentFolder(options));
      return simulator.Run(options.zip, settings);
    case Verb::kUpdate:
      return SimulateUpdate(options, id, settings, simulator);
    case Verb::kDisable:
      return simulator.Disable();
    case Verb::kUninstall:
      return simulator.Uninstall();
    case Verb::kEnable:
    case Verb::kSettings:
    case Verb::kHelp:
    case Verb::kCredentials:
      break;
  }
  return simulator.Enable(settings);
}

// An agent that starts writes it again, and each run of this program is one.
Status WriteEnvironmentAgain(const Options& options, const std::string& name) {
  const auto installed = contract::InstalledVersion(LibDir(options), name);
  if (!installed) return {};
  const contract::Layout layout(LibDir(options), LogDir(options), *installed);
  return contract::WriteFile(layout.EnvironmentFile(), contract::RenderEnvironment(layout));
}

Result<Outcome> SimulateAgent(const Options& options, const contract::HandlerId& id, const Settings& settings,
                              Reporter& reporter) {
  const auto started = std::chrono::system_clock::now();
  const Debugging debugging = DebuggingOf(options);
  if (!debugging.command.empty()) TRY(FindDebugger(debugging));
  reporter.Event("handler", id.version, id.name);
  reporter.Set("handler", {{"name", id.name}, {"version", id.version}});
  const contract::Layout layout(LibDir(options), LogDir(options), id);
  TRY(WriteEnvironmentAgain(options, id.name));
  AgentSimulator simulator(layout, options.pace, AgentCalls(options.pace, debugging, reporter),
                           options.keep ? Folders::kKept : Folders::kRemoved, reporter);
  TRY_LET(Outcome outcome, SimulateVerb(options, id, settings, simulator));
  PrintReport(CollectReport(layout, options.pace), reporter);
  if (outcome.exit_code != ExitCode::kSuccess) PrintHints(layout, started, reporter);
  return outcome;
}

// Prints events and verdict to `out`; with --json to `err`, and one document to `out`.
Result<ExitCode> RunHere(const Options& options, const Settings& settings, std::ostream& out,
                         std::ostream& err) {
  Reporter reporter(options.json ? err : out);
  reporter.Set("verb", VerbName(options.verb));
  TRY_LET(const std::optional<contract::HandlerId> id, ChooseHandler(options));
  if (!id && DeliversSettings(options.verb)) {
    return Error{Code::kInvalidSettings,
                 "no handler is installed in " + LibDir(options) + "; install one with run"};
  }
  Outcome outcome{ExitCode::kSuccess, "no handler is installed"};
  if (id) {
    TRY_LET(outcome, SimulateAgent(options, *id, settings, reporter));
  }
  const ExitCode exit_code = reporter.Conclude(outcome);
  if (options.json) out << contract::DumpAsPython(reporter.document()) << "\n";
  return exit_code;
}

Result<int> RunInGuest(const Options& options, Settings settings) {
  std::string program = options.guest_harness;
  if (program.empty()) {
    TRY_LET(program, OwnStaticProgram());
  }
  GuestRun run{.harness = std::move(program),
               .arguments = {std::string(VerbName(options.verb))},
               .zip = options.zip,
               .public_text = {},
               .protected_text = std::move(settings.protected_settings)};
  if (options.gdb) run.on_interrupt = Foreground::OnInterrupt::kLeaveToTheProgram;
  run.arguments.insert(run.arguments.end(), options.forwarded.begin(), options.forwarded.end());
  const bool has_documents = settings.kind == Settings::Kind::kGiven || settings.kind == Settings::Kind::kNew;
  if (DeliversSettings(options.verb) && has_documents) {
    run.public_text = contract::DumpAsPython(settings.public_settings);
  }
  return RunHarnessInGuest({options.guest_program, options.guest}, run);
}

Result<int> RunVerb(const Options& options, const std::string& home, std::ostream& out, std::ostream& err) {
  Delivery delivery;
  if (DeliversSettings(options.verb)) {
    TRY_LET(delivery, PrepareDelivery(options, home));
  }
  int code = 0;
  if (options.here) {
    TRY_LET(const ExitCode exit_code, RunHere(options, delivery.settings, out, err));
    code = static_cast<int>(exit_code);
  } else {
    TRY_LET(code, RunInGuest(options, std::move(delivery.settings)));
  }
  if (code == 0 && delivery.access) {
    (options.json ? err : out) << "connect from another host with:\n"
                               << credentials::RenderDockerCommands(*delivery.access);
  }
  return code;
}

Result<int> MakeCredentials(const Options& options, const std::string& home, std::ostream& out) {
  const std::string port = options.port.empty() ? credentials::kDefaultPort : options.port;
  TRY_LET(const OwnCredentials own, PrepareCredentials(options, home, port));
  out << (own.server.made ? "credentials generated in " : "credentials found in ") << own.access.folder
      << "\n"
      << "when Docker is configured with them, connect with:\n"
      << credentials::RenderDockerCommands(own.access);
  return 0;
}

Result<int> Dispatch(const Options& options, const std::string& home, std::ostream& out, std::ostream& err) {
  if (options.verb == Verb::kHelp) {
    out << HelpText();
    return 0;
  }
  if (options.verb == Verb::kCredentials) return MakeCredentials(options, home, out);
  return RunVerb(options, home, out, err);
}

Result<int> ParseAndDispatch(const std::vector<std::string>& args, const Defaults& defaults,
                             std::ostream& out, std::ostream& err) {
  TRY_LET(const Options options, ParseOptions(args, defaults));
  return Dispatch(options, defaults.home, out, err);
}

}  // namespace

int RunHarness(const std::vector<std::string>& args, const Defaults& defaults, std::ostream& out,
               std::ostream& err) {
  const auto code = ParseAndDispatch(args, defaults, out, err);
  if (code.ok()) return *code;
  err << "handler-harness: " << code.error().Message() << "\n";
  const bool usage = code.error().code == Code::kInvalidSettings;
  return static_cast<int>(usage ? ExitCode::kUsage : ExitCode::kHarnessFailed);
}

}  // namespace dockerext::agent_simulator
