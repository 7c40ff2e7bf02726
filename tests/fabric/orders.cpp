// SPDX-License-Identifier: MIT
#include "tests/fabric/orders.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>

#include "handler/base/text.hpp"
#include "tests/fabric/outcome.hpp"
#include "tests/fabric/server.hpp"
#include "tests/fabric/store.hpp"
#include "tests/guest/arguments.hpp"
#include "tests/harness/envelope.hpp"
#include "tests/harness/files.hpp"
#include "tests/harness/package.hpp"
#include "tests/harness/settings_file.hpp"

namespace dockerext::fabric {
namespace {

using guest::Arguments;
using harness::TenantKey;

constexpr const char* kFolder = "/var/lib/fabric";

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kOtherEnd = 3;
constexpr int kNoEnd = 4;

constexpr const char* kHelp = R"(usage: fabric COMMAND ...
Plays Azure for the Linux agent of the machine it runs on: wire server and host plugin. All it knows is in
/var/lib/fabric. Each command but serve, fault, wait and reported is a new goal state.

  serve               on 168.63.129.16 (80, 32526) and 169.254.169.254 (80), which have to be on lo
  add --zip FILE [--public FILE] [--protected FILE] [--cipher NAME]
                      publishes the ZIP and wants it enabled with these settings
  settings [--public FILE] [--protected FILE] [--cipher NAME]
                      new settings under the next number; what is not given is null
  update --zip FILE   publishes the ZIP and wants its version, higher or lower, with the settings as they are
  again               the same once more
  disable, enable, uninstall
                      what becomes of the extension; enable also after an uninstall
  forget              no longer in the goal state
  certificate         a new tenant certificate, and the settings encrypted to it
  fault PATH COUNT [--status N]
                      the next COUNT requests for a path that begins like this get N (503)
  wait [success|error|disabled|gone] [--limit SECONDS]
                      until the agent reports an end of this goal state; says which, and how long it took
  reported            the status that the agent uploaded last

--cipher: des-ede3-cbc (default), as Azure does it, or aes-256-cbc. A FILE of - is standard input.
--name NAME says which extension is meant, where there are several.
Exit code: 0 done, 1 could not be done, 2 usage; of wait: 3 another end, 4 no end in time.
)";

Result<std::string> ReadInput(const std::string& path) {
  return harness::ReadFile(path == "-" ? "/dev/stdin" : path);
}

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

Result<harness::Cipher> CipherOf(const Arguments& arguments) {
  const std::string name = arguments.Last("--cipher");
  if (name.empty() || name == "des-ede3-cbc") return harness::Cipher::kTripleDes;
  if (name == "aes-256-cbc") return harness::Cipher::kAes256;
  return Error{Code::kInvalidSettings, "there is no cipher " + Quoted(name) + " here"};
}

Result<TenantKey> Tenant(const Store& store) {
  TRY_LET(const std::string folder, store.TenantFolder());
  return harness::FindOrMakeTenantKey(folder);
}

Result<Json> PublicSettings(const Arguments& arguments) {
  if (!arguments.Has("--public")) return Json();
  TRY_LET(const std::string text, ReadInput(arguments.Last("--public")));
  auto json = harness::ParseJson(text);
  if (!json) return Error{Code::kInvalidSettings, Quoted(arguments.Last("--public")) + " is not JSON"};
  return *std::move(json);
}

// The document that the agent is to write; empty where there are no settings at all.
Result<std::string> Settings(const Store& store, const Arguments& arguments) {
  if (!arguments.Has("--public") && !arguments.Has("--protected")) return std::string();
  TRY_LET(const Json public_settings, PublicSettings(arguments));
  if (!arguments.Has("--protected")) return harness::RenderSettings(public_settings, std::nullopt);
  TRY_LET(const harness::Cipher cipher, CipherOf(arguments));
  TRY_LET(const TenantKey tenant, Tenant(store));
  TRY_LET(std::string text, ReadInput(arguments.Last("--protected")));
  const Secret plaintext(std::move(text));
  TRY_LET(std::string sealed, harness::Seal(tenant.certificate.get(), plaintext, cipher));
  return harness::RenderSettings(public_settings, harness::Sealed{std::move(sealed), tenant.thumbprint});
}

Result<HandlerId> PublishPackage(const Store& store, const Arguments& arguments) {
  const std::string zip = arguments.Last("--zip");
  TRY_LET(HandlerId id, harness::ReadPackageId(zip));
  TRY(store.KeepPackage(zip, id));
  return id;
}

Result<int> Done(const Status& status) {
  TRY(status);
  return 0;
}

Result<int> RunServer(const Store& store, const Arguments&) { return Done(Serve(store)); }

Result<int> Add(const Store& store, const Arguments& arguments) {
  TRY_LET(const HandlerId id, PublishPackage(store, arguments));
  TRY_LET(const std::string settings, Settings(store, arguments));
  return Done(store.Publish([&](GoalState& state) -> Status {
    std::erase_if(state.extensions, [&](const Extension& one) { return one.id.name == id.name; });
    state.extensions.push_back({.id = id, .settings = settings});
    return {};
  }));
}

using ExtensionChange = std::function<void(Extension&)>;
Result<int> ChangeOne(const Store& store, const Arguments& arguments, const ExtensionChange& change) {
  return Done(store.Publish([&](GoalState& state) -> Status {
    TRY_LET(Extension * extension, Find(state, arguments));
    change(*extension);
    return {};
  }));
}

Result<int> NewSettings(const Store& store, const Arguments& arguments) {
  TRY_LET(const std::string settings, Settings(store, arguments));
  return ChangeOne(store, arguments, [&](Extension& extension) {
    extension.settings = settings;
    ++extension.sequence;
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
  return ChangeOne(store, arguments, [state](Extension& extension) { extension.state = state; });
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

// The document with its protected settings, if it has any, for the new key.
Result<std::string> Resealed(const std::string& document, const TenantKey& old, const TenantKey& fresh) {
  const Json::json_pointer where("/runtimeSettings/0/handlerSettings");
  const auto json = harness::ParseJson(document);
  const Json handler = json && json->contains(where) ? json->at(where) : Json::object();
  const Json sealed = handler.value("protectedSettings", Json());
  if (!sealed.is_string()) return document;
  TRY_LET(const Secret plaintext, harness::Unseal(sealed.get<std::string>(), old));
  TRY_LET(std::string again, harness::Seal(fresh.certificate.get(), plaintext, harness::Cipher::kTripleDes));
  return harness::RenderSettings(handler.at("publicSettings"),
                                 harness::Sealed{std::move(again), fresh.thumbprint});
}

Result<int> RenewCertificate(const Store& store, const Arguments&) {
  return Done(store.Publish([&](GoalState& state) -> Status {
    TRY_LET(const TenantKey old, Tenant(store));
    TRY_LET(const std::string folder, store.TenantFolder());
    TRY(harness::RemoveTree(folder));
    TRY_LET(const TenantKey fresh, Tenant(store));
    for (Extension& extension : state.extensions) {
      TRY_LET(extension.settings, Resealed(extension.settings, old, fresh));
    }
    return {};
  }));
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
  Judgement judgement;
  milliseconds took{0};
};

Result<End> Look(const Store& store, const Arguments& arguments) {
  TRY_LET(GoalState state, store.Load());
  TRY_LET(const Extension* extension, Find(state, arguments));
  const Result<Upload> upload = store.LastUpload();
  if (!upload.ok()) return upload.error().code == Code::kNotFound ? Result(End{}) : upload.error();
  return End{Judge(upload->blob, state, *extension), upload->since - state.published};
}

Result<int> Wait(const Store& store, const Arguments& arguments) {
  constexpr milliseconds kPause{50};
  const std::string wanted = arguments.words.empty() ? "success" : arguments.words[0];
  const auto limit = arguments.Has("--limit") ? ParseUnsigned(arguments.Last("--limit")) : 300;
  if (!limit) return Error{Code::kInvalidSettings, "--limit wants seconds"};
  const milliseconds deadline = Now() + std::chrono::seconds(*limit);
  while (true) {
    TRY_LET(const End end, Look(store, arguments));
    const Outcome outcome = end.judgement.outcome;
    if (outcome != Outcome::kPending || Now() > deadline) {
      std::printf("%s after %.1f s: %s\n", std::string(NameOf(outcome)).c_str(),
                  static_cast<double>(end.took.count()) / 1000, end.judgement.message.c_str());
      if (NameOf(outcome) == wanted) return 0;
      return outcome == Outcome::kPending ? kNoEnd : kOtherEnd;
    }
    std::this_thread::sleep_for(kPause);
  }
}

Result<int> ShowReported(const Store& store, const Arguments&) {
  TRY_LET(const Upload upload, store.LastUpload().Context("the agent has uploaded no status"));
  std::printf("%s\n", upload.blob.dump(2, ' ', true, Json::error_handler_t::replace).c_str());
  return 0;
}

struct Verb {
  std::string_view name;
  Result<int> (*run)(const Store&, const Arguments&);
  std::vector<std::string_view> options = {};
  std::size_t fewest_words = 0;
  std::size_t most_words = 0;
};

const std::array kVerbs = std::to_array<Verb>({
    {"serve", RunServer},
    {"add", Add, {"--zip=", "--public=", "--protected=", "--cipher="}},
    {"settings", NewSettings, {"--public=", "--protected=", "--cipher=", "--name="}},
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

Result<int> RunVerb(const Verb& verb, std::span<const std::string> line) {
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
  const auto verb = std::ranges::find(kVerbs, words[0], &Verb::name);
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
