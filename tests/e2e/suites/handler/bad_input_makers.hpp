// SPDX-License-Identifier: MIT
// Makers of the settings files of bad_input_test: each takes the valid file of a VM and changes one thing.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/test_pki.hpp"

namespace dockerext::bad_input {

// The working configuration of the VM, and the certificate that its settings are sealed for.
struct Baseline {
  std::string root;       // of the VM, as this machine sees it
  std::string recipient;  // PEM
  nlohmann::json certs;   // {"ca", "cert", "key"}

  std::string Seal(const std::string& plain) const;
};

constexpr const char* kValidPublic = R"({"docker":{"port":"4243"}})";
std::string ValidProtected(const Baseline& baseline);

// The text of N.settings. Text, not JSON, since many bad inputs are not valid JSON.
std::string SettingsText(const Baseline& baseline, const std::string& public_text,
                         const std::string& envelope);

// Makes the text of N.settings.
using Maker = std::function<std::string(const Baseline&)>;

// The file is this text.
Maker File(const std::string& text);
// The valid file, with its text changed.
Maker Changed(const std::function<std::string(std::string)>& change);
// The valid file, with this text as publicSettings.
Maker Public(const std::string& text);
// The valid file, with this JSON value as docker.port.
Maker Port(const std::string& value);
// The valid file, with these JSON values in docker.options.
Maker Option(const std::string& value);
// The valid file, with this text sealed as protectedSettings.
Maker Protected(const std::string& text);
// The valid file, with this text in place of the sealed protectedSettings.
Maker Envelope(const std::string& text);
// The valid file, with protectedSettings.certs changed.
Maker Certs(const std::function<void(nlohmann::json&)>& change);
// The valid file, with one member of protectedSettings.certs replaced.
Maker Part(const std::string& name, const nlohmann::json& value);
// The valid file, with a server certificate and key of this shape.
Maker Pair(const CertificateShape& shape);
// The valid file, with one member of handlerSettings replaced.
Maker Member(const std::string& name, const nlohmann::json& value);

}  // namespace dockerext::bad_input
