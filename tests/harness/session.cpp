// SPDX-License-Identifier: MIT
#include "tests/harness/session.hpp"

#include <optional>

#include "handler/base/text.hpp"
#include "tests/harness/files.hpp"
#include "tests/harness/guest.hpp"
#include "tests/harness/orders.hpp"
#include "tests/harness/package.hpp"
#include "tests/harness/play.hpp"

namespace dockerext::harness {
namespace {

bool Fits(const Options& options, const HandlerId& id) {
  return (options.name.empty() || options.name == id.name) &&
         (options.version.empty() || options.version == id.version);
}

// What is installed, as far as the options leave a choice; nothing when there is nothing.
Result<std::optional<HandlerId>> FindInstalled(const Options& options) {
  std::vector<HandlerId> found;
  std::vector<std::string> names;
  for (const HandlerId& id : HandlersIn(LibDir(options))) {
    if (!Fits(options, id)) continue;
    found.push_back(id);
    names.push_back(id.name + " " + id.version);
  }
  if (found.empty()) return std::optional<HandlerId>();
  if (found.size() == 1) return std::optional(found.front());
  return Error{Code::kInvalidSettings,
               "several handlers are here (" + Join(names, ", ") + "): say which with --name and --version"};
}

Result<HandlerId> ReadId(const Options& options) {
  HandlerId id{options.name, options.version};
  if (id.name.empty() || id.version.empty()) {
    TRY_LET(const HandlerId said, ReadPackageId(options.zip));
    if (id.name.empty()) id.name = said.name;
    if (id.version.empty()) id.version = said.version;
  }
  TRY(CheckHandlerId(id));
  return id;
}

Result<std::optional<HandlerId>> ChooseHandler(const Options& options) {
  if (options.verb != Verb::kRun) return FindInstalled(options);
  TRY_LET(HandlerId id, ReadId(options));
  return std::optional(std::move(id));
}

Result<Verdict> PlayHere(const Options& options, const Settings& settings, std::ostream& out) {
  Reporter reporter(out);
  TRY_LET(const std::optional<HandlerId> id, ChooseHandler(options));
  if (!id) {
    if (options.verb != Verb::kEnable) return reporter.Conclude(Verdict::kSuccess, "no handler is installed");
    return Error{Code::kInvalidSettings, "no handler is installed here: run one first"};
  }
  reporter.Event("handler", id->version, id->name);
  Play play(Layout(LibDir(options), LogDir(options), *id), options.pace, reporter);
  if (options.verb == Verb::kRun) {
    // The agent's daemon does this at its start, to its own folder only: --lib-dir may be anybody's.
    if (options.lib_dir.empty()) TRY(MakeFolder(LibDir(options), 0700_mode));
    return play.Run(options.zip, settings);
  }
  if (options.verb == Verb::kEnable) return play.Enable(settings);
  return options.verb == Verb::kDisable ? play.Disable() : play.Uninstall();
}

std::string_view WordOf(Verb verb) {
  if (verb == Verb::kRun) return "run";
  if (verb == Verb::kEnable) return "enable";
  return verb == Verb::kDisable ? "disable" : "uninstall";
}

Result<int> PlayThere(const Options& options, Settings settings) {
  TRY_LET(std::string program, OwnStaticProgram());
  GuestPlay play{.harness = std::move(program),
                 .arguments = {std::string(WordOf(options.verb))},
                 .zip = options.zip,
                 .public_text = {},
                 .protected_text = std::move(settings.protected_settings)};
  play.arguments.insert(play.arguments.end(), options.forwarded.begin(), options.forwarded.end());
  const bool delivers = options.verb == Verb::kRun || options.verb == Verb::kEnable;
  if (delivers && settings.kind == Settings::Kind::kGiven) {
    play.public_text = DumpAsPython(settings.public_settings);
  }
  return PlayInGuest({options.guest_program, options.guest}, play);
}

Result<int> PlayVerb(const Options& options, const std::string& home, std::ostream& out) {
  Orders orders;
  if (options.verb == Verb::kRun || options.verb == Verb::kEnable) {
    TRY_LET(orders, PrepareOrders(options, home));
  }
  int code = 0;
  if (options.here) {
    TRY_LET(const Verdict verdict, PlayHere(options, orders.settings, out));
    code = static_cast<int>(verdict);
  } else {
    TRY_LET(code, PlayThere(options, std::move(orders.settings)));
  }
  if (code == 0 && orders.access)
    out << "try it from another host:\n" << RenderDockerCommands(*orders.access);
  return code;
}

Result<int> MakeCredentials(const Options& options, const std::string& home, std::ostream& out) {
  const std::string port = options.port.empty() ? "4243" : options.port;
  TRY_LET(const OwnCredentials own, PrepareCredentials(options, home, port));
  out << (own.server.made ? "made in " : "found in ") << own.access.folder << "\n"
      << "once Docker is configured with them:\n"
      << RenderDockerCommands(own.access);
  return 0;
}

Result<int> Dispatch(const Options& options, const std::string& home, std::ostream& out) {
  if (options.verb == Verb::kHelp) {
    out << HelpText();
    return 0;
  }
  if (options.verb == Verb::kCredentials) return MakeCredentials(options, home, out);
  return PlayVerb(options, home, out);
}

Result<int> ParseAndDispatch(const std::vector<std::string>& words, const Surroundings& around,
                             std::ostream& out) {
  TRY_LET(const Options options, ParseOptions(words, around));
  return Dispatch(options, around.home, out);
}

}  // namespace

int RunHarness(const std::vector<std::string>& words, const Surroundings& around, std::ostream& out,
               std::ostream& err) {
  const auto code = ParseAndDispatch(words, around, out);
  if (code.ok()) return *code;
  err << "handler-harness: " << code.error().message << "\n";
  const bool usage = code.error().code == Code::kInvalidSettings;
  return static_cast<int>(usage ? Verdict::kUsage : Verdict::kHarnessFailed);
}

}  // namespace dockerext::harness
