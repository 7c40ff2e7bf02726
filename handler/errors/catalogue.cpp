// SPDX-License-Identifier: MIT
#include "handler/errors/catalogue.hpp"

#include "handler/errors/agent_files.hpp"
#include "handler/errors/certificates.hpp"
#include "handler/errors/conflicts.hpp"
#include "handler/errors/engine.hpp"
#include "handler/errors/engine_source.hpp"
#include "handler/errors/machine.hpp"
#include "handler/errors/settings.hpp"

namespace dockerext {
namespace {

using namespace errors;

constexpr const ErrorRow* kMachineRows[] = {&kUnsupportedDistro,
                                            &kNoOsRelease,
                                            &kNoSystemd,
                                            &kSystemdUnreachable,
                                            &kUnitCannotBeLoaded,
                                            &kUnitMasked,
                                            &kRequirementMissing,
                                            &kIsSnap,
                                            &kWouldRemove,
                                            &kIncompleteDocker,
                                            &kNoExecStart,
                                            &kPackagesDiskFull,
                                            &kPackagesUnreachable,
                                            &kPackagesNotOffered,
                                            &kPackagesSignature,
                                            &kPackagesConflict,
                                            &kPackagesBroken,
                                            &kPackagesKilled,
                                            &kPackagesOther,
                                            &kPackagesLocked,
                                            &kAbsent,
                                            &kDiskFull,
                                            &kReadOnly,
                                            &kNotPermitted,
                                            &kDiskError,
                                            &kOutOfResources,
                                            &kFileInTheWay,
                                            &kFileTooLarge,
                                            &kNotAFolder,
                                            &kCannotLog,
                                            &kCommandTimeout};
constexpr const ErrorRow* kSettingsRows[] = {&kNotJson,
                                             &kNotUtf8,
                                             &kTooDeep,
                                             &kKeyTwice,
                                             &kNumberTooLarge,
                                             &kNotAnObjectAtTop,
                                             &kNotAString,
                                             &kNotAnObject,
                                             &kNotAList,
                                             &kNotABoolean,
                                             &kNotAPort,
                                             &kNotAPolicy,
                                             &kNotSupported,
                                             &kTwoPorts,
                                             &kTwoSets,
                                             &kOtherSpelling,
                                             &kOtherPlace,
                                             &kProtectedInPublic,
                                             &kPublicInProtected,
                                             &kKeyIsPublic,
                                             &kCertificateInPublic,
                                             &kPartMissing,
                                             &kPemEmpty,
                                             &kPemOfUtf16,
                                             &kNoPem,
                                             &kKeyAmongCertificates,
                                             &kNotAnOption,
                                             &kOptionNeedsValue,
                                             &kOptionValueApart,
                                             &kOptionOneDash,
                                             &kOptionControlCharacter,
                                             &kOptionNoncharacter,
                                             &kOptionsTooLong,
                                             &kOptionListens,
                                             &kOptionIsSet,
                                             &kOptionSetsCa,
                                             &kOptionSetsCertificate,
                                             &kOptionSetsKey,
                                             &kOptionOpensPort,
                                             &kOptionOpensDiagnostics,
                                             &kOptionLetsPagesIn,
                                             &kOptionHidesFile,
                                             &kOptionExits,
                                             &kPortWithoutCertificates,
                                             &kCertificatesUnverified,
                                             &kTlsSetDamaged};
constexpr const ErrorRow* kCertificatesRows[] = {&kCertificateUnreadable,
                                                 &kNoCertificate,
                                                 &kRevocationList,
                                                 &kKeyEncrypted,
                                                 &kNoKey,
                                                 &kKeyUnusable,
                                                 &kSwapped,
                                                 &kKeyOfCa,
                                                 &kChainOrder,
                                                 &kServerCertificateMissing,
                                                 &kKeyOfNone,
                                                 &kCaKeyWeak,
                                                 &kCaMd5,
                                                 &kLocksOut,
                                                 &kPublicCa,
                                                 &kExpired,
                                                 &kNotYetValid};
constexpr const ErrorRow* kConflictsRows[] = {
    &kManagedKey,           &kOptionInDaemonJson, &kOptionInUnit,    &kUnitListens,       &kUnitSetsTls,
    &kSocketListens,        &kLaterDropIn,        &kApiListener,     &kPortInUse,         &kRejected,
    &kDaemonJsonInvalid,    &kDanglingSymlink,    &kNotARegularFile, &kTlsRootNotAFolder, &kPendingPlugins,
    &kSwarmWithLiveRestore, &kPendingDaemonJson,  &kPendingUnitFile};
constexpr const ErrorRow* kAgentFilesRows[] = {
    &kNoEnvironment,    &kEnvironmentUnreadable, &kEnvironmentIncomplete,   &kSettingsMissing,
    &kSettingsTooLarge, &kSettingsNoFile,        &kSettingsUnreadable,      &kNoVmCertificate,
    &kCannotDecrypt,    &kProtectedTooLarge,     &kVmCertificateUnreadable, &kNoSequence};
constexpr const ErrorRow* kEngineRows[] = {
    &kEngineDidNotStart, &kEngineRefused,      &kOptionRefusedAtStart, &kEngineDiskFull,
    &kEngineSilent,      &kEngineStateUnknown, &kEngineAnswerUnknown,  &kExchangeFailed,
    &kSystemdRefused,    &kWorkerNotReady,     &kCannotReloadNow,      &kReloadIgnored,
    &kDropInNotInForce,  &kDropInChanged,      &kStrangerAnswered,     &kOtherCertificate,
    &kStillListening,    &kDeadlinePassed,     &kGaveUpWaiting,        &kAnotherOperation,
    &kWorkerStopped,     &kWorkerKilled,       &kWorkerOutOfMemory,    &kWorkerTimeLimit,
    &kWorkerFailed,      &kLedgerDamaged,      &kLedgerOfLaterVersion, &kLedgerNotText,
    &kRecordDamaged,     &kInternalError};

constexpr const ErrorRow* kEngineSourceRows[] = {&kRepositoryIncomplete, &kRepositoryUnused, &kNotASource, &kNotAVersion, &kNotAChannel, &kNotAUrl, &kNotAKey, &kOpenPgpKeyIsPublic, &kNoCodename, &kVersionNotOffered, &kOtherSource, &kVersionOfOthers, &kWouldDowngrade};

}  // namespace

std::span<const ErrorChapter> ErrorCatalogue() {
  static constexpr std::array kChapters = std::to_array<ErrorChapter>({
      {"machine", kMachineRows},
      {"settings", kSettingsRows},
      {"certificates", kCertificatesRows},
      {"conflicts", kConflictsRows},
      {"engine_source", kEngineSourceRows},
      {"agent_files", kAgentFilesRows},
      {"engine", kEngineRows},
  });
  return kChapters;
}

}  // namespace dockerext
