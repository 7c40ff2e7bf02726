// SPDX-License-Identifier: MIT
#include "handler/state/tls_sets.hpp"

#include <array>
#include <optional>

#include "handler/base/text.hpp"
#include "handler/docker/drop_in.hpp"
#include "handler/docker/tls_set.hpp"
#include "handler/errors/conflicts.hpp"
#include "handler/state/folders.hpp"

namespace dockerext {
namespace {

// As the CIS Docker Benchmark requires: certificates readable, the key for root alone.
constexpr FileMode kCertificateMode = 0444_mode;
constexpr FileMode kKeyMode = 0400_mode;

struct SetFile {
  std::string_view name;
  const std::string* content;
  FileMode mode;
};

std::array<SetFile, 3> FilesOf(const TlsMaterial& material) {
  return {{{kCaFile, &material.ca, kCertificateMode},
           {kCertificateFile, &material.certificate, kCertificateMode},
           {kKeyFile, &material.key.Reveal(), kKeyMode}}};
}

// The content of a set's file; nothing when it is missing or does not belong to root with this mode.
Result<std::optional<Secret>> ReadOwned(Files& files, const std::string& path, FileMode mode) {
  const auto facts = files.Inspect(path);
  if (!facts.ok() && facts.error().code == Code::kNotFound) return std::optional<Secret>();
  if (!facts.ok()) return facts.error();
  const bool is_owned =
      facts->kind == FileFacts::Kind::kFile && facts->mode == mode && facts->owner == 0 && facts->group == 0;
  if (!is_owned) return std::optional<Secret>();
  TRY_LET(std::string content, files.Read(path));
  return std::optional<Secret>(Secret(std::move(content)));
}

Status WriteInto(Files& files, const std::string& folder, const TlsMaterial& material) {
  for (const SetFile& file : FilesOf(material)) {
    TRY(files.WriteAtomically(folder + "/" + std::string(file.name), *file.content, file.mode));
  }
  return {};
}

// Atomic: the files are written to a temporary folder, which is renamed when it is complete.
Status WriteNew(Files& files, const std::string& folder, const TlsMaterial& material) {
  TRY(files.Remove(folder));  // removes a symlink, not its target
  const std::string unfinished = std::string(kTlsRoot) + "/.unfinished-" + NameOf(folder);
  TRY(files.RemoveTree(unfinished));
  TRY(files.MakeFolder(unfinished, 0755_mode));
  TRY(WriteInto(files, unfinished, material));
  return files.Rename(unfinished, folder);
}

}  // namespace

Result<bool> IsTlsSetIntact(Files& files, Crypto& crypto, const std::string& folder) {
  if (!IsFolder(files, std::string(kTlsRoot)) || !IsFolder(files, folder)) return false;
  const auto read = [&](std::string_view name, FileMode mode) {
    return ReadOwned(files, folder + "/" + std::string(name), mode);
  };
  TRY_LET(const auto ca, read(kCaFile, kCertificateMode));
  TRY_LET(const auto certificate, read(kCertificateFile, kCertificateMode));
  TRY_LET(auto key, read(kKeyFile, kKeyMode));
  if (!ca || !certificate || !key) return false;
  TlsMaterial found;
  found.ca = ca->Reveal();
  found.certificate = certificate->Reveal();
  found.key = *std::move(key);
  return TlsSetFolder(crypto.Sha256(TlsSetContent(found).Reveal())) == folder;
}

Result<std::string> StoreTlsSet(Files& files, const std::string& folder, const TlsMaterial& material) {
  TRY(MakeRecordedFolder(files, std::string(kDockerFolder)));
  TRY(MakeRecordedFolder(files, std::string(kTlsRoot)));
  // A key must not be written through a symlink.
  if (!IsFolder(files, std::string(kTlsRoot))) return MakeError<errors::kTlsRootNotAFolder>(Quoted(kTlsRoot));
  if (IsFolder(files, folder)) {
    TRY(WriteInto(files, folder, material));
    return "repaired the TLS files in " + folder;
  }
  TRY(WriteNew(files, folder, material));
  return "wrote the TLS files to " + folder;
}

Status RemoveTlsSetsExcept(Files& files, const std::set<std::string>& folders) {
  return RemoveEntriesExcept(files, kTlsRoot, folders);
}

}  // namespace dockerext
