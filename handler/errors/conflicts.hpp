// SPDX-License-Identifier: MIT
// Errors of the machine's own configuration of Docker (53), which the settings contradict or a restart would
// activate.
#pragma once

#include "handler/errors/error_row.hpp"

namespace dockerext::errors {

constexpr ErrorRow OfConflict(Owner owner, std::string_view where, std::string_view what,
                              std::string_view remedy, std::string_view cause) {
  return {Code::kInvalidSettings, owner, where, what, remedy, cause};
}

inline constexpr std::string_view kRemoveListener =
    "remove it, or set publicSettings.installonly to leave the daemon as it is";

inline constexpr ErrorRow kManagedKey =
    OfConflict(Owner::kVmOwner, "{0}", "{0} sets {1}, which the extension sets on dockerd's command line",
               kRemoveListener, "`hosts` or `tls...` in daemon.json");
inline constexpr ErrorRow kOptionInDaemonJson =
    OfConflict(Owner::kSettingsAuthor, "{0}", "{0} has {1}, and {2} sets {3} too, so dockerd would not start",
               "keep one of them", "the option is in daemon.json");
inline constexpr ErrorRow kOptionInUnit =
    OfConflict(Owner::kSettingsAuthor, "{0}", "{0} has {1}, which {2} sets too", "keep one of them",
               "the option is in docker.service");
inline constexpr ErrorRow kUnitListens =
    OfConflict(Owner::kVmOwner, "{0}", "{0} makes dockerd listen on {1}", kRemoveListener,
               "`-H` with TCP in the unit or in `/etc/default/docker`");
inline constexpr ErrorRow kUnitSetsTls =
    OfConflict(Owner::kVmOwner, "{0}", "{0} passes --{1} to dockerd, an option that the extension sets",
               kRemoveListener, "`--tls...` in the unit");
inline constexpr ErrorRow kSocketListens = OfConflict(Owner::kVmOwner, "{0}", "{0} makes {1} listen on {2}",
                                                      kRemoveListener, "`ListenStream=` with TCP");
inline constexpr ErrorRow kLaterDropIn =
    OfConflict(Owner::kVmOwner, "{0}", "{0} sets ExecStart after the extension's {1}",
               "rename it so that it sorts before {2}", "a drop-in whose name sorts later");
inline constexpr ErrorRow kApiListener = OfConflict(
    Owner::kVmOwner, "{0}",
    "dockerd serves its API on {0}, which the extension did not open (`ss -ltnp` and `systemctl cat "
    "docker.service docker.socket` show more){1}",
    kRemoveListener,
    "a TCP port of dockerd whose origin no file shows; the options that the extension does not know are "
    "named, with their paths");
inline constexpr ErrorRow kPortInUse =
    OfConflict(Owner::kSettingsAuthor, "publicSettings.docker.port",
               "publicSettings.docker.port {0} is in use on this machine by another program",
               "choose another port, or stop that program", "`ss -ltnp` names the program");
inline constexpr ErrorRow kRejected = OfConflict(
    Owner::kSettingsAuthor, "{0}", "dockerd rejects the configuration ({0}): {1}", "correct it, or remove it",
    "an option that this dockerd does not accept; the parentheses name the one that its text is about");
inline constexpr ErrorRow kMachineRejected = OfConflict(
    Owner::kVmOwner, "{0}", "dockerd rejects the configuration ({0}): {1}",
    "correct what dockerd names there, or remove it",
    "a key of daemon.json, or an argument in docker.service, that this dockerd does not accept; where there "
    "are options of the settings too, it may be one of them that the text does not name");
inline constexpr ErrorRow kDaemonJsonInvalid =
    OfConflict(Owner::kVmOwner, "{0}", "{0} {1}, so dockerd would not start", "fix or remove it",
               "daemon.json is no JSON object, has more text behind it, or a value of another type");
inline constexpr ErrorRow kDanglingSymlink =
    OfConflict(Owner::kVmOwner, "{0}", "{0} is a dangling symlink", "fix or remove it",
               "daemon.json, or a drop-in of docker.service, links to a missing file");
inline constexpr ErrorRow kNotARegularFile =
    OfConflict(Owner::kVmOwner, "{0}", "{0} is not a regular file", "remove it",
               "daemon.json is a folder, a pipe or the like");
inline constexpr ErrorRow kTlsRootNotAFolder = OfConflict(
    Owner::kVmOwner, "{0}", "{0} is not a folder", "remove it, and set the extension's settings again",
    "`/etc/docker/docker-extension` is a file or a link");
inline constexpr ErrorRow kPendingPlugins = OfConflict(
    Owner::kVmOwner, "{0}", "{0} has authorization-plugins that the running engine does not use yet",
    "restart docker.service first, since reloading the file could stop the engine",
    "daemon.json was edited, the engine not restarted");
inline constexpr ErrorRow kSwarmWithLiveRestore =
    OfConflict(Owner::kVmOwner, "{0}",
               "{0} sets live-restore, and this engine is part of a Swarm, so dockerd would not start again",
               "remove one of them: the key, or leave the Swarm", "both at once");

// Edited since the engine started, and nothing tells what a restart would do: the first one is its owner's.
inline constexpr ErrorRow kPendingDaemonJson = OfConflict(
    Owner::kVmOwner, "{0}",
    "{0} was changed on {1}, after docker.service was started, and this dockerd cannot validate it "
    "before a restart",
    "run `systemctl restart docker`, see that it starts, and set the extension's settings again",
    "somebody saved daemon.json and did not restart the engine, and dockerd before 23.0 has no "
    "`--validate`; the parentheses name the keys. Or take the edit back");
inline constexpr ErrorRow kPendingUnitFile = OfConflict(
    Owner::kVmOwner, "{0}",
    "{0} was changed on {1}, after docker.service was started, and nothing can validate it before a "
    "restart",
    "run `systemctl daemon-reload` and `systemctl restart docker`, see that it starts, and set the "
    "extension's settings again",
    "a drop-in with `ExecStartPre=` or the like; the parentheses name the keys. Or take the edit "
    "back");

}  // namespace dockerext::errors
