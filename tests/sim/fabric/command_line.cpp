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
constexpr int kOtherState = 3;
constexpr int kTimedOut = 4;

constexpr const char* kHelp = R"(usage: fabric COMMAND ...
Simulates Azure for the Linux agent of this machine: wire server and host plugin. Its state is in
/var/lib/fabric. Each command except serve, fault, wait and reported publishes a new goal state.

  serve               listen on 168.63.129.16 (80, 32526) and 169.254.169.254 (80), addresses that lo must have
  add --zip FILE [SETTINGS] [--sequence N]
                      publish the ZIP and enable it with these settings and this sequence number (default: 0)
  settings [SETTINGS] [--sequence N]
                      new settings with this sequence number (default: the next); omitted parts are null
  update --zip FILE   publish the ZIP and change to its version, higher or lower, with unchanged settings
  again               publish the same goal state again
  disable, enable, uninstall
                      change the extension's state
  forget              remove the extension from the goal state
  certificate         replace the tenant certificate, and encrypt the settings for the new one
  fault PATH COUNT [--status N]
                      answer the next COUNT requests for paths that start with PATH with status N (503)
  wait [success|error|disabled|gone] [--limit SECONDS]
                      wait until the agent reports a final state for this goal state; print the state and the
                      time it took. An extension of --name that is not in the goal state must be gone
  reported            print the status that the agent uploaded last

--name NAME selects the extension when there are several.

SETTINGS: without any, the extension has no settings. FILE may be -, for standard input.
  --public FILE, or --port N    JSON document, or {"docker":{"port":"N"}}
  --protected FILE, or --credentials DIR
                      JSON document, or the certificates in the folder, generated when there are none
  --cipher NAME       des-ede3-cbc, as Azure (default), or aes-256-cbc
  --lost-certificate  encrypt for a certificate that the VM never gets
  --text FILE         instead of all these: send this text as settings, JSON or not

Exit code: 0 success, 1 failure, 2 usage error; of wait: 3 another final state, 4 timed out.
)";

Result<Extension*> Find(GoalState& state, const Arguments& arguments) {
  const std::string name = arguments.Last("--name");
  if (name.empty() && state.extensions.size() == 1) return &state.extensions.front();
  const auto found =
      std::ranges::find_if(state.extensions, [&](const Extension& one) { return one.id.name == name; });
  if (found != state.extensions.end()) return &*found;
  return Error{Code::kNotFound,
               name.empty() ? "the goal state does not have exactly one extension; select one with --name"
                            : "the goal state has no extension " + Quoted(name)};
}

Result<HandlerId> PublishPackage(const Store& store, const Arguments& arguments) {
  const std::string zip = arguments.Last("--zip");
  TRY_LET(HandlerId id, contract::ReadPackageId(zip));
  TRY(store.SavePackage(zip, id));
  return id;
}

Result<int> Done(const Status& status) {
  TRY(status);
  return 0;
}

Result<int> RunServer(const Store& store, const Arguments&) { return Done(Serve(store)); }

