// SPDX-License-Identifier: MIT
// The package repository that the extension adds to a machine: its files, which the ledger records before
// they are written.
#pragma once

#include "handler/packages/package_actions.hpp"
#include "handler/packages/package_manager.hpp"
#include "handler/packages/repository.hpp"
#include "handler/ports/system.hpp"
#include "handler/state/ledger.hpp"

namespace dockerext {

// What the extension has added so far.
struct AddedRepository {
  std::vector<RepositoryFile> files;
  std::vector<std::string> keys;  // that the manager trusts for it
};
Result<AddedRepository> ReadAddedRepository(Files& files);

// Puts it back in place of one that was added since.
Status RestoreRepository(System& system, const PackageManager& manager, PackageActions& packages,
                         const AddedRepository& former);

// Returns its identifier, as the manager's list of versions knows it. Changes nothing where the machine's
// owner has the same repository already: its key is the owner's choice, and apt rejects two for one URL.
// Imports the repository's key where the manager needs that, which waits for its locks.
Result<std::string> AddRepository(System& system, const PackageManager& manager, PackageActions& packages,
                                  const Repository& repository);

// Forgets the recorded keys, which waits for locks too, removes the recorded files, and the record.
Status RemoveRepository(System& system, const PackageManager& manager, PackageActions& packages);

}  // namespace dockerext
