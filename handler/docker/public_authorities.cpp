// SPDX-License-Identifier: MIT
#include "handler/docker/public_authorities.hpp"

#include <string_view>

#include "handler/base/pem.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

constexpr const char* kFilesOfPackage = "/var/lib/dpkg/info/ca-certificates.list";
constexpr std::string_view kFolder = "/usr/share/ca-certificates/";

}  // namespace

std::set<std::string> PublicAuthorities(Files& files, Crypto& crypto) {
  std::set<std::string> fingerprints;
  const auto list = files.Read(kFilesOfPackage);
  if (!list.ok()) return fingerprints;
  for (const std::string& path : Split(*list, '\n')) {
    if (!path.starts_with(kFolder) || !path.ends_with(".crt")) continue;
    const auto pem = files.Read(path);
    if (!pem.ok()) continue;  // its owner deselected and removed it
    for (const PemPart& part : ReadPemParts(*pem)) {
      if (const auto der = DecodeBase64(part.body)) fingerprints.insert(crypto.Sha256(*der));
    }
  }
  return fingerprints;
}

}  // namespace dockerext
