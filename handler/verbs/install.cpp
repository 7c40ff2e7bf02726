// SPDX-License-Identifier: MIT
#include "handler/verbs/platform.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {

// Needs no network: packages are the worker's.
Status Install(VerbContext& context) {
  TRY(DetectPlatform(context.system.files));
  return {};
}

}  // namespace dockerext
