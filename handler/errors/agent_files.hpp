// SPDX-License-Identifier: MIT
// Errors of the files that the Azure Linux Agent writes (53).
#pragma once

#include "handler/errors/error_row.hpp"

namespace dockerext::errors {

inline constexpr ErrorRow kNoEnvironment{Code::kInvalidSettings,
                                         Owner::kVmOwner,
                                         "{0}",
                                         "{0} is missing",
                                         "restart the Azure Linux Agent, which writes it",
                                         "no HandlerEnvironment.json"};
inline constexpr ErrorRow kEnvironmentUnreadable{Code::kInvalidSettings,
                                                 Owner::kVmOwner,
                                                 "{0}",
                                                 "{0} {1}",
                                                 "restart the Azure Linux Agent, which writes it",
                                                 "a damaged HandlerEnvironment.json"};
inline constexpr ErrorRow kEnvironmentIncomplete{Code::kInvalidSettings,
                                                 Owner::kVmOwner,
                                                 "{0}",
                                                 "{0} lacks handlerEnvironment.{1} (an absolute path)",
                                                 "restart the Azure Linux Agent, which writes it",
                                                 "a damaged one"};
inline constexpr ErrorRow kSettingsMissing{Code::kInvalidSettings,
                                           Owner::kSettingsAuthor,
                                           "{0}",
                                           "{0} is missing",
                                           "set the extension's settings again",
                                           "no `N.settings`"};
inline constexpr ErrorRow kSettingsTooLarge{Code::kInvalidSettings,
                                            Owner::kSettingsAuthor,
                                            "{0}",
                                            "{0} is {1} bytes, above the limit of {2} bytes",
                                            "shorten the settings; set the extension's settings again",
                                            "above 4 MB"};
inline constexpr ErrorRow kSettingsNoFile{Code::kInvalidSettings,
                                          Owner::kVmOwner,
                                          "{0}",
                                          "{0} is not a file",
                                          "remove it, and set the extension's settings again",
                                          "a folder under that name"};
inline constexpr ErrorRow kSettingsUnreadable{
    Code::kInvalidSettings,
    Owner::kSettingsAuthor,
    "{0}",
    "{0} {1}",
    "set the extension's settings again",
    "a damaged file: not JSON, or a part of `runtimeSettings[0].handlerSettings` is missing or of another "
    "type"};
inline constexpr ErrorRow kNoVmCertificate{
    Code::kInvalidSettings,
    Owner::kSettingsAuthor,
    "{1}",
    "the protected settings are encrypted for the certificate {0}, which this VM does not have ({1} and "
    ".prv)",
    "set the extension's protected settings again",
    "the VM's certificate changed, or did not arrive within 60 s"};
inline constexpr ErrorRow kCannotDecrypt{
    Code::kInvalidSettings,
    Owner::kSettingsAuthor,
    "protectedSettings",
    "the protected settings cannot be decrypted ({0})",
    "they must be CMS enveloped data, DER in base64, for the VM's certificate; set them again",
    "damaged, or for another VM"};
inline constexpr ErrorRow kProtectedTooLarge{Code::kInvalidSettings,
                                             Owner::kSettingsAuthor,
                                             "protectedSettings",
                                             "the protected settings are too large",
                                             "shorten them to less than 64 MiB",
                                             "above 64 MiB"};
inline constexpr ErrorRow kVmCertificateUnreadable{
    Code::kInvalidSettings,
    Owner::kVmOwner,
    "the VM's certificate",
    "holds no {0} that can be read ({1})",
    "restart the Azure Linux Agent, which writes it, and set the extension's settings again",
    "the agent's `.crt` or `.prv` file is damaged"};
inline constexpr ErrorRow kNoSequence{
    Code::kNotFound,
    Owner::kCaller,
    "{0}",
    "there is no N.settings file in {0} and ConfigSequenceNumber is not set",
    "let the Azure Linux Agent run the command",
    "`enable` was called by hand: call it with the agent, or with [handler-harness](debugging.md)"};

}  // namespace dockerext::errors
