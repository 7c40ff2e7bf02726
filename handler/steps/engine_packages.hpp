// SPDX-License-Identifier: MIT
// The engine's packages: installing them from the first source that offers them, each change recorded before
// it is made; and the repository that they come from. Private to this room.
#pragma once

#include <string>
#include <vector>

#include "handler/engine/context.hpp"
#include "handler/packages/package_actions.hpp"

namespace dockerext {

// Not on a platform without a package manager.
PackageActions PackagesOf(EngineContext& context);
// Empty on a platform without a package manager.
Result<std::vector<std::string>> PresentPackages(EngineContext& context);

// kMissingDependency with what each source lacks. What a failed run did not install is not recorded as the
// extension's, unless a package manager may still run.
Result<PackageActions::Installed> InstallPackages(EngineContext& context);

// Whether the machine has the repository that the settings name, where the extension installed packages or
// added a repository. What the owner of an engine gets it from is his.
Result<bool> IsRepositoryAsAsked(EngineContext& context);
// Changes it, or puts the former one back where the settings name none. The engine stays as it is: its next
// version comes from there. An error leaves the former one.
Result<std::string> ChangeRepository(EngineContext& context);

}  // namespace dockerext
