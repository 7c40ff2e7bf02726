// SPDX-License-Identifier: MIT
#include "handler/engine/context.hpp"

#include "handler/base/text.hpp"
#include "handler/docker/drop_in.hpp"
#include "handler/errors/conflicts.hpp"

namespace dockerext {
namespace {

// systemd takes a drop-in that is a dangling symlink for one that it has not read yet, for ever. In place of
// the extension's own, it is replaced.
Status CheckReloaded(Files& files, const Observation& observed) {
  if (!observed.unit.needs_reload) return {};
  for (const std::string& path : observed.unit.drop_in_paths) {
    if (path == DropInPath()) continue;
    const auto text = files.Read(path);
    if (!text.ok() && text.error().code == Code::kNotFound)
      return MakeError<errors::kDanglingSymlink>(Quoted(path));
  }
  return {};
}

}  // namespace

Status Look(EngineContext& context) {
  System& system = context.system;
  TRY_LET(const UnitFacts settled, AwaitSettled(system, context.report_wait));
  if (settled.needs_reload) {
    system.log.Info("the files of docker.service were changed and not loaded: reloading them");
    TRY(system.services.ReloadDefinitions());
  }
  TRY_LET(context.observed, Observe(system));
  TRY(CheckReloaded(system.files, context.observed));
  if (!IsReady(context.observed.unit) || context.observed.version) return {};
  // One slow answer is no reason for an outage.
  Status answered = AwaitAnswer(system, context.report_wait);
  if (!answered.ok() && answered.error().code != Code::kInternal) return answered;
  TRY_LET(context.observed, Observe(system));
  return {};
}

}  // namespace dockerext
