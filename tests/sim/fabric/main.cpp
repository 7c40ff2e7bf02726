// SPDX-License-Identifier: MIT
// fabric: simulates Azure for tests in which the real Linux agent drives the extension.
#include <openssl/crypto.h>
#include <sys/stat.h>

#include "tests/sim/fabric/command_line.hpp"

int main(int argc, char** argv) {
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  umask(S_IRWXG | S_IRWXO);  // it writes keys and settings
  return dockerext::fabric::RunFabric({argv + 1, argv + argc});
}
