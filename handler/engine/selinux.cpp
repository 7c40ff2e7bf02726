// SPDX-License-Identifier: MIT
#include "handler/engine/selinux.hpp"

#include "handler/base/text.hpp"
#include "handler/state/paths.hpp"

namespace dockerext {
namespace {

constexpr const char* kEnforce = "/sys/fs/selinux/enforce";  // exists while selinuxfs is mounted
constexpr const char* kRestorecon = "/usr/sbin/restorecon";
constexpr const char* kChcon = "/usr/bin/chcon";
constexpr std::chrono::seconds kBudget{30};

Status Run(System& system, std::vector<std::string> argv) {
  const std::string line = Join(argv, " ");
  TRY_LET(const CommandOutput run,
          system.commands.Run({.argv = std::move(argv),
                               .environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"},
                               .budget = kBudget}));
  if (run.exit_code == 0) return {};
  return Error{Code::kInternal, Quoted(line) + " ended with exit code " + std::to_string(run.exit_code) +
                                    ": " + std::string(Trim(run.errors))};
}

void RunAndLog(System& system, std::vector<std::string> argv) {
  const Status ran = Run(system, std::move(argv));
  if (!ran.ok()) system.log.Warn(ran.error().what + ", continuing");
}

bool IsOn(System& system) { return Exists(system.files, kEnforce); }

}  // namespace

void RestoreLabels(System& system, const std::vector<std::string>& paths) {
  if (!IsOn(system)) return;
  std::vector<std::string> argv = {kRestorecon, "-R"};
  for (const std::string& path : paths) {
    if (Exists(system.files, path)) argv.push_back(path);
  }
  if (argv.size() > 2) RunAndLog(system, std::move(argv));
}

// Below /var/lib a file has the type var_lib_t, which systemd (init_t) may not execute: status 203/EXEC. A
// rule of `semanage fcontext` would survive a relabelling, but its tool is often absent, takes seconds, and
// changes the owner's policy; so the label is set again before each start.
void LabelProgram(System& system, const std::string& program) {
  if (!IsOn(system)) return;
  RunAndLog(system, {kRestorecon, "-R", "-e", std::string(kProgramsFolder), std::string(kStateFolder)});
  RunAndLog(system, {kChcon, "-t", "bin_t", program});
}

}  // namespace dockerext
