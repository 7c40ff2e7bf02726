// SPDX-License-Identifier: MIT
// Connects the real adapters with the command line; no logic of its own.
#include <unistd.h>

#include <exception>
#include <iostream>

#include "handler/adapters/openssl/openssl_crypto.hpp"
#include "handler/adapters/poco/poco_endpoint.hpp"
#include "handler/adapters/poco/poco_engine.hpp"
#include "handler/adapters/poco/poco_log.hpp"
#include "handler/adapters/posix/posix_clock.hpp"
#include "handler/adapters/posix/posix_commands.hpp"
#include "handler/adapters/posix/posix_files.hpp"
#include "handler/adapters/posix/posix_locks.hpp"
#include "handler/adapters/posix/posix_network.hpp"
#include "handler/adapters/posix/process_setup.hpp"
#include "handler/adapters/systemd/journal.hpp"
#include "handler/adapters/systemd/systemd_services.hpp"
#include "handler/base/redact.hpp"
#include "handler/cli/command_line.hpp"
#include "handler/version.hpp"

namespace dockerext {
namespace {

int Run(int argc, char** argv, Variables variables) {
  std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const std::string run =
      (arguments.empty() ? "none" : arguments.front()) + "[" + std::to_string(getpid()) + "]";
  PosixClock clock;
  PosixFiles files;
  PosixLocks locks(clock);
  PosixNetwork network(files);
  PosixCommands commands;
  OpensslCrypto crypto;
  SystemdServices services(clock);
  PocoEngine engine;
  PocoEndpoint endpoint;
  PocoLog log(clock, run, WriteToJournal);
  System system{files, services, commands, engine, endpoint, crypto, locks, network, clock, log};
  Process process{std::move(arguments),
                  std::move(variables),
                  ProgramPath(),
                  std::string(kVersion) + "\n" + std::string(kLibraries),
                  std::cout,
                  std::cerr,
                  ReadToEnd};
  return RunCommandLine(system, process);
}

}  // namespace
}  // namespace dockerext

int main(int argc, char** argv) {
  dockerext::InitialiseOpensslWithoutConfiguration();
  auto variables = dockerext::SetUpProcess();
  try {
    return dockerext::Run(argc, argv, std::move(variables));
  } catch (const std::exception& e) {
    // A bug or a lack of memory: errors are returned, not thrown.
    std::cerr << "docker-extension: internal error: " << dockerext::Redacted(e.what()) << "\n";
    return 1;
  }
}
