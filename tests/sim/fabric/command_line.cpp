// SPDX-License-Identifier: MIT
#include "tests/sim/fabric/command_line.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/arguments.hpp"
#include "tests/sim/contract/package.hpp"
#include "tests/sim/fabric/reported_state.hpp"
#include "tests/sim/fabric/server.hpp"
#include "tests/sim/fabric/settings.hpp"
#include "tests/sim/fabric/store.hpp"

namespace dockerext::fabric {
namespace {

using guest::Arguments;

constexpr const char* kFolder = "/var/lib/fabric";

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kOtherEnd = 3;
constexpr int kNoEnd = 4;

constexpr const char* kHelp = R"(usage: fabric COMMAND ...
Plays Azure for the Linux agent of the machine it runs on: wire server and host plugin. All it knows is in
/var/lib/fabric. Each command but serve, fault, wait and reported is a new goal state.

  serve               on 168.63.129.16 (80, 32526) and 169.254.169.254 (80), which have to be on lo
  add --zip FILE [SETTINGS] [--sequence N]
                      publishes the ZIP and wants it enabled with these settings, under this number (0)
  settings [SETTINGS] [--sequence N]
                      new ones under this number (the next); what is not given is null
  update --zip FILE   publishes the ZIP and wants its version, higher or lower, with the settings as they are
  again               the same once more
  disable, enable, uninstall
                      what becomes of the extension
  forget              no longer in the goal state
  certificate         a new tenant certificate, and the settings encrypted to it
  fault PATH COUNT [--status N]
                      the next COUNT requests for a path that begins like this get N (503)
  wait [success|error|disabled|gone] [--limit SECONDS]
                      until the agent reports an end of this goal state; says which, and how long it took. What
                      --name names and is not in the goal state has to be gone
  reported            the status that the agent uploaded last

--name NAME says which extension is meant, where there are several.

SETTINGS: without any, the extension has no settings. A FILE of - is standard input.
  --public FILE, or --port N    JSON document, or {"docker":{"port":"N"}}
  --protected FILE, or --credentials DIR
                      JSON document, or the certificates of the folder, which are made when there are none
  --cipher NAME       des-ede3-cbc (default), as Azure does it, or aes-256-cbc
  --lost-certificate  encrypted to a certificate that the VM never gets
  --text FILE         in place of all these: what the agent gets as settings, JSON or not

Exit code: 0 done, 1 could not be done, 2 usage; of wait: 3 another end, 4 no end in time.
)";

Result<Extension*> Find(GoalState& state, const Arguments& arguments) {
  const std::string name = arguments.Last("--name");
  if (name.empty() && state.extensions.size() == 1) return &state.extensions.front();
  const auto found =
      std::ranges::find_if(state.extensions, [&](const Extension& one) { return one.id.name == name; });
  if (found != state.extensions.end()) return &*found;
  return Error{Code::kNotFound, name.empty()
                                    ? "the goal state has not exactly one extension: --name says which"
                                    : "the goal state has no extension " + Quoted(name)};
}

Result<HandlerId> PublishPackage(const Store& store, const Arguments& arguments) {
  const std::string zip = arguments.Last("--zip");
  TRY_LET(HandlerId id, contract::ReadPackageId(zip));
  TRY(store.KeepPackage(zip, id));
  return id;
}

Result<int> Done(const Status& status) {
  TRY(status);
  return 0;
}

Result<int> RunServer(const Store& store, const Arguments&) { return Done(Serve(store)); }

Result<std::uint64_t> SequenceOr(const Arguments& arguments, std::uint64_t otherwise) {
  if (!arguments.Has("--sequence")) return otherwise;
  if (const auto number = ParseUnsigned(arguments.Last("--sequence"))) return *number;
  return Error{Code::kInvalidSettings, "--sequence wants a number"};
}

Result<int> Add(const Store& store, const Arguments& arguments) {
  TRY_LET(const HandlerId id, PublishPackage(store, arguments));
  TRY_LET(const auto settings, ReadSettings(store, arguments));
  TRY_LET(const std::uint64_t sequence, SequenceOr(arguments, 0));
  return Done(store.Publish([&](GoalState& state) -> Status {
    std::erase_if(state.extensions, [&](const Extension& one) { return one.id.name == id.name; });
    state.extensions.push_back({.id = id, .sequence = sequence, .settings = settings});
    return {};
  }));
}

using ExtensionChange = std::function<Status(Extension&)>;
Result<int> ChangeOne(const Store& store, const Arguments& arguments, const ExtensionChange& change) {
  return Done(store.Publish([&](GoalState& state) -> Status {
    TRY_LET(Extension * extension, Find(state, arguments));
    return change(*extension);
  }));
}

Result<int> NewSettings(const Store& store, const Arguments& arguments) {
  TRY_LET(const auto settings, ReadSettings(store, arguments));
  return ChangeOne(store, arguments, [&](Extension& extension) -> Status {
    extension.settings = settings;
    TRY_LET(extension.sequence, SequenceOr(arguments, extension.sequence + 1));
    return {};
  });
}

Result<int> Update(const Store& store, const Arguments& arguments) {
  TRY_LET(const HandlerId id, PublishPackage(store, arguments));
  return Done(store.Publish([&](GoalState& state) -> Status {
    for (Extension& extension : state.extensions) {
      if (extension.id.name != id.name) continue;
      extension.id = id;
      return {};
    }
    return Error{Code::kNotFound, "the goal state has no extension " + Quoted(id.name) + " to update"};
  }));
}

Result<int> Again(const Store& store, const Arguments&) {
  return Done(store.Publish([](GoalState&) { return Status(); }));
}

Result<int> Want(const Store& store, const Arguments& arguments, const char* state) {
  return ChangeOne(store, arguments, [state](Extension& extension) {
    extension.state = state;
    return Status();
  });
}
Result<int> Enable(const Store& store, const Arguments& arguments) {
  return Want(store, arguments, "enabled");
}
Result<int> Disable(const Store& store, const Arguments& arguments) {
  return Want(store, arguments, "disabled");
}
Result<int> Uninstall(const Store& store, const Arguments& arguments) {
  return Want(store, arguments, "uninstall");
}

Result<int> Forget(const Store& store, const Arguments& arguments) {
  return Done(store.Publish([&](GoalState& state) -> Status {
    TRY_LET(const Extension* extension, Find(state, arguments));
    const std::string name = extension->id.name;
    std::erase_if(state.extensions, [&](const Extension& one) { return one.id.name == name; });
    return {};
  }));
}

Result<int> RenewCertificate(const Store& store, const Arguments&) {
  return Done(store.Publish([&](GoalState& state) { return RenewTenant(store, state.extensions); }));
}

Result<int> AddFault(const Store& store, const Arguments& arguments) {
  const auto count = ParseUnsigned(arguments.words[1]);
  const auto status = arguments.Has("--status") ? ParseUnsigned(arguments.Last("--status")) : 503;
  if (!count || !status || *status < 400 || *status > 599) {
    return Error{Code::kInvalidSettings, "fault wants a number of requests, and a status from 400 to 599"};
  }
  return Done(store.Apply([&](GoalState& state) -> Status {
    state.faults.push_back({arguments.words[0], *count, static_cast<int>(*status)});
    return {};
  }));
}

struct End {
  ReportedOutcome judgement;
  milliseconds took{0};
};

// One that is named and was forgotten has to go.
Result<Extension> FindOrForgotten(GoalState& state, const Arguments& arguments) {
  const std::string name = arguments.Last("--name");
  const Result<Extension*> found = Find(state, arguments);
  if (found.ok()) return **found;
  if (name.empty()) return found.error();
  return Extension{.id = {name, ""}, .state = "uninstall"};
}

Result<End> Look(const Store& store, const Arguments& arguments) {
  TRY_LET(GoalState state, store.Load());
  TRY_LET(const Extension extension, FindOrForgotten(state, arguments));
  const Result<Upload> upload = store.LastUpload();
  if (!upload.ok()) return upload.error().code == Code::kNotFound ? Result(End{}) : upload.error();
  return End{Classify(*upload, state, extension), upload->since - state.published};
}

Result<int> Wait(const Store& store, const Arguments& arguments) {
  constexpr milliseconds kPause{50};
  const std::string wanted = arguments.words.empty() ? "success" : arguments.words[0];
  const auto limit = arguments.Has("--limit") ? ParseUnsigned(arguments.Last("--limit")) : 300;
  if (!limit) return Error{Code::kInvalidSettings, "--limit wants seconds"};
  const milliseconds deadline = Now() + std::chrono::seconds(*limit);
  while (true) {
    TRY_LET(const End end, Look(store, arguments));
    const ReportedState outcome = end.judgement.outcome;
    if (outcome != ReportedState::kPending || Now() > deadline) {
      std::printf("%s after %.1f s: %s\n", std::string(NameOf(outcome)).c_str(),
                  static_cast<double>(end.took.count()) / 1000, end.judgement.message.c_str());
      if (NameOf(outcome) == wanted) return 0;
      return outcome == ReportedState::kPending ? kNoEnd : kOtherEnd;
    }
    std::this_thread::sleep_for(kPause);
  }
}

Result<int> ShowReported(const Store& store, const Arguments&) {
  TRY_LET(const Upload upload, store.LastUpload().Context("the agent has uploaded no status"));
  std::printf("%s\n", upload.blob.dump(2, ' ', true, Json::error_handler_t::replace).c_str());
  return 0;
}

struct CommandEntry {
  std::string_view name;
  Result<int> (*run)(const Store&, const Arguments&);
  std::vector<std::string_view> options = {};
  std::size_t fewest_words = 0;
  std::size_t most_words = 0;
};

std::vector<std::string_view> With(std::vector<std::string_view> first,
                                   const std::vector<std::string_view>& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

const std::array kVerbs = std::to_array<CommandEntry>({
    {"serve", RunServer},
    {"add", Add, With({"--zip=", "--sequence="}, SettingsOptions())},
    {"settings", NewSettings, With({"--name=", "--sequence="}, SettingsOptions())},
    {"update", Update, {"--zip="}},
    {"again", Again},
    {"disable", Disable, {"--name="}},
    {"enable", Enable, {"--name="}},
    {"uninstall", Uninstall, {"--name="}},
    {"forget", Forget, {"--name="}},
    {"certificate", RenewCertificate},
    {"fault", AddFault, {"--status="}, 2, 2},
    {"wait", Wait, {"--limit=", "--name="}, 0, 1},
    {"reported", ShowReported},
});

Result<int> RunVerb(const CommandEntry& verb, std::span<const std::string> line) {
  TRY_LET(const Arguments arguments, guest::ParseArguments(line, verb.options));
  if (arguments.words.size() < verb.fewest_words || arguments.words.size() > verb.most_words) {
    return Error{
        Code::kInvalidSettings,
        std::string(verb.name) + " got a wrong number of words: `fabric --help` shows how it is used"};
  }
  return verb.run(Store(kFolder), arguments);
}

}  // namespace

int RunFabric(const std::vector<std::string>& words) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h") {
    std::fputs(kHelp, words.empty() ? stderr : stdout);
    return words.empty() ? kUsage : 0;
  }
  const auto verb = std::ranges::find(kVerbs, words[0], &CommandEntry::name);
  if (verb == kVerbs.end()) {
    std::fprintf(stderr, "fabric: there is no command %s: `fabric --help` lists them\n",
                 Quoted(words[0]).c_str());
    return kUsage;
  }
  const Result<int> result = RunVerb(*verb, std::span(words).subspan(1));
  if (result.ok()) return *result;
  std::fprintf(stderr, "fabric: %s\n", result.error().message.c_str());
  return result.error().code == Code::kInvalidSettings ? kUsage : kFailed;
}

}  // namespace dockerext::fabric
