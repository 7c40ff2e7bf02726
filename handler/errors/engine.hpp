// SPDX-License-Identifier: MIT
// Errors of the engine and of the operation that changes it (mostly 1).
#pragma once

#include "handler/errors/error_row.hpp"

namespace dockerext::errors {

inline constexpr ErrorRow kEngineDidNotStart{
    Code::kInternal,
    Owner::kVmOwner,
    "docker.service",
    "docker.service did not start ({0})",
    "see why (`systemctl status docker`, `journalctl -u docker`), correct it and set the extension's "
    "settings again",
    "systemd's result stands in the parentheses; dockerd logged nothing that tells more"};
inline constexpr ErrorRow kEngineRefused{
    Code::kInternal,
    Owner::kVmOwner,
    "docker.service",
    "{0}; dockerd logged: {1}",
    "correct what dockerd names (`journalctl -u docker` has more) and set the extension's settings again",
    "docker.service did not start, or does not answer; the line with which dockerd ended"};
inline constexpr ErrorRow kOptionsRefusedAtRestart{
    Code::kInvalidSettings,
    Owner::kSettingsAuthor,
    "{1}",
    "{0}",
    "it ran before: correct {1}, or remove it",
    "docker.service did not start, or does not answer, with new options: the value of one that dockerd "
    "judges only when it starts; its own line is in the message"};
inline constexpr ErrorRow kOptionRefusedAtStart{
    Code::kInvalidSettings,
    Owner::kSettingsAuthor,
    "{1}",
    "{0}",
    "correct {1}, or remove it",
    "the same where no engine ran, or the options are those of before: the line that dockerd logged names "
    "the option"};
inline constexpr ErrorRow kUnitLineRefused{
    Code::kInternal,
    Owner::kVmOwner,
    "{1}",
    "{0}",
    "correct what dockerd names, or the ExecStart= of {1}, and set the extension's settings again",
    "docker.service did not start, or does not answer, and the line that dockerd logged names an argument of "
    "the unit's own line, or that line was changed since the engine started"};
inline constexpr ErrorRow kMaterialRefusedAtStart{
    Code::kInvalidSettings,
    Owner::kSettingsAuthor,
    "{1}",
    "{0}",
    "send others than those in {1}",
    "docker.service did not start, or does not answer, and the line that dockerd logged names a file of the "
    "certificates or the key"};
inline constexpr ErrorRow kEngineDiskFull{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "docker.service",
    "{0}; dockerd logged: {1}",
    "free some space there and set the extension's settings again",
    "docker.service did not start, or does not answer, since its disk is full"};
inline constexpr ErrorRow kEngineSilent{
    Code::kInternal,
    Owner::kVmOwner,
    "{0}",
    "the engine does not answer on its local socket {0} (docker.service is {1})",
    "see `journalctl -u docker` and, if it hangs, run `systemctl restart docker`; then set the extension's "
    "settings again",
    "dockerd runs but hangs"};
inline constexpr ErrorRow kEngineStateUnknown{
    Code::kInternal,
    Owner::kVmOwner,
    "docker.service",
    "the engine did not report its state: {0}",
    "see `journalctl -u docker` and, if it hangs, run `systemctl restart docker`",
    "dockerd answers `/_ping` and not `/info`"};
inline constexpr ErrorRow kEngineAnswerUnknown{Code::kInternal,
                                               Owner::kVmOwner,
                                               "{1}",
                                               "the engine's answer to {0} on {1} is not {2}",
                                               "see which program serves that socket (`ss -lxp`)",
                                               "another program answers on the engine's socket"};
inline constexpr ErrorRow kExchangeFailed{
    Code::kInternal,
    Owner::kVmOwner,
    "{0}",
    "{0}: {1}",
    "see `journalctl -u docker`, and whether a local firewall stands between",
    "the engine or its port did not answer in time, not with TLS, or refused its own pair as a client's"};
inline constexpr ErrorRow kSystemdRefused{
    Code::kInternal,
    Owner::kVmOwner,
    "systemd",
    "{0}: {1}",
    "see what systemd logged (`journalctl -b`), and set the extension's "
    "settings again",
    "systemd refused a call"};
inline constexpr ErrorRow kWorkerNotReady{
    Code::kInternal,
    Owner::kVmOwner,
    "{0}",
    "{0} {1}",
    "see `journalctl -u {0}`, and set the extension's settings again",
    "starting the worker: it ended, or needed more than 30 s until it had read the settings"};
inline constexpr ErrorRow kCannotReloadNow{Code::kBusy,
                                           Owner::kVmOwner,
                                           "docker.service",
                                           "docker.service is {0}, so it cannot reload daemon.json now",
                                           "set the extension's settings again",
                                           "the engine was stopped or starting meanwhile"};
inline constexpr ErrorRow kReloadIgnored{Code::kBusy,
                                         Owner::kVmOwner,
                                         "{0}",
                                         "dockerd was asked to reload {0} but did not apply live-restore",
                                         "correct what dockerd says of the file (journalctl -u docker)",
                                         "daemon.json has an error that dockerd logged"};
inline constexpr ErrorRow kDropInNotInForce{
    Code::kInternal,
    Owner::kVmOwner,
    "{0}",
    "systemd does not use the ExecStart= of {0}",
    "another drop-in of docker.service sets it later (systemctl cat docker.service shows which): remove that "
    "drop-in",
    "a drop-in that was added meanwhile, or in `/run`"};
inline constexpr ErrorRow kDropInChanged{Code::kInternal,
                                         Owner::kVmOwner,
                                         "{0}",
                                         "{0} was changed by another program while the extension verified it",
                                         "see which program edits it, and set the extension's settings again",
                                         "the drop-in is not what the extension wrote"};
inline constexpr ErrorRow kStrangerAnswered{Code::kInternal,
                                            Owner::kVmOwner,
                                            "port {0}",
                                            "port {0} answered a client without a certificate",
                                            "see which program has that port (`ss -ltnp`), and stop it",
                                            "something other than this engine answers there"};
inline constexpr ErrorRow kOtherCertificate{
    Code::kInternal,
    Owner::kVmOwner,
    "port {0}",
    "port {0} presents a certificate other than the one in the settings",
    "see which program has that port (`ss -ltnp`), and stop it",
    "something other than this engine answers there, with TLS"};
inline constexpr ErrorRow kStillListening{
    Code::kInternal,
    Owner::kVmOwner,
    "port {0}",
    "a process still listens on port {0}",
    "run `systemctl restart docker` and see `journalctl -u docker`; then disable or delete the extension "
    "again",
    "`disable` or `uninstall` could not close the port"};
inline constexpr ErrorRow kDeadlinePassed{
    Code::kTimeout,
    Owner::kVmOwner,
    "this operation",
    "the operation's deadline has passed{0}",
    "set the extension's settings again",
    "30 minutes were not enough; the message says what was waited for: find what is slow, mostly packages"};
inline constexpr ErrorRow kGaveUpWaiting{Code::kTimeout,
                                         Owner::kVmOwner,
                                         "docker.service",
                                         "gave up {0}",
                                         "see `systemctl status docker` and try again",
                                         "the engine neither started nor stopped in the time of this verb"};
inline constexpr ErrorRow kAnotherOperation{
    Code::kTimeout,
    Owner::kVmOwner,
    "{0}",
    "another process holds {0}",
    "wait until that command of the extension has finished (`ps axf`); the agent calls again",
    "a command or worker of the extension runs"};

// Of a worker that ended early; {0} is what became of the way back.
inline constexpr ErrorRow kWorkerStopped{Code::kInternal,
                                         Owner::kVmOwner,
                                         "the worker",
                                         "the worker was stopped before it finished; {0}",
                                         "set the extension's settings again",
                                         "`systemctl stop`"};
inline constexpr ErrorRow kWorkerKilled{Code::kInternal,
                                        Owner::kVmOwner,
                                        "the worker",
                                        "the worker was killed before it finished; {0}",
                                        "set the extension's settings again",
                                        "somebody killed it"};
inline constexpr ErrorRow kWorkerOutOfMemory{
    Code::kInternal,
    Owner::kVmOwner,
    "the worker",
    "the worker was killed before it finished, because the VM ran out of memory; {0}",
    "free some memory or take a larger VM, and set the extension's settings again",
    "too little memory"};
inline constexpr ErrorRow kWorkerTimeLimit{
    Code::kInternal,
    Owner::kVmOwner,
    "the worker",
    "the worker reached its time limit before it finished; {0}",
    "find what is slow (its log says at which step it was), and set the extension's settings again",
    "the deadline and five minutes more had passed"};
inline constexpr ErrorRow kWorkerFailed{
    Code::kInternal,
    Owner::kPublisher,
    "the worker",
    "the worker failed before it finished (systemd's result: {1}); {0}",
    "set the extension's settings again; if it fails again, report it with the log",
    "a fault of the extension"};

inline constexpr ErrorRow kLedgerDamaged{
    Code::kInternal,
    Owner::kVmOwner,
    "{0}",
    "{0} is damaged; it was left unchanged",
    "restore it from a backup, or move it away: uninstall then removes the port alone",
    "somebody edited the ownership record, or a disk lost it"};
inline constexpr ErrorRow kLedgerOfLaterVersion{
    Code::kInternal,
    Owner::kVmOwner,
    "{0}",
    "{0} has a majorVersion that this version of the extension does not support; it was left unchanged",
    "install that version of the extension",
    "a later version wrote it"};
inline constexpr ErrorRow kLedgerNotText{
    Code::kInternal,
    Owner::kVmOwner,
    "{0}",
    "what {0} is to record has bytes that are not UTF-8; it was left unchanged",
    "see which name or file is not UTF-8 (daemon.json, a unit's path), and correct it",
    "a file of the machine has another encoding"};
inline constexpr ErrorRow kRecordDamaged{Code::kInternal, Owner::kVmOwner,
                                         "{0}",           "{0} is damaged",
                                         "remove it",     "the record of operations in `/run`"};

inline constexpr ErrorRow kInternalError{Code::kInternal,
                                         Owner::kPublisher,
                                         "the extension",
                                         "internal error: {0}",
                                         "report it to the extension's publisher",
                                         "a fault of the extension, or no memory; send the log with it"};

}  // namespace dockerext::errors
