// SPDX-License-Identifier: MIT
// What uninstall takes away: exactly what the ledger says that we added.
#pragma once

#include <functional>

#include "handler/packages/package_manager.hpp"
#include "handler/ports/system.hpp"
#include "handler/state/ledger.hpp"

namespace dockerext {

// live-restore, the start at boot and the start itself (policy keep excepted), and folders that we made,
// where they are empty. Failures are logged: the rest still goes. After the port is closed, since containers
// outlive that restart.
void RevertConfiguration(System& system, const Ledger& ledger);

// Whether the policy lets packages go and there are any of ours.
bool WantsPackagesRemoved(const Ledger& ledger);

// Removes the packages of the ledger that are still installed; never purges. Leaves them all, says so in the
// log and succeeds when a container runs (policy auto) or when other packages would go with them.
// `check_deadline` is asked directly before.
Status RemovePackages(System& system, const PackageManager& manager, const Ledger& ledger,
                      const std::function<Status()>& check_deadline);

}  // namespace dockerext
