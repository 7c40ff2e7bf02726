// SPDX-License-Identifier: MIT
#include "handler/verbs/validate.hpp"

#include "handler/docker/tls_material.hpp"
#include "handler/settings/settings.hpp"

namespace dockerext {
namespace {

void Append(std::vector<Finding>& findings, std::vector<Finding> more) {
  for (Finding& finding : more) findings.push_back(std::move(finding));
}

}  // namespace

Findings Validate(System& system, const std::string& public_text, const Secret& protected_text) {
  SettingsReading reading = ReadSettings(public_text, protected_text);
  Findings findings = std::move(reading.findings);
  const DesiredState& desired = reading.desired;
  if (desired.tls) {
    TlsValidation validation = ValidateMaterial(system.crypto, *desired.tls, system.clock.UtcNow());
    Append(findings.errors, std::move(validation.findings.errors));
    Append(findings.warnings, std::move(validation.findings.warnings));
  } else if (desired.port && !desired.leave_engine_alone && findings.errors.empty()) {
    findings.warnings.push_back({"protectedSettings:",
                                 "there are no certificates; enable opens no port without them, unless the "
                                 "VM's port is already open: then its certificates are kept"});
  }
  return findings;
}

}  // namespace dockerext
