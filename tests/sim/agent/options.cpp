// SPDX-License-Identifier: MIT
#include "tests/sim/agent/options.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "handler/base/text.hpp"

namespace dockerext::agent_simulator {
namespace {

constexpr std::uint64_t kHighestPort = 65535;
constexpr double kLongestWait = 1e6;  // seconds; far below where milliseconds overflow

Error Usage(std::string message) { return Error{Code::kInvalidSettings, std::move(message)}; }

struct VerbRow {
  std::string_view name;
  Verb verb;
};

constexpr std::array kVerbs = {
    VerbRow{"--help", Verb::kHelp},
    VerbRow{"help", Verb::kHelp},
    VerbRow{"run", Verb::kRun},
    VerbRow{"enable", Verb::kEnable},
    VerbRow{"settings", Verb::kSettings},
    VerbRow{"update", Verb::kUpdate},
    VerbRow{"disable", Verb::kDisable},
    VerbRow{"uninstall", Verb::kUninstall},
    VerbRow{"credentials", Verb::kCredentials},
};

// Groups of options; each verb accepts those that have an effect on it, and rejects the others.
enum Scope : unsigned {
  kPackage = 1,
  kSettings = 2,
  kCertificates = 4,
  kPlace = 8,
  kMachine = 16,
  kRemoval = 32
};

unsigned ScopesOf(Verb verb) {
  switch (verb) {
    case Verb::kRun:
      return kPackage | kSettings | kCertificates | kPlace | kMachine;
    case Verb::kUpdate:
      return kPackage | kSettings | kCertificates | kPlace | kMachine | kRemoval;
    case Verb::kEnable:
    case Verb::kSettings:
      return kSettings | kCertificates | kPlace | kMachine;
    case Verb::kDisable:
      return kPlace | kMachine;
    case Verb::kUninstall:
      return kPlace | kMachine | kRemoval;
    case Verb::kCredentials:
      return kCertificates | kPlace;
    case Verb::kHelp:
      break;
  }
  return 0;
}

Status SetPort(Options& options, const std::string& value) {
  const auto port = ParseUnsigned(value);
  if (!port || *port == 0 || *port > kHighestPort)
    return Usage("--port: " + Quoted(value) + " is not a port number from 1 to 65535");
  options.port = std::to_string(*port);
  return {};
}

Status SetStyle(Options& options, const std::string& value) {
  if (value != "modern" && value != "2014") return Usage("--style must be modern or 2014");
  options.style = value == "2014" ? credentials::Style::k2014 : credentials::Style::kModern;
  return {};
}

Status SetCipher(Options& options, const std::string& value) {
  options.cipher = contract::FindSettingsCipher(value);
  return options.cipher ? Status() : Usage("--cipher must be des-ede3-cbc or aes-256-cbc");
}

Result<double> ParsePositive(std::string_view option, const std::string& value) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool whole = error == std::errc{} && end == value.data() + value.size();
  if (whole && std::isfinite(number) && number > 0 && number < kLongestWait) return number;
  return Usage(std::string(option) + ": " + Quoted(value) + " is not a number above 0");
}

Status SetWait(Options& options, const std::string& value) {
  TRY_LET(const double seconds, ParsePositive("--wait", value));
  options.pace.wait = std::chrono::milliseconds(static_cast<long>(seconds * 1000));
  return {};
}

Status SetScale(Options& options, const std::string& value) {
  TRY_LET(options.pace.scale, ParsePositive("--timeout-scale", value));
  return {};
}

Status AddHost(Options& options, const std::string& value) {
  options.hosts.push_back(value);
  return {};
}

struct OptionRow {
  std::string_view name;
  unsigned scope;
  bool forwarded;  // to the harness inside a guest
  std::string Options::*text = nullptr;
  bool Options::*flag = nullptr;
  Status (*set)(Options&, const std::string&) = nullptr;
};

constexpr std::array kOptions = {
    OptionRow{.name = "--here", .scope = kPlace, .forwarded = false, .flag = &Options::here},
    OptionRow{.name = "--guest", .scope = kPlace, .forwarded = false, .text = &Options::guest},
    OptionRow{
        .name = "--guest-program", .scope = kPlace, .forwarded = false, .text = &Options::guest_program},
    OptionRow{
        .name = "--guest-harness", .scope = kPlace, .forwarded = false, .text = &Options::guest_harness},
    OptionRow{.name = "--zip", .scope = kPackage, .forwarded = false, .text = &Options::zip},
    OptionRow{.name = "--public", .scope = kSettings, .forwarded = false, .text = &Options::public_file},
    OptionRow{
        .name = "--protected", .scope = kSettings, .forwarded = false, .text = &Options::protected_file},
    OptionRow{
        .name = "--no-protected", .scope = kSettings, .forwarded = true, .flag = &Options::no_protected},
    OptionRow{.name = "--no-settings", .scope = kSettings, .forwarded = true, .flag = &Options::no_settings},
    OptionRow{.name = "--lib-dir", .scope = kMachine, .forwarded = true, .text = &Options::lib_dir},
    OptionRow{.name = "--log-dir", .scope = kMachine, .forwarded = true, .text = &Options::log_dir},
    OptionRow{.name = "--name", .scope = kMachine, .forwarded = true, .text = &Options::name},
    OptionRow{.name = "--version", .scope = kMachine, .forwarded = true, .text = &Options::version},
    OptionRow{
        .name = "--credentials", .scope = kCertificates, .forwarded = false, .text = &Options::credentials},
    OptionRow{.name = "--host", .scope = kCertificates, .forwarded = false, .set = AddHost},
    OptionRow{.name = "--port", .scope = kCertificates, .forwarded = false, .set = SetPort},
    OptionRow{.name = "--style", .scope = kCertificates, .forwarded = false, .set = SetStyle},
    OptionRow{.name = "--cipher", .scope = kSettings, .forwarded = true, .set = SetCipher},
    OptionRow{.name = "--wait", .scope = kSettings, .forwarded = true, .set = SetWait},
    OptionRow{.name = "--keep", .scope = kRemoval, .forwarded = true, .flag = &Options::keep},
    OptionRow{.name = "--json", .scope = kMachine, .forwarded = true, .flag = &Options::json},
    OptionRow{.name = "--gdb", .scope = kMachine, .forwarded = true, .flag = &Options::gdb},
    OptionRow{.name = "--gdbserver", .scope = kMachine, .forwarded = true, .text = &Options::gdbserver},
    OptionRow{.name = "--timeout-scale", .scope = kMachine, .forwarded = true, .set = SetScale},
};

const OptionRow* FindOption(std::string_view name) {
  for (const OptionRow& row : kOptions) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

Status Apply(const OptionRow& row, Options& options, const std::string& value) {
  if (value.empty()) return Usage(std::string(row.name) + " needs a value");
  if (row.set != nullptr) return row.set(options, value);
  options.*row.text = value;
  return {};
}

// Parses one option and, unless it is a flag, its value; returns the number of arguments.
Result<std::size_t> ParseOption(const std::vector<std::string>& args, std::size_t at, Options& options) {
  const OptionRow* row = FindOption(args[at]);
  if (row == nullptr) return Usage("unknown option " + Quoted(args[at]) + "; see --help");
  if ((row->scope & ScopesOf(options.verb)) == 0) return Usage(args[at] + " is not an option of this verb");
  const std::size_t size = row->flag != nullptr ? 1 : 2;
  if (row->flag != nullptr) {
    options.*row->flag = true;
  } else {
    TRY(Apply(*row, options, at + 1 < args.size() ? args[at + 1] : ""));
  }
  for (std::size_t i = at; row->forwarded && i < at + size; ++i) options.forwarded.push_back(args[i]);
  return size;
}

Status CheckPlace(const Options& options, const Defaults& defaults) {
  if (options.here && !options.guest.empty()) return Usage("use either --here or --guest, not both");
  if (options.verb == Verb::kCredentials) return {};
  if (!options.here && options.guest.empty()) {
    return Usage(
        "the target is missing; use --guest NAME, or --here to let the extension change this machine");
  }
  if (!options.guest.empty() && options.guest_program.empty()) {
    return Usage("--guest needs --guest-program PATH or the environment variable DX_GUEST");
  }
  if (options.here && !defaults.root && (options.lib_dir.empty() || options.log_dir.empty())) {
    return Usage(
        "--here simulates the agent on this machine and needs root, or your own --lib-dir and --log-dir");
  }
  return {};
}

Status CheckSettings(const Options& options) {
  const bool documents = !options.public_file.empty() || !options.protected_file.empty();
  if (options.no_settings && (documents || options.no_protected || !options.port.empty())) {
    return Usage("--no-settings cannot be combined with other settings");
  }
  if (options.no_protected && !options.protected_file.empty()) {
    return Usage("use either --protected or --no-protected, not both");
  }
  if (!options.public_file.empty() && !options.port.empty()) {
    return Usage("with --public the port comes from that file; omit --port");
  }
  if (NeedsZip(options.verb) && options.zip.empty()) {
    return Usage(std::string(VerbName(options.verb)) + " needs --zip FILE");
  }
  return {};
}

Status CheckDebugger(const Options& options) {
  if (options.gdb && !options.gdbserver.empty()) return Usage("use either --gdb or --gdbserver, not both");
  if (!options.gdbserver.empty() && options.gdbserver.find(':') == std::string::npos) {
    return Usage("--gdbserver needs HOST:PORT to listen at, for example localhost:2345, not " +
                 Quoted(options.gdbserver));
  }
  if (options.gdb && options.json)
    return Usage("--gdb cannot be combined with --json: both need the terminal");
  return {};
}

// The paths are used in shell commands, and the guest has another working folder.
Status CheckPaths(const Options& options) {
  for (const std::string& path : {options.lib_dir, options.log_dir}) {
    if (!path.empty() && path.front() != '/') return Usage(Quoted(path) + " is not an absolute path");
  }
  return {};
}

}  // namespace

Result<Options> ParseOptions(const std::vector<std::string>& args, const Defaults& defaults) {
  Options options;
  if (args.empty()) return Usage("a verb is missing; see --help");
  const VerbRow* found = nullptr;
  for (const VerbRow& row : kVerbs) {
    if (row.name == args.front()) found = &row;
  }
  if (found == nullptr) return Usage("unknown verb " + Quoted(args.front()) + "; see --help");
  options.verb = found->verb;
  for (std::size_t at = 1; at < args.size();) {
    if (args[at] == "--help") return Options{};
    TRY_LET(const std::size_t size, ParseOption(args, at, options));
    at += size;
  }
  if (options.verb == Verb::kHelp) return options;
  if (options.guest_program.empty()) options.guest_program = defaults.guest_program;
  TRY(CheckPlace(options, defaults));
  TRY(CheckSettings(options));
  TRY(CheckDebugger(options));
  TRY(CheckPaths(options));
  return options;
}

std::string_view VerbName(Verb verb) {
  for (const VerbRow& row : kVerbs) {
    if (row.verb == verb) return row.name;
  }
  return "";
}

bool NeedsZip(Verb verb) { return (ScopesOf(verb) & kPackage) != 0; }

bool DeliversSettings(Verb verb) { return (ScopesOf(verb) & kSettings) != 0; }

// The verbs run and settings are no commands of the handler: they call enable.
Debugging DebuggingOf(const Options& options) {
  if (!options.gdb && options.gdbserver.empty()) return {};
  const bool enables = options.verb == Verb::kRun || options.verb == Verb::kSettings;
  return {.command = std::string(VerbName(enables ? Verb::kEnable : options.verb)),
          .listen = options.gdbserver};
}

std::string LibDir(const Options& options) {
  return options.lib_dir.empty() ? "/var/lib/waagent" : options.lib_dir;
}

std::string LogDir(const Options& options) {
  return options.log_dir.empty() ? "/var/log/azure" : options.log_dir;
}

}  // namespace dockerext::agent_simulator
