// SPDX-License-Identifier: MIT
#include <array>

#include "handler/base/text.hpp"
#include "handler/docker/tls_set.hpp"
#include "handler/state/ledger.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

// As the CIS Docker Benchmark has it: certificates readable, the key for root alone.
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

Result<bool> Holds(Files& files, const std::string& folder, const SetFile& wanted) {
  const std::string path = folder + "/" + std::string(wanted.name);
  const auto facts = files.Inspect(path);
  if (!facts.ok() && facts.error().code == Code::kNotFound) return false;
  if (!facts.ok()) return facts.error();
  if (facts->kind != FileFacts::Kind::kFile || facts->mode != wanted.mode || facts->owner != 0 ||
      facts->group != 0) {
    return false;
  }
  TRY_LET(std::string content, files.Read(path));
  const Secret found(std::move(content));
  return found.Reveal() == *wanted.content;
}

Result<bool> IsWritten(EngineContext& context) {
  if (!context.target.endpoint || !context.target.material) return true;
  for (const SetFile& file : FilesOf(*context.target.material)) {
    TRY_LET(const bool holds, Holds(context.host.files, context.target.endpoint->tls_folder, file));
    if (!holds) return false;
  }
  return true;
}

Status WriteInto(Files& files, const std::string& folder, const TlsMaterial& material) {
  for (const SetFile& file : FilesOf(material)) {
    TRY(files.WriteAtomically(folder + "/" + std::string(file.name), *file.content, file.mode));
  }
  return {};
}

// Whole or not there: a folder beside the set's, renamed when it is complete. A set that is there but damaged
// is mended file by file, since dockerd may be running with its path.
Result<std::string> Write(EngineContext& context) {
  Files& files = context.host.files;
  const TlsMaterial& material = *context.target.material;
  const std::string& folder = context.target.endpoint->tls_folder;
  TRY(MakeOwnFolder(files, std::string(kDockerFolder)));
  TRY(MakeOwnFolder(files, std::string(kTlsRoot)));
  if (Exists(files, folder)) {
    TRY(WriteInto(files, folder, material));
    return "mended the TLS files in " + folder;
  }
  const std::string unfinished = std::string(kTlsRoot) + "/.unfinished-" + NameOf(folder);
  TRY(files.RemoveTree(unfinished));
  TRY(files.MakeFolder(unfinished, 0755_mode));
  TRY(WriteInto(files, unfinished, material));
  TRY(files.Rename(unfinished, folder));
  return "wrote the TLS files to " + folder;
}

}  // namespace

Step WriteTlsSet(EngineContext& context) {
  return {.name = "tls-files",
          .done = [&context] { return IsWritten(context); },
          .apply = [&context] { return Write(context); },
          .undo = {}};  // the sweep at the worker's end takes every set that nothing names
}

}  // namespace dockerext
