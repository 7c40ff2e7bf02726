// SPDX-License-Identifier: MIT
#include "handler/distro/platform.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {

// Needs no network: the worker of enable installs the packages.
Status Install(VerbContext& context) {
  TRY(DetectPlatform(context.system.files));
  return {};
}

}  // namespace dockerext
