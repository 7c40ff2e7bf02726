// SPDX-License-Identifier: MIT
// The list of changes that enable makes: asked at once by enable, worked off by its worker.
#pragma once

#include <vector>

#include "handler/steps/engine_steps.hpp"

namespace dockerext {

std::vector<Step> EnableSteps(EngineContext& context);

}  // namespace dockerext
