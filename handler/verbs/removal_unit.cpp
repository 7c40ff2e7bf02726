// SPDX-License-Identifier: MIT
#include "handler/verbs/removal_unit.hpp"

namespace dockerext {
namespace {

const std::string kUnit(kRemovalUnit);
const std::string kPath = "/etc/systemd/system/" + kUnit;

// After docker.service, which is asked for running containers.
std::string Render(const std::string& program) {
  return "# Written by the Docker VM extension while it removes the packages that it installed; removed when "
         "that is "
         "done.\n"
         "[Unit]\n"
         "Description=Docker VM extension: go on with the removal of packages\n"
         "After=docker.service\n"
         "[Service]\n"
         "Type=oneshot\n"
         "KillMode=process\n"
         "ExecStart=" +
         program +
         " resume-removal\n"
         "[Install]\n"
         "WantedBy=multi-user.target\n";
}

}  // namespace

bool HasRemovalUnit(Files& files) { return Exists(files, kPath); }

Status InstallRemovalUnit(System& system, const std::string& program) {
  TRY(system.files.WriteAtomically(kPath, Render(program), 0644_mode));
  return system.services.EnableUnitFile(kUnit);
}

Status RemoveRemovalUnit(System& system) {
  if (!HasRemovalUnit(system.files)) return {};
  TRY(system.services.DisableUnitFile(kUnit));
  TRY(system.files.Remove(kPath));
  return system.services.ReloadDefinitions();
}

}  // namespace dockerext
