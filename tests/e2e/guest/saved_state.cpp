// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/saved_state.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdio>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/control.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/keeper.hpp"
#include "tests/e2e/guest/qemu.hpp"

namespace dockerext::guest {
namespace {

constexpr std::chrono::seconds kSaveBudget{180};

Status SaveInto(const std::string& image, const std::string& folder) {
  TRY_LET(const std::string random, RandomHex(4));
  TRY_LET(const Entry entry, StartGuest({.name = "saving-" + random, .image = image, .owner = getpid()}));
  const std::string made = entry.folder + "/saved";
  Status status = Ask(ControlSocket(entry.name), std::string(kSave) + made, kSaveBudget);
  if (status.ok() && rename(made.c_str(), folder.c_str()) != 0)
    status = ErrnoError("keeping the saved state " + Quoted(folder));
  TRY(StopGuest(entry));
  return status;
}

}  // namespace

Result<std::string> EnsureSavedState(const std::string& image) {
  TRY_LET(const std::string key, SavedStateKey(image));
  const std::string folder = image + "/saved-" + key;
  if (access(folder.c_str(), F_OK) == 0) return folder;
  TRY_LET(const UniqueFd lock, Open(image, O_RDONLY | O_DIRECTORY));
  if (flock(lock.get(), LOCK_EX) != 0) return ErrnoError("locking " + Quoted(image));
  if (access(folder.c_str(), F_OK) == 0) return folder;
  std::fprintf(stderr, "guest: booting the VM once, to save its state\n");
  TRY(SaveInto(image, folder));
  return folder;
}

}  // namespace dockerext::guest
