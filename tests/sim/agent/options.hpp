// SPDX-License-Identifier: MIT
// Parses the command line: the verb and its options. Rejects contradictory and missing options, with one
// message; does not access files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handler/base/result.hpp"
#include "tests/sim/agent/debugger.hpp"
#include "tests/sim/agent/follow.hpp"
#include "tests/sim/contract/envelope.hpp"
#include "tests/sim/credentials/credentials.hpp"

namespace dockerext::agent_simulator {

enum class Verb { kHelp, kRun, kEnable, kSettings, kUpdate, kDisable, kUninstall, kCredentials };

struct Options {
  Verb verb = Verb::kHelp;
  bool here = false;
  std::string guest;
  std::string guest_program;
  std::string guest_harness;  // empty: this program
  std::string zip;
  std::string public_file;
  std::string protected_file;
  bool no_protected = false;
  bool no_settings = false;
  bool keep = false;
  bool json = false;
  bool gdb = false;
  std::string gdbserver;  // HOST:PORT; empty: not given
  std::string lib_dir;    // empty: not given
  std::string log_dir;
  std::string credentials;  // empty: ~/.docker
  std::vector<std::string> hosts;
  std::string port;
  std::optional<credentials::Style> style;
  std::string name;
  std::string version;
  std::optional<contract::Cipher> cipher;
  Pace pace;
  std::vector<std::string> forwarded;  // arguments to pass on to the harness inside a guest
};

// What applies where the command line sets nothing.
struct Defaults {
  bool root = false;
  std::string home;
  std::string guest_program;  // DX_GUEST
};

// kInvalidSettings: a usage error.
Result<Options> ParseOptions(const std::vector<std::string>& args, const Defaults& defaults);

// As typed: "run".
std::string_view VerbName(Verb verb);

bool NeedsZip(Verb verb);
bool DeliversSettings(Verb verb);

// The handler's command to debug; empty without --gdb and --gdbserver.
Debugging DebuggingOf(const Options& options);

std::string LibDir(const Options& options);
std::string LogDir(const Options& options);

std::string_view HelpText();

}  // namespace dockerext::agent_simulator
