// SPDX-License-Identifier: MIT
// The steps of enable, in order: enable checks whether they are done, its worker applies them.
#pragma once

#include <vector>

#include "handler/steps/engine_steps.hpp"

namespace dockerext {

std::vector<Step> EnableSteps(EngineContext& context);

}  // namespace dockerext