Result<std::uint64_t> SequenceOr(const Arguments& arguments, std::uint64_t fallback) {
  if (!arguments.Has("--sequence")) return fallback;
  if (const auto number = ParseUnsigned(arguments.Last("--sequence"))) return *number;
  return Error{Code::kInvalidSettings, "--sequence needs a number"};
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

Result<int> SetState(const Store& store, const Arguments& arguments, const char* state) {
  return ChangeOne(store, arguments, [state](Extension& extension) {
    extension.state = state;
    return Status();
  });
}
Result<int> Enable(const Store& store, const Arguments& arguments) {
  return SetState(store, arguments, "enabled");
}
Result<int> Disable(const Store& store, const Arguments& arguments) {
  return SetState(store, arguments, "disabled");
}
Result<int> Uninstall(const Store& store, const Arguments& arguments) {
  return SetState(store, arguments, "uninstall");
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
  const auto count = ParseUnsigned(arguments.positional[1]);
  const auto status = arguments.Has("--status") ? ParseUnsigned(arguments.Last("--status")) : 503;
  if (!count || !status || *status < 400 || *status > 599) {
    return Error{Code::kInvalidSettings, "fault needs a number of requests, and a status from 400 to 599"};
  }
  return Done(store.Apply([&](GoalState& state) -> Status {
    state.faults.push_back({arguments.positional[0], *count, static_cast<int>(*status)});
    return {};
  }));
}

struct Observation {
  ReportedOutcome reported;
  milliseconds took{0};
};

// An extension of --name that is not in the goal state must be gone, like an uninstalled one.
Result<Extension> FindOrRemoved(GoalState& state, const Arguments& arguments) {
  const std::string name = arguments.Last("--name");
  const Result<Extension*> found = Find(state, arguments);
  if (found.ok()) return **found;
  if (name.empty()) return found.error();
  return Extension{.id = {name, ""}, .state = "uninstall"};
}

Result<Observation> Observe(const Store& store, const Arguments& arguments) {
  TRY_LET(GoalState state, store.Load());
  TRY_LET(const Extension extension, FindOrRemoved(state, arguments));
  const Result<Upload> upload = store.LastUpload();
  if (!upload.ok()) return upload.error().code == Code::kNotFound ? Result(Observation{}) : upload.error();
  return Observation{Classify(*upload, state, extension), upload->since - state.published};
}

Result<int> Wait(const Store& store, const Arguments& arguments) {
  constexpr milliseconds kPause{50};
  const std::string wanted = arguments.positional.empty() ? "success" : arguments.positional[0];
  const auto limit = arguments.Has("--limit") ? ParseUnsigned(arguments.Last("--limit")) : 300;
  if (!limit) return Error{Code::kInvalidSettings, "--limit needs a number of seconds"};
  const milliseconds deadline = Now() + std::chrono::seconds(*limit);
  while (true) {
    TRY_LET(const Observation seen, Observe(store, arguments));
    const ReportedState state = seen.reported.state;
    if (state != ReportedState::kPending || Now() > deadline) {
      std::printf("%s after %.1f s: %s\n", std::string(NameOf(state)).c_str(),
                  static_cast<double>(seen.took.count()) / 1000, seen.reported.message.c_str());
      if (NameOf(state) == wanted) return 0;
      return state == ReportedState::kPending ? kTimedOut : kOtherState;
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
  std::size_t min_positional = 0;
  std::size_t max_positional = 0;
};

std::vector<std::string_view> With(std::vector<std::string_view> first,
                                   const std::vector<std::string_view>& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

const std::array kCommands = std::to_array<CommandEntry>({
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

Result<int> RunEntry(const CommandEntry& entry, std::span<const std::string> args) {
  TRY_LET(const Arguments arguments, guest::ParseArguments(args, entry.options));
  if (arguments.positional.size() < entry.min_positional ||
      arguments.positional.size() > entry.max_positional) {
    return Error{Code::kInvalidSettings,
                 std::string(entry.name) + " has the wrong number of arguments; see fabric --help"};
  }
  return entry.run(Store(kFolder), arguments);
}

}  // namespace

int RunFabric(const std::vector<std::string>& args) {
  if (args.empty() || args[0] == "--help" || args[0] == "-h") {
    std::fputs(kHelp, args.empty() ? stderr : stdout);
    return args.empty() ? kUsage : 0;
  }
  const auto entry = std::ranges::find(kCommands, args[0], &CommandEntry::name);
  if (entry == kCommands.end()) {
    std::fprintf(stderr, "fabric: unknown command %s; see fabric --help\n", Quoted(args[0]).c_str());
    return kUsage;
  }
  const Result<int> result = RunEntry(*entry, std::span(args).subspan(1));
  if (result.ok()) return *result;
  std::fprintf(stderr, "fabric: %s\n", result.error().Message().c_str());
  return result.error().code == Code::kInvalidSettings ? kUsage : kFailed;
}

}  // namespace dockerext::fabric
