// SPDX-License-Identifier: MIT
#include <openssl/crypto.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>

#include "tests/sim/agent/session.hpp"

namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// A service's environment may lack HOME, and looking root's up with libc would load the host's NSS modules.
dockerext::agent_simulator::Defaults ReadDefaults() {
  const bool root = geteuid() == 0;
  const std::string home = Variable("HOME");
  return {.root = root, .home = home.empty() && root ? "/root" : home, .guest_program = Variable("DX_GUEST")};
}

}  // namespace

int main(int argc, char** argv) {
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  umask(S_IWGRP | S_IWOTH);  // as the agent's
  // The parent may have ignored it; then waitpid would return no exit codes.
  signal(SIGCHLD, SIG_DFL);
  try {
    return dockerext::agent_simulator::RunHarness({argv + 1, argv + argc}, ReadDefaults(), std::cout,
                                                  std::cerr);
  } catch (const std::exception& bug) {
    std::cerr << "handler-harness: internal error: " << bug.what() << "\n";
  }
  return static_cast<int>(dockerext::agent_simulator::ExitCode::kHarnessFailed);
}
