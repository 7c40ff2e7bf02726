// SPDX-License-Identifier: MIT
// The package repository that the extension adds to a machine: its files, which the ledger records before
// they are written, and the way back from a change of it.
#pragma once

#include "handler/packages/package_actions.hpp"
#include "handler/packages/package_manager.hpp"
#include "handler/packages/repository.hpp"
#include "handler/ports/system.hpp"

namespace dockerext {

// Whether the machine has it, from the extension or from its owner, and from one of them alone. False until a
// change to it is completed.
Result<bool> HasRepository(System& system, const PackageManager& manager, const Repository& repository);

struct AddedRepository {
  std::string identifier;  // as the manager's list of versions knows it
  bool is_owners = false;
  std::string warning;  // of the owner's that is used instead
};

// In place of one that the extension added before, which CommitRepository forgets, or RestoreRepository puts
// back. Where the machine's owner has the same repository already, that is used: its key is the owner's
// choice, and apt rejects two for one URL. Imports the repository's key where the manager needs that, and
// forgets the former one's, which waits for its locks.
Result<AddedRepository> AddRepository(System& system, const PackageManager& manager, PackageActions& packages,
                                      const Repository& repository);
Status CommitRepository(Files& files);
// None where there was none.
Status RestoreRepository(System& system, const PackageManager& manager, PackageActions& packages);

// Forgets the recorded keys, which waits for locks too, removes the recorded files with what the manager
// keeps of them, and the record.
Status RemoveRepository(System& system, const PackageManager& manager, PackageActions& packages);

}  // namespace dockerext
