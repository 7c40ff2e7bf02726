// SPDX-License-Identifier: MIT
#include "handler/state/programs.hpp"

#include "handler/base/text.hpp"
#include "handler/state/folders.hpp"
#include "handler/state/paths.hpp"

namespace dockerext {

Result<std::string> CopyProgram(Files& files, Crypto& crypto, const std::string& program) {
  TRY_LET(const std::string bytes, files.Read(program, std::size_t{64} << 20U));
  const std::string folder = std::string(kProgramsFolder) + "/" + crypto.Sha256(bytes).substr(0, 32);
  std::string copy = folder + "/docker-extension";
  if (Exists(files, copy)) return copy;
  for (const std::string& path : {std::string(kStateFolder), std::string(kProgramsFolder), folder}) {
    TRY(files.MakeFolder(path, 0700_mode));
  }
  TRY(files.WriteAtomically(copy, bytes, 0700_mode));
  return copy;
}

Status RemoveProgramsExcept(Files& files, const std::set<std::string>& programs) {
  std::set<std::string> folders;
  for (const std::string& program : programs) folders.insert(ParentOf(program));
  return RemoveEntriesExcept(files, kProgramsFolder, folders);
}

}  // namespace dockerext
