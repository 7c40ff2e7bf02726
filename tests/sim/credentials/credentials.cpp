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

struct Piece {
  std::string_view name;
  std::string CredentialSet::*text = nullptr;
  Secret CredentialSet::*secret = nullptr;
};

constexpr std::array kPieces = {
    Piece{.name = "ca.pem", .text = &CredentialSet::ca},
    Piece{.name = "cert.pem", .text = &CredentialSet::client_certificate},
    Piece{.name = "server-cert.pem", .text = &CredentialSet::server_certificate},
    Piece{.name = "ca-key.pem", .secret = &CredentialSet::ca_key},
    Piece{.name = "key.pem", .secret = &CredentialSet::client_key},
    Piece{.name = "server-key.pem", .secret = &CredentialSet::server_key},
};

Status WritePiece(const std::string& path, const CredentialSet& set, const Piece& piece) {
  if (piece.text != nullptr) return contract::CreateFile(path, set.*piece.text, 0644_mode);
  return contract::CreateFile(path, (set.*piece.secret).Reveal(), 0600_mode);
}

// All six or none: a part of a set would stop the next run.
Status WriteSet(const std::string& folder, const CredentialSet& set) {
  if (!contract::Exists(folder)) TRY(contract::MakeFolder(folder, 0700_mode));
  std::vector<std::string> written;
  for (const Piece& piece : kPieces) {
    written.push_back(folder + "/" + std::string(piece.name));
    Status status = WritePiece(written.back(), set, piece);
    if (status.ok()) continue;
    // The last one may be somebody's that appeared meanwhile: CreateFile failed on it, so it is not ours.
    written.pop_back();
    for (const std::string& path : written) unlink(path.c_str());
    return status;
  }
  return {};
}

Result<CredentialSet> ReadSet(const std::string& folder) {
  CredentialSet set;
  for (const Piece& piece : kPieces) {
    TRY_LET(std::string bytes, contract::ReadFile(folder + "/" + std::string(piece.name)));
    if (piece.text != nullptr) {
      set.*piece.text = std::move(bytes);
    } else {
      set.*piece.secret = Secret(std::move(bytes));
    }
  }
  return set;
}

std::string Advice(const std::string& folder) {
  return "name another folder with --credentials, or move the six files out of " + Quoted(folder) +
         " to have new ones made";
}

ServerCredentials ServerHalf(CredentialSet set) {
  return {std::move(set.ca), std::move(set.server_certificate), std::move(set.server_key)};
}

Result<ServerCredentials> Reuse(const std::string& folder, Style style, const HostNames& hosts) {
  TRY_LET(CredentialSet set, ReadSet(folder));
  const Status fit = CheckSet(set, style, hosts.required);
  if (!fit.ok()) {
    return Error{Code::kInvalidSettings, fit.error().message + ": " + Advice(folder)}.Context(
        "the credentials in " + Quoted(folder));
  }
  return ServerHalf(std::move(set));
}

}  // namespace

Result<ServerCredentials> MakeOrReuseCredentials(const std::string& folder, Style style,
                                                 const HostNames& hosts) {
  std::vector<std::string> there;
  std::vector<std::string> missing;
  for (const Piece& piece : kPieces) {
    (contract::Exists(folder + "/" + std::string(piece.name)) ? there : missing).emplace_back(piece.name);
  }
  if (missing.empty()) return Reuse(folder, style, hosts);
  if (!there.empty()) {
    return Error{Code::kInvalidSettings, Quoted(folder) + " holds a part of a set of credentials (" +
                                             Join(there, ", ") + "; not " + Join(missing, ", ") +
                                             "), which may be somebody's: name another folder with "
                                             "--credentials, or move these files away"};
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
