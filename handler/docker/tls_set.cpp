// SPDX-License-Identifier: MIT
#include "handler/docker/tls_set.hpp"
#include "handler/errors/settings.hpp"

namespace dockerext {

Secret TlsSetContent(const TlsMaterial& material) {
  std::string content;
  // Reserved at once: a buffer that grows leaves pieces of the key behind.
  content.reserve(material.ca.size() + material.certificate.size() + material.key.Reveal().size() + 64);
  for (const std::string* part : {&material.ca, &material.certificate, &material.key.Reveal()}) {
    content += std::to_string(part->size()) + ":" + *part;
  }
  return Secret(std::move(content));
}

std::string TlsSetFolder(std::string_view content_sha256) {
  return std::string(kTlsRoot) + "/tls-" + std::string(content_sha256.substr(0, 32));
}

Error DamagedTlsSet(const std::string& folder) { return MakeError<errors::kTlsSetDamaged>(folder); }

}  // namespace dockerext
