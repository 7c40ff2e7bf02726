// SPDX-License-Identifier: MIT
#include <memory>

#include "handler/base/text.hpp"
#include "handler/docker/exec_line.hpp"
#include "handler/state/ledger.hpp"
#include "handler/steps/engine_steps.hpp"
#include "handler/steps/validate_command.hpp"

namespace dockerext {
namespace {

constexpr FileMode kUnitFileMode = 0644_mode;

struct Wanted {
  VendorCommand vendor;
  std::vector<std::string> added;
  std::string text;  // empty: no drop-in
};

Result<Wanted> WantedDropIn(EngineContext& context) {
  Wanted wanted;
  TRY_LET(wanted.vendor, context.unit.Vendor());
  wanted.added = AddedArguments(wanted.vendor, context.target.options, context.target.endpoint);
  if (!wanted.added.empty()) wanted.text = RenderDropIn(wanted.vendor.line, wanted.added);
  return wanted;
}

Result<std::string> TextOnDisk(Files& files) {
  auto text = files.Read(DropInPath());
  if (!text.ok() && text.error().code == Code::kNotFound) return std::string();
  return text;
}

// The drop-in that a rollback restores: the last known good one. Without one, the drop-in that the running
// engine uses, but not one that an interrupted operation left unverified.
Result<std::string> RollbackText(EngineContext& context) {
  const auto ledger = LoadLedger(context.system.files);
  if (ledger.ok() && ledger->last_known_good) return ledger->last_known_good->drop_in;
  TRY_LET(const bool serves, context.unit.MatchesDropInEndpoint());
  return serves ? TextOnDisk(context.system.files) : std::string();
}

bool HasExpectedAttributes(Files& files) {
  const auto facts = files.Inspect(DropInPath());
  return facts.ok() && facts->kind == FileFacts::Kind::kFile && facts->mode == kUnitFileMode &&
         facts->owner == 0 && facts->group == 0;
}

// Whether systemd has loaded the drop-in: the command line that it would run ends with the added arguments,
// or has no endpoint where there is no drop-in.
Result<bool> IsLoaded(EngineContext& context, const Wanted& wanted) {
  TRY_LET(const UnitFacts facts, context.unit.Facts());
  if (wanted.text.empty()) return !EndpointOf(facts.exec_start).has_value();
  return EndsWith(ResolveVariables(facts.exec_start), wanted.added);
}

Result<bool> IsWritten(EngineContext& context) {
  TRY_LET(const Wanted wanted, WantedDropIn(context));
  TRY_LET(const std::string text, TextOnDisk(context.system.files));
  if (text != wanted.text || (!text.empty() && !HasExpectedAttributes(context.system.files))) return false;
  return IsLoaded(context, wanted);
}

// The port is free, or the engine has it open with the extension's options.
Status CheckPort(EngineContext& context) {
  if (!context.target.endpoint) return {};
  const std::uint16_t port = context.target.endpoint->port;
  TRY_LET(const auto running, context.unit.RunningCommand());
  const auto own = EndpointOf(running);
  if (own && own->port == port) return {};
  TRY_LET(const bool free, context.system.network.IsFree(port));
  if (free) return {};
  return Error{Code::kInvalidSettings,
               "publicSettings.docker.port " + std::to_string(port) +
                   " is in use on this machine by another program; choose another port, or "
                   "stop that program"};
}

Status InstallDropIn(EngineContext& context, const std::string& text) {
  Files& files = context.system.files;
  if (text.empty()) {
    TRY(files.Remove(DropInPath()));
  } else {
    const std::string folder(kDropInFolder);
    TRY(MakeRecordedFolder(files, folder));
    TRY(files.WriteAtomically(DropInPath(), text, kUnitFileMode));
  }
  TRY(context.system.services.ReloadDefinitions());
  context.unit.Invalidate();
  return {};
}

Result<std::string> Write(EngineContext& context, std::string& previous) {
  TRY_LET(const Wanted wanted, WantedDropIn(context));
  TRY_LET(previous, RollbackText(context));
  TRY(CheckPort(context));
  TRY(ValidateCommand(context, wanted.vendor, wanted.added));
  TRY(context.check_deadline());
  TRY(InstallDropIn(context, wanted.text));
  TRY_LET(const bool loaded, IsLoaded(context, wanted));
  if (loaded) return "docker.service uses " + DropInPath();
  return Error{Code::kInternal, "systemd does not use the ExecStart= of " + DropInPath() +
                                    "; another drop-in of docker.service sets it later (systemctl cat "
                                    "docker.service shows which): remove that drop-in"};
}

}  // namespace

Step WriteDropIn(EngineContext& context) {
  const auto previous = std::make_shared<std::string>();
  return {.name = "drop-in",
          .done = [&context] { return IsWritten(context); },
          .apply = [&context, previous] { return Write(context, *previous); },
          .undo = [&context, previous] { return InstallDropIn(context, *previous); }};
}

}  // namespace dockerext
