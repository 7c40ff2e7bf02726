// SPDX-License-Identifier: MIT
// From the command line to what the agent is to deliver: the documents read, or made together with the
// credentials that belong to them.
#pragma once

#include <optional>

#include "handler/base/result.hpp"
#include "tests/sim/agent/options.hpp"
#include "tests/sim/agent/settings_file.hpp"
#include "tests/sim/credentials/client_access.hpp"
#include "tests/sim/credentials/credentials.hpp"

namespace dockerext::agent_simulator {

struct Delivery {
  Settings settings;
  std::optional<credentials::ClientAccess> access;  // when the credentials are the harness's own
};

// For the verbs that deliver settings. `home` decides whether the credentials are where a client looks by
// itself.
Result<Delivery> PrepareDelivery(const Options& options, const std::string& home);

struct OwnCredentials {
  credentials::ServerCredentials server;
  credentials::ClientAccess access;
};

// Makes or finds them in the folder that the options name.
Result<OwnCredentials> PrepareCredentials(const Options& options, const std::string& home,
                                          const std::string& port);

}  // namespace dockerext::agent_simulator
