// SPDX-License-Identifier: MIT
#include "handler/cli/validate_command.hpp"

#include <map>

#include "handler/agent/error_report.hpp"
#include "handler/base/text.hpp"
#include "handler/docker/tls_material.hpp"
#include "handler/settings/settings.hpp"

namespace dockerext {
namespace {

constexpr int kUsageError = 2;

using Options = std::map<std::string, std::string>;

// --public, --protected or both, each at most once; nothing for any other arguments.
std::optional<Options> ReadOptions(const std::vector<std::string>& arguments) {
  Options options;
  if (arguments.empty() || arguments.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const std::string& name = arguments[i];
    if (name != "--public" && name != "--protected") return std::nullopt;
    if (!options.insert({name, arguments[i + 1]}).second) return std::nullopt;
  }
  return options;
}

Result<std::string> ReadDocument(Files& files, const Options& options, const std::string& name) {
  const auto path = options.find(name);
  if (path == options.end()) return std::string();
  return files.Read(path->second);
}

void Print(LineWriter& out, const std::string& kind, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) out.Line(kind + ": " + FormatFindings({finding}));
}

void Append(std::vector<Finding>& findings, std::vector<Finding> more) {
  for (Finding& finding : more) findings.push_back(std::move(finding));
}

// What enable would find wrong with settings, without a VM; both texts are as they are sent to Azure.
Findings Validate(System& system, const std::string& public_text, const Secret& protected_text) {
  SettingsReading reading = ReadSettings(public_text, protected_text);
  Findings findings = std::move(reading.findings);
  const DesiredState& desired = reading.desired;
  if (reading.remains_of_tls) Append(findings.errors, ErrorsOfParts(system.crypto, *reading.remains_of_tls));
  if (desired.tls) {
    TlsValidation validation =
        ValidateMaterial(system.files, system.crypto, *desired.tls, system.clock.UtcNow());
    Append(findings.errors, std::move(validation.findings.errors));
    Append(findings.warnings, std::move(validation.findings.warnings));
  } else if (desired.port && !desired.leave_engine_alone && findings.errors.empty()) {
    findings.warnings.push_back({"protectedSettings:",
                                 "there are no certificates; enable opens no port without them, unless the "
                                 "VM's port is already open: then its certificates are kept"});
  }
  return findings;
}

Result<Findings> Validate(System& system, const Options& options) {
  TRY_LET(const std::string public_text, ReadDocument(system.files, options, "--public"));
  TRY_LET(std::string protected_text, ReadDocument(system.files, options, "--protected"));
  return Validate(system, public_text, Secret(std::move(protected_text)));
}

}  // namespace

int RunValidate(System& system, Process& process, const std::vector<std::string>& arguments) {
  const auto options = ReadOptions(arguments);
  if (!options) {
    process.err.Line("docker-extension validate: needs --public FILE, --protected FILE or both");
    return kUsageError;
  }
  const auto findings = Validate(system, *options);
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
