// SPDX-License-Identifier: MIT
// The rules for docker.options: what the customer may add to dockerd's command line. Private to this room.
#pragma once

#include <vector>

#include "handler/settings/desired_state.hpp"
#include "handler/settings/object_reader.hpp"

namespace dockerext {

// The options of `docker`, read as dockerd would read them: a value may follow its flag in the same element
// or in the next, and shorthands are written out. Adds an error for each that may not be passed on.
std::vector<DockerOption> ReadDockerOptions(ObjectReader& docker);

}  // namespace dockerext
