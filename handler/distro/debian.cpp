// SPDX-License-Identifier: MIT
#include "handler/distro/debian.hpp"

namespace dockerext {
namespace {

constexpr std::string_view kEngineWithCli[] = {"docker.io"};
// Debian 13 split the CLI off and only recommends it.
constexpr std::string_view kEngineAndCli[] = {"docker.io", "docker-cli"};

}  // namespace

constinit const Distro kDebian11To12 = {.id = "debian",
                                        .min_version = "11",
                                        .below_version = "13",
                                        .packages = &kApt,
                                        .docker_packages = kEngineWithCli};
constinit const Distro kDebian13 = {.id = "debian",
                                    .min_version = "13",
                                    .below_version = "",
                                    .packages = &kApt,
                                    .docker_packages = kEngineAndCli};
constinit const Distro kUbuntu = {.id = "ubuntu",
                                  .min_version = "20.04",
                                  .below_version = "",
                                  .packages = &kApt,
                                  .docker_packages = kEngineWithCli};

}  // namespace dockerext
