// SPDX-License-Identifier: MIT
#include "handler/state/update_mark.hpp"
#include "handler/steps/close_endpoint.hpp"
#include "handler/verbs/platform.hpp"
#include "handler/verbs/verb.hpp"
#include "handler/verbs/work.hpp"

namespace dockerext {

// Changes nothing: the new version's enable does. Its last act is the mark that keeps the old version's
// uninstall, which the agent runs next, from taking the machine apart.
Status Update(VerbContext& context) {
  Host& host = context.host;
  TRY(DetectPlatform(host.files));
  TRY_LET(const TakenOver taken, TakeOver(host, "update"));
  const Status restored = RestoreProven(host);
  if (!restored.ok()) host.log.Failed(restored.error().message + ", continuing");
  const std::string& target = context.invocation.update_target.empty() ? context.invocation.version
                                                                       : context.invocation.update_target;
  return WriteUpdateMark(host.files, host.clock, target);
}

}  // namespace dockerext
