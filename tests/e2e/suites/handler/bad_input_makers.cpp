// SPDX-License-Identifier: MIT
#include "tests/e2e/suites/handler/bad_input_makers.hpp"

namespace dockerext::bad_input {

using nlohmann::json;

std::string Baseline::Seal(const std::string& plain) const {
  return EncodeBase64(Encrypt(plain, recipient, "AES-256-CBC"));
}

std::string ValidProtected(const Baseline& baseline) { return json{{"certs", baseline.certs}}.dump(); }

std::string SettingsText(const Baseline& baseline, const std::string& public_text,
                         const std::string& envelope) {
  return R"({"runtimeSettings":[{"handlerSettings":{"publicSettings":)" + public_text +
         R"(,"protectedSettings":")" + envelope + R"(","protectedSettingsCertThumbprint":")" +
         Thumbprint(baseline.recipient) + R"("}}]})";
}

Maker File(const std::string& text) {
  return [text](const Baseline&) { return text; };
}

Maker Changed(const std::function<std::string(std::string)>& change) {
  return [change](const Baseline& baseline) {
    return change(SettingsText(baseline, kValidPublic, baseline.Seal(ValidProtected(baseline))));
  };
}

Maker Public(const std::string& text) {
  return [text](const Baseline& baseline) {
    return SettingsText(baseline, text, baseline.Seal(ValidProtected(baseline)));
  };
}

Maker Port(const std::string& value) { return Public(R"({"docker":{"port":)" + value + "}}"); }

Maker Option(const std::string& value) {
  return Public(R"({"docker":{"port":"4243","options":[)" + value + "]}}");
}

Maker Protected(const std::string& text) {
  return
      [text](const Baseline& baseline) { return SettingsText(baseline, kValidPublic, baseline.Seal(text)); };
}

Maker Envelope(const std::string& text) {
  return [text](const Baseline& baseline) { return SettingsText(baseline, kValidPublic, text); };
}

Maker Certs(const std::function<void(json&)>& change) {
  return [change](const Baseline& baseline) {
    json certs = baseline.certs;
    change(certs);
    return SettingsText(baseline, kValidPublic, baseline.Seal(json{{"certs", certs}}.dump()));
  };
}

Maker Part(const std::string& name, const json& value) {
  return Certs([=](json& certs) { certs[name] = value; });
}

Maker Pair(const CertificateShape& shape) {
  return Certs([shape](json& certs) {
    const TestPair pair = MakePair(shape);
    certs["cert"] = pair.certificate;
    certs["key"] = pair.key;
  });
}

Maker Member(const std::string& name, const json& value) {
  return Changed([=](const std::string& text) {
    json document = json::parse(text);
    document["runtimeSettings"][0]["handlerSettings"][name] = value;
    return document.dump();
  });
}

}  // namespace dockerext::bad_input
