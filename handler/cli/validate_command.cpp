// SPDX-License-Identifier: MIT
#include "handler/cli/validate_command.hpp"

#include <map>

#include "handler/agent/error_report.hpp"
#include "handler/base/text.hpp"
#include "handler/docker/tls_material.hpp"
#include "handler/errors/settings.hpp"
#include "handler/settings/settings.hpp"

namespace dockerext {
namespace {

constexpr int kUsageError = 2;

constexpr const char* kHelp = R"(docker-extension validate - check settings before they are sent to Azure

Usage:
  docker-extension validate [--public FILE] [--protected FILE]

Options:
  --public FILE      the public settings, as JSON
  --protected FILE   the protected settings, as JSON, not encrypted
  -h, --help         show this help

FILE may be a named pipe, or - for the standard input, so that secrets need not be written to a disk:
  command that prints them | docker-extension validate --public public.json --protected -

Exit codes:
   0   enable would accept the settings, perhaps with warnings
   1   a file cannot be read
   2   invalid command line
  53   invalid settings: one line for each error)";

// What each option says; an option that is not given is absent.
using Options = std::map<std::string, std::string>;

bool AsksForHelp(const std::vector<std::string>& arguments) {
  return arguments.size() == 1 && (arguments[0] == "--help" || arguments[0] == "-h");
}

// --public, --protected or both, each at most once; nothing for any other arguments.
std::optional<Options> ReadOptions(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto equals = arguments[i].find('=');
    const std::string name = arguments[i].substr(0, equals);
    const bool is_apart = equals == std::string::npos;
    if ((name != "--public" && name != "--protected") || (is_apart && i + 1 == arguments.size()))
      return std::nullopt;
    const std::string file = is_apart ? arguments[++i] : arguments[i].substr(equals + 1);
    if (!options.insert({name, file}).second) return std::nullopt;
  }
  return options.empty() ? std::nullopt : std::optional(options);
}

Result<std::string> ReadDocument(const Process& process, const Options& options, const std::string& name) {
  const auto path = options.find(name);
  if (path == options.end()) return std::string();
  return process.read(path->second == "-" ? "/dev/stdin" : path->second);
}

void Print(LineWriter& out, const std::string& kind, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) out.Line(kind + ": " + FormatFindings({finding}));
}

void Append(std::vector<Finding>& findings, std::vector<Finding> more) {
  for (Finding& finding : more) findings.push_back(std::move(finding));
}

// What enable does of itself where only one kind of settings is at hand, or none that opens a port.
void WarnOfPort(const DesiredState& desired, bool has_public, std::vector<Finding>& warnings) {
  if (desired.leave_engine_alone) return;
  if (!desired.tls && desired.port) {
    warnings.push_back({"protectedSettings:",
                        "there are no certificates; enable opens no port without them, unless the "
                        "VM's port is already open: then its certificates are kept"});
  } else if (!desired.tls) {
    warnings.push_back({"protectedSettings:",
                        "there are neither certificates nor a port; enable installs Docker and opens no TCP "
                        "port, unless the VM's port is already open: then its certificates are kept"});
  } else if (!has_public) {
    warnings.push_back({"publicSettings:", "none were given here; without a port in them, enable opens " +
                                               std::to_string(kDefaultPort)});
  }
}

// What enable would find wrong with settings, without a VM; both texts are as they are sent to Azure.
Findings Validate(System& system, const std::string& public_text, const Secret& protected_text,
                  bool has_public) {
  SettingsReading reading = ReadSettings(public_text, protected_text);
  Findings findings = std::move(reading.findings);
  const DesiredState& desired = reading.desired;
  if (reading.remains_of_tls) Append(findings.errors, ErrorsOfParts(system.crypto, *reading.remains_of_tls));
  if (desired.tls) {
    TlsValidation validation =
        ValidateMaterial(system.files, system.crypto, *desired.tls, system.clock.UtcNow());
    Append(findings.errors, std::move(validation.findings.errors));
    Append(findings.warnings, std::move(validation.findings.warnings));
  }
  if (findings.errors.empty()) WarnOfPort(desired, has_public, findings.warnings);
  return findings;
}

Result<Findings> Validate(System& system, const Process& process, const Options& options) {
  TRY_LET(const std::string public_text, ReadDocument(process, options, "--public"));
  TRY_LET(std::string protected_text, ReadDocument(process, options, "--protected"));
  // To enable an empty text is "no settings"; a file that is empty was meant to be something.
  std::vector<Finding> errors;
  const auto reject_empty = [&](const char* name, const char* path, std::string_view text) {
    const Error error = MakeError<errors::kEmptyDocument>();
    if (options.contains(name) && Trim(text).empty()) errors.push_back({path, error.what, error.remedy});
  };
  reject_empty("--public", "publicSettings", public_text);
  reject_empty("--protected", "protectedSettings", protected_text);
  if (!errors.empty()) {
    Secret::Wipe(protected_text);
    return Findings{.errors = std::move(errors)};
  }
  return Validate(system, public_text, Secret(std::move(protected_text)), options.contains("--public"));
}

}  // namespace

int RunValidate(System& system, Process& process, const std::vector<std::string>& arguments) {
  if (AsksForHelp(arguments)) {
    process.out.Line(kHelp);
    return 0;
  }
  const auto options = ReadOptions(arguments);
  if (!options) {
    process.err.Line("docker-extension validate: needs --public FILE, --protected FILE or both");
    return kUsageError;
  }
  const auto findings = Validate(system, process, *options);
  if (!findings.ok()) {
    process.err.Line("docker-extension validate: " + findings.error().what);
    return ExitCodeOf(findings.error().code);
  }
  Print(process.out, "error", findings->errors);
  Print(process.out, "warning", findings->warnings);
  if (!findings->errors.empty()) return ExitCodeOf(Code::kInvalidSettings);
  process.out.Line("the settings are valid");
  return 0;
}

}  // namespace dockerext
