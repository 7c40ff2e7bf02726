// SPDX-License-Identifier: MIT
// What uninstall removes: exactly what the ledger records, and nobody has made his own since.
#pragma once

#include "handler/distro/distro.hpp"
#include "handler/engine/control.hpp"
#include "handler/ports/system.hpp"
#include "handler/state/ledger.hpp"

namespace dockerext {

// Reverts live-restore, the start at boot and the start itself (not with policy keep), and removes recorded
// folders that are empty. A failure is logged and the rest still reverted. Call after the port is closed, so
// that live-restore keeps containers running during that restart.
void RevertConfiguration(System& system, const Ledger& ledger, const ReportWait& report_wait);

// Whether the policy allows the removal of packages and the ledger has any.
bool WantsPackagesRemoved(const Ledger& ledger);

// Removes the packages of the ledger that are still installed; never purges. Keeps those that their owner
// marked as installed manually since. Keeps all of them when a container runs (policy auto) or when other
// packages would be removed with them. Returns what stays and why; empty when nothing does. `report_wait` is
// asked directly before the removal.
Result<std::string> RemovePackages(System& system, const Platform& platform, const Ledger& ledger,
                                   const ReportWait& report_wait);

}  // namespace dockerext
