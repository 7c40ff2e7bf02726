// SPDX-License-Identifier: MIT
// From the command line to what the agent is to deliver: the documents read, or made together with the
// credentials that belong to them.
#pragma once

#include <optional>

#include "handler/base/result.hpp"
#include "tests/credentials/client_access.hpp"
#include "tests/credentials/credentials.hpp"
#include "tests/harness/options.hpp"
#include "tests/harness/settings_file.hpp"

namespace dockerext::harness {

struct Orders {
  Settings settings;
  std::optional<credentials::ClientAccess> access;  // when the credentials are the harness's own
};

// For the verbs that deliver settings. `home` decides whether the credentials are where a client looks by
// itself.
Result<Orders> PrepareOrders(const Options& options, const std::string& home);

struct OwnCredentials {
  credentials::ServerCredentials server;
  credentials::ClientAccess access;
};

// Makes or finds them in the folder that the options name.
Result<OwnCredentials> PrepareCredentials(const Options& options, const std::string& home,
                                          const std::string& port);

}  // namespace dockerext::harness
