// SPDX-License-Identifier: MIT
// What uninstall takes away: exactly what the ledger says that we added.
#pragma once

#include <functional>

#include "handler/packages/package_manager.hpp"
#include "handler/ports/host.hpp"
#include "handler/state/ledger.hpp"

namespace dockerext {

// live-restore, the start at boot and the start itself (policy keep excepted), and folders that we made,
// where they are empty. Failures are logged: the rest still goes. After the port is closed, since containers
// outlive that restart.
void TakeBackConfiguration(Host& host, const Ledger& ledger);

// Whether the policy lets packages go and there are any of ours.
bool WantsPackagesRemoved(const Ledger& ledger);

// Removes the packages of the ledger that are still installed; never purges. Leaves them all, says so in the
// log and succeeds when a container runs (policy auto) or when other packages would go with them.
// `may_commit` is asked directly before.
Status RemovePackages(Host& host, const PackageManager& manager, const Ledger& ledger,
                      const std::function<Status()>& may_commit);

}  // namespace dockerext
