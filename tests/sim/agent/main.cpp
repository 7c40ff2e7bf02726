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

// A service's environment may lack HOME, and asking libc for root's would load the host's NSS modules.
dockerext::agent_simulator::Defaults LookAround() {
  const bool root = geteuid() == 0;
  const std::string home = Variable("HOME");
  return {.root = root, .home = home.empty() && root ? "/root" : home, .guest_program = Variable("DX_GUEST")};
}

}  // namespace

int main(int argc, char** argv) {
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  umask(S_IWGRP | S_IWOTH);  // the agent's
  // Whoever started us may have had it ignored; then no child's exit code could be had.
  signal(SIGCHLD, SIG_DFL);
  try {
    return dockerext::agent_simulator::RunHarness({argv + 1, argv + argc}, LookAround(), std::cout,
                                                  std::cerr);
  } catch (const std::exception& bug) {
    std::cerr << "handler-harness: unexpected: " << bug.what() << "\n";
  }
  return static_cast<int>(dockerext::agent_simulator::ExitCode::kHarnessFailed);
}
