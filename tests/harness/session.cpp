// SPDX-License-Identifier: MIT
#include "tests/harness/session.hpp"

#include <chrono>
#include <optional>

#include "handler/base/text.hpp"
#include "tests/contract/files.hpp"
#include "tests/contract/package.hpp"
#include "tests/contract/versions.hpp"
#include "tests/harness/agent_report.hpp"
#include "tests/harness/guest.hpp"
#include "tests/harness/hints.hpp"
#include "tests/harness/orders.hpp"
#include "tests/harness/play.hpp"

namespace dockerext::harness {
namespace {

bool Fits(const Options& options, const contract::HandlerId& id) {
  return (options.name.empty() || options.name == id.name) &&
         (options.version.empty() || options.version == id.version);
}

// What is installed, as far as the options leave a choice; nothing when there is nothing. Of one handler's
// versions it is the one that the agent takes for installed, else (after a failed install) the only one.
Result<std::optional<contract::HandlerId>> FindInstalled(const Options& options) {
  std::vector<contract::HandlerId> found;
  std::vector<std::string> names;
  for (const contract::HandlerId& id : contract::HandlersIn(LibDir(options))) {
    if (!Fits(options, id)) continue;
    const auto installed = contract::InstalledVersion(LibDir(options), id.name);
    if (installed && Fits(options, *installed) && installed->version != id.version) continue;
    found.push_back(id);
    names.push_back(id.name + " " + id.version);
  }
  if (found.empty()) return std::optional<contract::HandlerId>();
  if (found.size() == 1) return std::optional(found.front());
  return Error{Code::kInvalidSettings,
               "several handlers are here (" + Join(names, ", ") + "): say which with --name and --version"};
}

Result<contract::HandlerId> ReadId(const Options& options) {
  contract::HandlerId id{options.name, options.version};
  if (id.name.empty() || id.version.empty()) {
    TRY_LET(const contract::HandlerId said, contract::ReadPackageId(options.zip));
    if (id.name.empty()) id.name = said.name;
    if (id.version.empty()) id.version = said.version;
  }
  TRY(contract::CheckHandlerId(id));
  return id;
}

Result<std::optional<contract::HandlerId>> ChooseHandler(const Options& options) {
  if (!BringsZip(options.verb)) return FindInstalled(options);
  TRY_LET(contract::HandlerId id, ReadId(options));
  return std::optional(std::move(id));
}

// The agent's daemon makes this folder at its start, but its own only: --lib-dir may be anybody's.
Status MakeAgentsFolder(const Options& options) {
  return options.lib_dir.empty() ? contract::MakeFolder(LibDir(options), 0700_mode) : Status();
}

Result<Ending> PlayUpdate(const Options& options, const contract::HandlerId& id, const Settings& settings,
                          Play& play) {
  const auto old = contract::InstalledVersion(LibDir(options), id.name);
  if (old)
    return play.Update(contract::Layout(LibDir(options), LogDir(options), *old), options.zip, settings);
  return Error{Code::kInvalidSettings, "no version of " + id.name + " is installed in " + LibDir(options) +
                                           " that could be updated: run installs one"};
}

Result<Ending> PlayVerb(const Options& options, const contract::HandlerId& id, const Settings& settings,
                        Play& play) {
  switch (options.verb) {
    case Verb::kRun:
      TRY(MakeAgentsFolder(options));
      return play.Run(options.zip, settings);
    case Verb::kUpdate:
      return PlayUpdate(options, id, settings, play);
    case Verb::kDisable:
      return play.Disable();
    case Verb::kUninstall:
      return play.Uninstall();
    case Verb::kEnable:
    case Verb::kSettings:
    case Verb::kHelp:
    case Verb::kCredentials:
      break;
  }
  return play.Enable(settings);
}

Result<Ending> PlayHandler(const Options& options, const contract::HandlerId& id, const Settings& settings,
                           Reporter& reporter) {
  const auto started = std::chrono::system_clock::now();
  const Debugging debugging = DebuggingOf(options);
  if (!debugging.command.empty()) TRY(FindDebugger(debugging));
  reporter.Event("handler", id.version, id.name);
  reporter.Set("handler", {{"name", id.name}, {"version", id.version}});
  const contract::Layout layout(LibDir(options), LogDir(options), id);
  Play play(layout, options.pace, AgentCalls(options.pace, debugging, reporter),
            options.keep ? Folders::kKept : Folders::kRemoved, reporter);
  TRY_LET(Ending ending, PlayVerb(options, id, settings, play));
  TellReport(CollectReport(layout, options.pace), reporter);
  if (ending.verdict != Verdict::kSuccess) TellHints(layout, started, reporter);
  return ending;
}

// Events and verdict as they come; with --json they go to `err`, and one document to `out`.
Result<Verdict> PlayHere(const Options& options, const Settings& settings, std::ostream& out,
                         std::ostream& err) {
  Reporter reporter(options.json ? err : out);
  reporter.Set("verb", WordOf(options.verb));
  TRY_LET(const std::optional<contract::HandlerId> id, ChooseHandler(options));
  if (!id && DeliversSettings(options.verb)) {
    return Error{Code::kInvalidSettings, "no handler is installed in " + LibDir(options) + ": run one first"};
  }
  Ending ending{Verdict::kSuccess, "no handler is installed"};
  if (id) {
    TRY_LET(ending, PlayHandler(options, *id, settings, reporter));
  }
  const Verdict verdict = reporter.Conclude(ending);
  if (options.json) out << contract::DumpAsPython(reporter.document()) << "\n";
  return verdict;
}

Result<int> PlayThere(const Options& options, Settings settings) {
  TRY_LET(std::string program, OwnStaticProgram());
  GuestPlay play{.harness = std::move(program),
                 .arguments = {std::string(WordOf(options.verb))},
                 .zip = options.zip,
                 .public_text = {},
                 .protected_text = std::move(settings.protected_settings)};
  if (options.gdb) play.on_interrupt = Foreground::OnInterrupt::kLeaveToTheProgram;
  play.arguments.insert(play.arguments.end(), options.forwarded.begin(), options.forwarded.end());
  const bool has_documents = settings.kind == Settings::Kind::kGiven || settings.kind == Settings::Kind::kNew;
  if (DeliversSettings(options.verb) && has_documents) {
    play.public_text = contract::DumpAsPython(settings.public_settings);
  }
  return PlayInGuest({options.guest_program, options.guest}, play);
}

Result<int> PlaySomewhere(const Options& options, const std::string& home, std::ostream& out,
                          std::ostream& err) {
  Orders orders;
  if (DeliversSettings(options.verb)) {
    TRY_LET(orders, PrepareOrders(options, home));
  }
  int code = 0;
  if (options.here) {
    TRY_LET(const Verdict verdict, PlayHere(options, orders.settings, out, err));
    code = static_cast<int>(verdict);
  } else {
    TRY_LET(code, PlayThere(options, std::move(orders.settings)));
  }
  if (code == 0 && orders.access) {
    (options.json ? err : out) << "try it from another host:\n"
                               << credentials::RenderDockerCommands(*orders.access);
  }
  return code;
}

Result<int> MakeCredentials(const Options& options, const std::string& home, std::ostream& out) {
  const std::string port = options.port.empty() ? credentials::kDefaultPort : options.port;
  TRY_LET(const OwnCredentials own, PrepareCredentials(options, home, port));
  out << (own.server.made ? "made in " : "found in ") << own.access.folder << "\n"
      << "once Docker is configured with them:\n"
      << credentials::RenderDockerCommands(own.access);
  return 0;
}

Result<int> Dispatch(const Options& options, const std::string& home, std::ostream& out, std::ostream& err) {
  if (options.verb == Verb::kHelp) {
    out << HelpText();
    return 0;
  }
  if (options.verb == Verb::kCredentials) return MakeCredentials(options, home, out);
  return PlaySomewhere(options, home, out, err);
}

Result<int> ParseAndDispatch(const std::vector<std::string>& words, const Surroundings& around,
                             std::ostream& out, std::ostream& err) {
  TRY_LET(const Options options, ParseOptions(words, around));
  return Dispatch(options, around.home, out, err);
}

}  // namespace

int RunHarness(const std::vector<std::string>& words, const Surroundings& around, std::ostream& out,
               std::ostream& err) {
  const auto code = ParseAndDispatch(words, around, out, err);
  if (code.ok()) return *code;
  err << "handler-harness: " << code.error().message << "\n";
  const bool usage = code.error().code == Code::kInvalidSettings;
  return static_cast<int>(usage ? Verdict::kUsage : Verdict::kHarnessFailed);
}

}  // namespace dockerext::harness
