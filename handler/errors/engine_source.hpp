// SPDX-License-Identifier: MIT
// Errors of where Docker comes from and in which version (52, 53).
#pragma once

#include "handler/errors/settings.hpp"

namespace dockerext::errors {

inline constexpr ErrorRow kRepositoryIncomplete = OfSettings(
    "needs both url and key, since publicSettings.docker.source is custom",
    "send both: packages are never installed without the key that signs them", "`docker.repository`");
inline constexpr ErrorRow kRepositoryUnused =
    OfSettings("is used only with the source custom or upstream",
               "set publicSettings.docker.source, or remove it", "`docker.repository` with another source");
inline constexpr ErrorRow kNotASource =
    OfSettings("must be one of auto, distribution, upstream and custom, but is {0}", "write one of these",
               "`docker.source`");
inline constexpr ErrorRow kNotAVersion =
    OfSettings("must be a version or the beginning of one, such as 28 or 28.5.2, but is {0}",
               "write a string that begins with a digit", "`docker.version`");
inline constexpr ErrorRow kNotAChannel =
    OfSettings("must be stable or test, but is {0}", "write one of these", "`docker.channel`");
inline constexpr ErrorRow kNotAUrl = OfSettings("{0}", "correct it", "`docker.repository.url`");
inline constexpr ErrorRow kNotAKey =
    OfSettings("{0}", "send what `gpg --armor --export` prints, whole and with its line ends",
               "`docker.repository.key`");
inline constexpr ErrorRow kOpenPgpKeyIsPublic = OfSettings(
    "holds an OpenPGP private key, which is public now (everybody who may read the VM's model can read it)",
    "make a new key, and send only its public part", "a private key for `docker.repository.key`");

inline constexpr ErrorRow kNoCodename{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "/etc/os-release",
    "Docker's repository has a folder for each codename of {0}, and {1} has none in /etc/os-release "
    "(VERSION_CODENAME)",
    "set publicSettings.docker.source to distribution",
    "a release without a codename"};
inline constexpr ErrorRow kRpmKey{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "rpm's database",
    "rpm could not {0} the key of Docker's repository: {1}",
    "see what rpm reports (`rpm -q gpg-pubkey`) and set the extension's settings again",
    "a damaged database of rpm, a full disk, or a key that rpm does not accept"};
inline constexpr ErrorRow kNoUpstream{
    Code::kMissingDependency,
    Owner::kSettingsAuthor,
    "publicSettings.docker.source",
    "Docker's repository has no packages for {0}",
    "set publicSettings.docker.source to auto or distribution, or to custom with a repository that has them",
    "`upstream` on SUSE, Azure Linux and CBL-Mariner"};
inline constexpr ErrorRow kNoneOfDistribution{Code::kMissingDependency,
                                              Owner::kSettingsAuthor,
                                              "publicSettings.docker.source",
                                              "{0} has no Docker among its own packages",
                                              "set publicSettings.docker.source to auto or upstream",
                                              "`distribution` on Enterprise Linux"};
inline constexpr ErrorRow kVersionNotOffered{
    Code::kMissingDependency,
    Owner::kSettingsAuthor,
    "publicSettings.docker.version",
    "no source of {0} offers the version {3} of {1} (offered: {2})",
    "ask for one of those that are offered, or name another source in publicSettings.docker.source",
    "`docker.version`"};
inline constexpr ErrorRow kNotInRepository{
    Code::kMissingDependency,
    Owner::kSettingsAuthor,
    "publicSettings.docker.repository",
    "the repository {0} does not offer {1} to this machine",
    "correct publicSettings.docker.repository (its layout is in docs/settings.md) or docker.channel, remove "
    "what excludes it (a hold, a lock or exclude= of the package manager), or set "
    "publicSettings.docker.source to auto",
    "a repository without packages for this release, architecture or channel, or a package that this machine "
    "excludes"};
inline constexpr ErrorRow kRepositoryNotRead{
    Code::kMissingDependency,
    Owner::kSettingsAuthor,
    "publicSettings.docker.repository.url",
    "{0} cannot read the repository {1}: {2}",
    "let this VM reach it (network, DNS, proxy), or name another one in publicSettings.docker.repository.url "
    "(its layout is in docs/settings.md)",
    "a wrong URL in `docker.repository`, or a repository that this VM does not reach"};
inline constexpr ErrorRow kRepositoryKeyDiffers{
    Code::kMissingDependency,
    Owner::kSettingsAuthor,
    "publicSettings.docker.repository.key",
    "{0} cannot verify the repository {1} with the key that it has for it: {2}",
    "send the key that signs that repository in publicSettings.docker.repository.key; without that "
    "setting it is Docker's own",
    "a mirror that is signed with another key than that of `docker.repository`"};
inline constexpr ErrorRow kNobodyOffersDocker{
    Code::kMissingDependency,
    Owner::kVmOwner,
    "the package archives",
    "{0}; nor can Docker be installed from {1}: {2}",
    "let this machine reach that repository, add an archive that offers Docker, or name a mirror "
    "(publicSettings.docker.source custom)",
    "a machine without access to the Internet, whose own archives have no Docker"};
inline constexpr ErrorRow kWouldDowngradeOthers{
    Code::kMissingDependency,
    Owner::kSettingsAuthor,
    "publicSettings.docker.version",
    "installing Docker would replace these packages by older ones: {0}",
    "set publicSettings.docker.allowDowngrade to true, or ask for another version",
    "`docker.version`, where a package that belongs to it is newer"};
inline constexpr ErrorRow kOtherSource{
    Code::kInvalidSettings,
    Owner::kSettingsAuthor,
    "publicSettings.docker.source",
    "publicSettings.docker.source is {0}, but {1} is installed, and the extension never replaces an engine "
    "by "
    "that of another source",
    "set it to auto to use the installed one, or remove that one (images and containers stay in "
    "/var/lib/docker) and set the extension's settings again",
    "another source than that of the installed engine"};
inline constexpr ErrorRow kVersionOfOthers{
    Code::kInvalidSettings,
    Owner::kSettingsAuthor,
    "publicSettings.docker.version",
    "publicSettings.docker.version differs from that of the installed engine, which is of neither the "
    "distribution's nor Docker's packages, so only its owner can change it",
    "remove that setting or that engine, and set the extension's settings again",
    "an engine that was installed by hand"};
inline constexpr ErrorRow kWouldDowngrade{
    Code::kInvalidSettings,
    Owner::kSettingsAuthor,
    "publicSettings.docker.version",
    "Docker {0} is installed, which is newer than publicSettings.docker.version ({1})",
    "change or remove that setting, or set publicSettings.docker.allowDowngrade to true: an older engine may "
    "be unable to read what the newer one wrote",
    "an older version than the installed one"};

}  // namespace dockerext::errors
