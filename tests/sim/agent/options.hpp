// SPDX-License-Identifier: MIT
// The command line: which verb, and what was said about it. Contradictions and what is missing are found
// here, in one sentence each; files are not looked at.
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
  std::string zip;
  std::string public_file;
  std::string protected_file;
  bool no_protected = false;
  bool no_settings = false;
  bool keep = false;
  bool json = false;
  bool gdb = false;
  std::string gdbserver;  // HOST:PORT; empty: not said
  std::string lib_dir;    // empty: not said
  std::string log_dir;
  std::string credentials;  // empty: ~/.docker
  std::vector<std::string> hosts;
  std::string port;
  std::optional<credentials::Style> style;
  std::string name;
  std::string version;
  std::optional<contract::Cipher> cipher;
  Pace pace;
  std::vector<std::string> forwarded;  // words that the harness inside a guest needs too
};

// What the surroundings say where the command line does not.
struct Defaults {
  bool root = false;
  std::string home;
  std::string guest_program;  // DX_GUEST
};

// kInvalidSettings: a usage error.
Result<Options> ParseOptions(const std::vector<std::string>& words, const Defaults& defaults);

// "run", as it is typed.
std::string_view WordOf(Verb verb);

bool BringsZip(Verb verb);
bool DeliversSettings(Verb verb);

// Which command of the handler a debugger is asked for; nothing where none is.
Debugging DebuggingOf(const Options& options);

std::string LibDir(const Options& options);
std::string LogDir(const Options& options);

std::string_view HelpText();

}  // namespace dockerext::agent_simulator
