// SPDX-License-Identifier: MIT
#include "handler/packages/package_manager.hpp"

namespace dockerext {

std::vector<std::string> ActionArgv(const PackageManager& manager, std::span<const std::string_view> action,
                                    const std::vector<std::string>& names) {
  std::vector<std::string> argv(manager.tool.begin(), manager.tool.end());
  argv.insert(argv.end(), action.begin(), action.end());
  argv.insert(argv.end(), names.begin(), names.end());
  return argv;
}

std::vector<std::string> SimulationArgv(const PackageManager& manager,
                                        std::span<const std::string_view> action,
                                        const std::vector<std::string>& names) {
  std::vector<std::string> argv = ActionArgv(manager, action, names);
  argv.insert(argv.begin() + static_cast<std::ptrdiff_t>(manager.tool.size()), manager.simulate.begin(),
              manager.simulate.end());
  return argv;
}

}  // namespace dockerext
