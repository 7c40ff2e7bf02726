// SPDX-License-Identifier: MIT
// Errors of the machine: its platform (51), what is missing on it (52), its packages (52, 56) and its files.
#pragma once

#include "handler/errors/error_row.hpp"

namespace dockerext::errors {

inline constexpr ErrorRow kUnsupportedDistro{
    Code::kUnsupportedPlatform,
    Owner::kVmOwner,
    "/etc/os-release",
    "{0} (ID={1}, VERSION_ID={2} in /etc/os-release) is not supported",
    "use {3}",
    "a distribution or release that is not supported"};
inline constexpr ErrorRow kNoOsRelease{
    Code::kUnsupportedPlatform,
    Owner::kVmOwner,
    "/etc/os-release",
    "neither /etc/os-release nor /usr/lib/os-release exists, so the distribution is unknown",
    "reinstall the package that owns them",
    "both files were removed"};

inline constexpr ErrorRow kNoSystemd{
    Code::kMissingDependency,   Owner::kVmOwner,
    "/run/systemd/system",      "systemd is not running as PID 1 (/run/systemd/system is missing)",
    "boot the VM with systemd", "another init, or a container"};
inline constexpr ErrorRow kSystemdUnreachable{Code::kMissingDependency,
                                              Owner::kVmOwner,
                                              "PID 1",
                                              "systemd cannot be reached ({0})",
                                              "check that systemctl status answers; reboot if it does not",
                                              "PID 1 answered no call for a minute"};
inline constexpr ErrorRow kUnitCannotBeLoaded{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "docker.service",
    "systemd cannot load docker.service ({0}){1}",
    "correct it (`systemd-analyze verify docker.service` says more), run `systemctl daemon-reload` and set "
    "the "
    "extension's settings again",
    "an edited unit or drop-in, such as a second `ExecStart=` without an empty one before it; the message "
    "names the file"};
inline constexpr ErrorRow kUnitRunsShell{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "{0}",
    "the ExecStart= of {0} is a command of a shell (-c), which passes no further options on to dockerd",
    "write it as dockerd's own command line, or put the command into a script that ends with "
    "exec dockerd \"$@\"; then set the extension's settings again",
    "`ExecStart=/bin/sh -c \"exec dockerd ...\"`"};
inline constexpr ErrorRow kUnitMasked{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "docker.service",
    "docker.service is masked, so Docker cannot be started",
    "run `systemctl unmask docker.service` and set the extension's settings again",
    "somebody masked the unit"};
inline constexpr ErrorRow kRequirementMissing{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "{0}",
    "docker.service requires {0}, which systemd cannot start ({1})",
    "correct it (`systemctl unmask {0}` where it is masked) and set the extension's settings again",
    "`docker.socket` is masked, or another unit that docker.service requires"};
inline constexpr ErrorRow kIsSnap{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "snap.docker.dockerd.service",
    "Docker is installed as a snap, which cannot read the TLS files and ignores the extension's "
    "configuration",
    "run `snap remove docker` and set the extension's settings again",
    "the snap; move its containers first"};
inline constexpr ErrorRow kWouldRemove{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "{0}",
    "installing Docker would remove {0}",
    "remove it yourself if Docker is to replace it, and set the extension's settings again",
    "podman-docker or another engine conflicts with Docker; keep it and do without Docker, or remove it"};
inline constexpr ErrorRow kIncompleteDocker{
    Code::kMissingDependency, Owner::kVmOwner,
    "docker.service",         "{0} is installed, but docker.service or its dockerd is missing",
    "reinstall it",           "a damaged package: `apt-get install --reinstall docker.io`"};
inline constexpr ErrorRow kNoPackageManager{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "docker.service",
    "{0} has no package manager, and its own Docker is missing (docker.service or its dockerd)",
    "use an image that has Docker (see the documentation of {0}) and set the extension's settings again",
    "an image of Flatcar without the Docker system extension"};
inline constexpr ErrorRow kNoExecStart{
    Code::kMissingDependency, Owner::kVmOwner, "{0}", "docker.service ({0}) has no ExecStart=",
    "reinstall Docker",       "an edited unit"};

// What a package manager could not do: {0} is its name, {1} what it was doing, {2} its own lines, {3} where
// its sources are listed, {4} what shows conflicts, {5} what shows the state of packages.
inline constexpr std::string_view kCouldNot = "{0} could not {1}: {2}";
inline constexpr ErrorRow kPackagesDiskFull{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "{0}",
    kCouldNot,
    "free some space on that disk and set the extension's settings again",
    "No space left on device"};
inline constexpr ErrorRow kPackagesUnreachable{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "{0}",
    kCouldNot,
    "let this VM reach its package archives (network, DNS, proxy), or correct {0}'s list of them "
    "({3}) and set the extension's settings again",
    "Failed to fetch, no Release file: DNS, proxy, outbound rules"};
inline constexpr ErrorRow kPackagesDamaged{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "{0}",
    kCouldNot,
    "wait until that package archive or mirror is complete, or repair it (a file that it lists is missing "
    "there or differs), and set the extension's settings again",
    "404 Not Found, Hash Sum mismatch, incorrect checksum: a mirror in the middle of an update"};
inline constexpr ErrorRow kPackagesNotOffered{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "{0}",
    kCouldNot,
    "add a package archive that has it to {0}'s list of them ({3}) and set the "
    "extension's settings again",
    "Unable to locate package. On Ubuntu docker.io is in `universe`"};
inline constexpr ErrorRow kPackagesSignature{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "{0}",
    kCouldNot,
    "fix the key or the signature of that package archive (publicSettings.docker.repository.key, if that one "
    "signs it) and set the extension's settings again",
    "GPG error, not signed"};
inline constexpr ErrorRow kPackagesConflict{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "{0}",
    kCouldNot,
    "release the hold or remove the conflicting package ({4}) "
    "and "
    "set the extension's settings again",
    "held or unmet dependencies, or a package that the installation would remove"};
inline constexpr ErrorRow kPackagesOlder{
    Code::kMissingDependency,
    Owner::kSettingsAuthor,
    "publicSettings.docker.version",
    kCouldNot,
    "set publicSettings.docker.allowDowngrade to true, or ask for another version",
    "Packages were downgraded: a package that is older than the installed one, of the same engine"};
inline constexpr ErrorRow kPackagesBroken{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "{0}",
    kCouldNot,
    "fix that package ({5} shows details) and set the extension's settings again",
    "error processing package"};
inline constexpr ErrorRow kPackagesKilled{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "{0}",
    kCouldNot,
    "see what killed dpkg (journalctl -k) and set the extension's settings again",
    "dpkg exited unexpectedly; mostly too little memory"};
inline constexpr ErrorRow kPackagesOther{Code::kMissingDependency,
                                         Owner::kVmOwner,
                                         "{0}",
                                         kCouldNot,
                                         "fix what {0} reports and set the extension's settings again",
                                         "anything else"};
inline constexpr ErrorRow kPackagesLocked{
    Code::kPackagesLocked,
    Owner::kVmOwner,
    "the package manager's lock",
    "another package manager still holds its lock ({0})",
    "wait for it to finish, or stop it, and set the extension's settings again",
    "held until the worker's deadline of 30 minutes by unattended-upgrades, cloud-init or a hanging apt; the "
    "parentheses name the holder"};

// What the kernel refused: {0} is what was being done, {1} the path, {2} the kernel's reason.
inline constexpr std::string_view kKernelRefused = "{0} {1}: {2}";
inline constexpr ErrorRow kAbsent{Code::kNotFound,
                                  Owner::kVmOwner,
                                  "{1}",
                                  kKernelRefused,
                                  "restore it (reinstall the package that owns it) and set the extension's "
                                  "settings again",
                                  "a file, folder or program that the extension needs does not exist"};
inline constexpr ErrorRow kBelowAFile{Code::kNotFound,
                                      Owner::kVmOwner,
                                      "{1}",
                                      kKernelRefused,
                                      "one of the folders of that path is a file (`namei -l` shows which): "
                                      "move it away, and set the extension's settings again",
                                      "a file in place of a folder, such as docker.service.d"};
inline constexpr ErrorRow kDiskFull{Code::kInternal,
                                    Owner::kVmOwner,
                                    "{1}",
                                    kKernelRefused,
                                    "free some space or inodes there (`df -h`, `df -i`) and set the "
                                    "extension's settings again",
                                    "the disk is full, or its quota is used up"};
inline constexpr ErrorRow kReadOnly{
    Code::kInternal,
    Owner::kVmOwner,
    "{1}",
    kKernelRefused,
    "mount it writable (after an error of the disk the kernel mounts it read-only: see `dmesg`) and set "
    "the extension's settings again",
    "a file system that is mounted read-only"};
inline constexpr ErrorRow kNotPermitted{
    Code::kInternal,
    Owner::kVmOwner,
    "{1}",
    kKernelRefused,
    "see whether it is immutable (`lsattr`; `chattr -i` ends that) or a security module refuses it "
    "(`dmesg`), and set the extension's settings again",
    "root itself is refused: an immutable file or folder, SELinux or AppArmor"};
inline constexpr ErrorRow kNotExecutable{Code::kInternal,
                                         Owner::kVmOwner,
                                         "{0}",
                                         "{0} cannot be executed",
                                         "make it executable (`chmod 0755`) or reinstall the package that "
                                         "owns it, and set the extension's settings again",
                                         "a program without its x bit, that is empty or whose interpreter is "
                                         "missing, or on a disk that is mounted "
                                         "noexec"};
inline constexpr ErrorRow kDiskError{Code::kInternal,
                                     Owner::kVmOwner,
                                     "{1}",
                                     kKernelRefused,
                                     "see what `dmesg` says of that disk; repair or replace it",
                                     "the disk answered with an error"};
inline constexpr ErrorRow kOutOfResources{Code::kInternal,
                                          Owner::kVmOwner,
                                          "{1}",
                                          kKernelRefused,
                                          "end what uses up this VM's memory, processes or open files, or "
                                          "take a larger VM, and set the extension's settings again",
                                          "too little memory, too many processes or open files"};
inline constexpr ErrorRow kPathUnusable{Code::kInternal,
                                        Owner::kVmOwner,
                                        "{1}",
                                        kKernelRefused,
                                        "correct that path (`namei -l` shows its parts) and set the "
                                        "extension's settings again",
                                        "a path that is too long, or whose symlinks lead in a circle"};
inline constexpr ErrorRow kFileInTheWay{Code::kInternal,
                                        Owner::kVmOwner,
                                        "{1}",
                                        kKernelRefused,
                                        "see what is at that path (`ls -ld`), remove it if nothing needs it, "
                                        "and set the extension's settings again",
                                        "something else than expected is there, or another reason"};
inline constexpr ErrorRow kFileTooLarge{Code::kInternal,
                                        Owner::kVmOwner,
                                        "{0}",
                                        "{0} is larger than {1} bytes",
                                        "see what wrote it, and remove or shorten it",
                                        "a file that grew beyond all use"};
inline constexpr ErrorRow kNotAFolder{Code::kInternal, Owner::kVmOwner,
                                      "{0}",           "{0} is not a folder",
                                      "remove it",     "a file or a link in place of a folder of ours"};
inline constexpr ErrorRow kCannotLog{Code::kInternal,
                                     Owner::kVmOwner,
                                     "{0}",
                                     "cannot log to {0}: {1}",
                                     "see what is at that path and whether its disk is full or read-only; "
                                     "until then the journal has the log",
                                     "the log folder is not writable"};
inline constexpr ErrorRow kCommandTimeout{Code::kTimeout,
                                          Owner::kVmOwner,
                                          "{0}",
                                          "{0} did not finish within {1} s",
                                          "look for load or a hanging disk, and set the extension's settings "
                                          "again",
                                          "systemd or a program took too long"};

}  // namespace dockerext::errors
