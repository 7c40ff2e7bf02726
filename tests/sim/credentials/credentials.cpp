// SPDX-License-Identifier: MIT
#include "tests/sim/credentials/credentials.hpp"

#include <unistd.h>

#include <array>
#include <utility>

#include "handler/base/text.hpp"
#include "tests/sim/contract/files.hpp"
#include "tests/sim/credentials/credential_set.hpp"

namespace dockerext::credentials {
namespace {

struct SetFile {
  std::string_view name;
  std::string CredentialSet::*text = nullptr;
  Secret CredentialSet::*secret = nullptr;
};

constexpr std::array kSetFiles = {
    SetFile{.name = "ca.pem", .text = &CredentialSet::ca},
    SetFile{.name = "cert.pem", .text = &CredentialSet::client_certificate},
    SetFile{.name = "server-cert.pem", .text = &CredentialSet::server_certificate},
    SetFile{.name = "ca-key.pem", .secret = &CredentialSet::ca_key},
    SetFile{.name = "key.pem", .secret = &CredentialSet::client_key},
    SetFile{.name = "server-key.pem", .secret = &CredentialSet::server_key},
};

Status WriteSetFile(const std::string& path, const CredentialSet& set, const SetFile& file) {
  if (file.text != nullptr) return contract::CreateFile(path, set.*file.text, 0644_mode);
  return contract::CreateFile(path, (set.*file.secret).Reveal(), 0600_mode);
}

// All six files or none: an incomplete set would make the next run fail.
Status WriteSet(const std::string& folder, const CredentialSet& set) {
  if (!contract::Exists(folder)) TRY(contract::MakeFolder(folder, 0700_mode));
  std::vector<std::string> written;
  for (const SetFile& file : kSetFiles) {
    written.push_back(folder + "/" + std::string(file.name));
    Status status = WriteSetFile(written.back(), set, file);
    if (status.ok()) continue;
    // CreateFile failed on the last one: if it exists now, another process created it.
    written.pop_back();
    for (const std::string& path : written) unlink(path.c_str());
    return status;
  }
  return {};
}

Result<CredentialSet> ReadSet(const std::string& folder) {
  CredentialSet set;
  for (const SetFile& file : kSetFiles) {
    TRY_LET(std::string bytes, contract::ReadFile(folder + "/" + std::string(file.name)));
    if (file.text != nullptr) {
      set.*file.text = std::move(bytes);
    } else {
      set.*file.secret = Secret(std::move(bytes));
    }
  }
  return set;
}

std::string ReplaceAdvice(const std::string& folder) {
  return "choose another folder with --credentials, or move the six files out of " + Quoted(folder) +
         " to have new ones generated";
}

ServerCredentials ServerHalf(CredentialSet set) {
  return {std::move(set.ca), std::move(set.server_certificate), std::move(set.server_key)};
}

Result<ServerCredentials> Reuse(const std::string& folder, Style style, const HostNames& hosts) {
  TRY_LET(CredentialSet set, ReadSet(folder));
  const Status fit = CheckSet(set, style, hosts.required);
  if (!fit.ok()) {
    return Error{Code::kInvalidSettings, fit.error().Message() + ": " + ReplaceAdvice(folder)}.Context(
        "the credentials in " + Quoted(folder));
  }
  return ServerHalf(std::move(set));
}

}  // namespace

Result<ServerCredentials> MakeOrReuseCredentials(const std::string& folder, Style style,
                                                 const HostNames& hosts) {
  std::vector<std::string> found;
  std::vector<std::string> missing;
  for (const SetFile& file : kSetFiles) {
    (contract::Exists(folder + "/" + std::string(file.name)) ? found : missing).emplace_back(file.name);
  }
  if (missing.empty()) return Reuse(folder, style, hosts);
  if (!found.empty()) {
    return Error{Code::kInvalidSettings, Quoted(folder) + " contains an incomplete set of credentials (" +
                                             Join(found, ", ") + "; missing: " + Join(missing, ", ") +
                                             "): choose another folder with --credentials, or move "
                                             "these files away"};
  }
  TRY_LET(CredentialSet set, MakeSet(style, hosts.all));
  TRY(WriteSet(folder, set));
  ServerCredentials server = ServerHalf(std::move(set));
  server.made = true;
  return server;
}

Secret RenderProtected(const ServerCredentials& credentials, Style style) {
  const bool modern = style == Style::kModern;
  std::string json = modern ? R"({"certs":{"ca":")" : R"({"ca":")";
  json += contract::EncodeBase64(credentials.ca);
  json += modern ? R"(","cert":")" : R"(","server-cert":")";
  json += contract::EncodeBase64(credentials.certificate);
  json += modern ? R"(","key":")" : R"(","server-key":")";
  json += contract::EncodeBase64(credentials.key.Reveal());
  json += modern ? R"("}})" : R"("})";
  return Secret(std::move(json));
}

contract::Json DefaultPublicSettings(Style style, const std::string& port) {
  if (style == Style::k2014) return contract::Json{{"dockerport", port}};
  return contract::Json{{"docker", contract::Json{{"port", port}}}};
}

}  // namespace dockerext::credentials
