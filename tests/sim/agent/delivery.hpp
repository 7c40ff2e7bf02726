// SPDX-License-Identifier: MIT
// Turns the command line into the settings to deliver: reads the documents, or generates them and the
// credentials that they contain.
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
  std::optional<credentials::ClientAccess> access;  // when the harness generated the credentials
};

// For the verbs that deliver settings. The default folder of the credentials is `home`/.docker.
Result<Delivery> PrepareDelivery(const Options& options, const std::string& home);

struct OwnCredentials {
  credentials::ServerCredentials server;
  credentials::ClientAccess access;
};

// Generates the credentials in the folder of the options, or reuses those in it.
Result<OwnCredentials> PrepareCredentials(const Options& options, const std::string& home,
                                          const std::string& port);

}  // namespace dockerext::agent_simulator
