// SPDX-License-Identifier: MIT
// Why dockerd did not start: systemd's result, and the line that dockerd logged in that very run.
#pragma once

#include "handler/ports/system.hpp"

namespace dockerext {

// For docker.service that is not active after a restart. What it logged is quoted only if it ran since
// `before`.
Error StartFailure(System& system, const UnitFacts& before, const UnitFacts& after);

// Adds the last line of this run in the journal that gives the reason of a failure.
Error WithExcerpt(System& system, const UnitFacts& unit, Error error);

}  // namespace dockerext
