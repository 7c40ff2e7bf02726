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

constexpr const ErrorRow* kMachineRows[] = {
    &errors::kUnsupportedDistro,  &errors::kNoOsRelease,        &errors::kNoSystemd,
    &errors::kSystemdUnreachable, &errors::kUnitCannotBeLoaded, &errors::kUnitRunsShell,
    &errors::kUnitMasked,         &errors::kRequirementMissing, &errors::kIsSnap,
    &errors::kWouldRemove,        &errors::kIncompleteDocker,   &errors::kNoPackageManager,
    &errors::kNoExecStart,        &errors::kPackagesDiskFull,   &errors::kPackagesUnreachable,
    &errors::kPackagesNotOffered, &errors::kPackagesSignature,  &errors::kPackagesConflict,
    &errors::kPackagesOlder,      &errors::kPackagesBroken,     &errors::kPackagesKilled,
    &errors::kPackagesOther,      &errors::kPackagesLocked,     &errors::kAbsent,
    &errors::kBelowAFile,         &errors::kDiskFull,           &errors::kReadOnly,
    &errors::kNotPermitted,       &errors::kNotExecutable,      &errors::kDiskError,
    &errors::kOutOfResources,     &errors::kPathUnusable,       &errors::kFileInTheWay,
    &errors::kFileTooLarge,       &errors::kNotAFolder,         &errors::kCannotLog,
    &errors::kCommandTimeout};
constexpr const ErrorRow* kSettingsRows[] = {&errors::kNotJson,
                                             &errors::kNotUtf8,
                                             &errors::kUtf16,
                                             &errors::kEmptyDocument,
                                             &errors::kTooDeep,
                                             &errors::kKeyTwice,
                                             &errors::kNumberTooLarge,
                                             &errors::kNotAnObjectAtTop,
                                             &errors::kNotAString,
                                             &errors::kNotAnObject,
                                             &errors::kNotAList,
                                             &errors::kNotABoolean,
                                             &errors::kNotAPort,
                                             &errors::kNotAPolicy,
                                             &errors::kNotSupported,
                                             &errors::kTwoPorts,
                                             &errors::kTwoSets,
                                             &errors::kOtherSpelling,
                                             &errors::kBlankInName,
                                             &errors::kOtherName,
                                             &errors::kDottedName,
                                             &errors::kWrapped,
                                             &errors::kOtherPlace,
                                             &errors::kProtectedInPublic,
                                             &errors::kPublicInProtected,
                                             &errors::kKeyIsPublic,
                                             &errors::kCertificateInPublic,
                                             &errors::kPartMissing,
                                             &errors::kPemEmpty,
                                             &errors::kPemOfUtf16,
                                             &errors::kPemIsPkcs12,
                                             &errors::kPemIsPkcs7,
                                             &errors::kPemIsDer,
                                             &errors::kPemTwice,
                                             &errors::kPemUrlEncoded,
                                             &errors::kPemOtherCase,
                                             &errors::kNoPem,
                                             &errors::kKeyAmongCertificates,
                                             &errors::kKeyInPlaceOfCertificate,
                                             &errors::kKeyExchanged,
                                             &errors::kNotAnOption,
                                             &errors::kOptionNeedsValue,
                                             &errors::kOptionValueApart,
                                             &errors::kOptionOneDash,
                                             &errors::kOptionControlCharacter,
                                             &errors::kOptionNoncharacter,
                                             &errors::kOptionsTooLong,
                                             &errors::kOptionListens,
                                             &errors::kOptionIsSet,
                                             &errors::kOptionSetsCa,
                                             &errors::kOptionSetsCertificate,
                                             &errors::kOptionSetsKey,
                                             &errors::kOptionOpensPort,
                                             &errors::kOptionOpensDiagnostics,
                                             &errors::kOptionLetsPagesIn,
                                             &errors::kOptionHidesFile,
                                             &errors::kOptionExits,
                                             &errors::kPortWithoutCertificates,
                                             &errors::kCertificatesUnverified,
                                             &errors::kTlsSetDamaged};
constexpr const ErrorRow* kCertificatesRows[] = {&errors::kCertificateUnreadable,
                                                 &errors::kCertificateRefused,
                                                 &errors::kBlockLost,
                                                 &errors::kNoCertificate,
                                                 &errors::kRevocationList,
                                                 &errors::kKeyEncrypted,
                                                 &errors::kKeyCurveUnnamed,
                                                 &errors::kKeyIsOpenssh,
                                                 &errors::kKeyDamaged,
                                                 &errors::kNoKey,
                                                 &errors::kKeyUnusable,
                                                 &errors::kSwapped,
                                                 &errors::kKeyOfCa,
                                                 &errors::kChainOrder,
                                                 &errors::kServerCertificateMissing,
                                                 &errors::kKeyOfNone,
                                                 &errors::kCaKeyWeak,
                                                 &errors::kCaMd5,
                                                 &errors::kLocksOut,
                                                 &errors::kPublicCa,
                                                 &errors::kExpired,
                                                 &errors::kNotYetValid};
constexpr const ErrorRow* kConflictsRows[] = {
    &errors::kManagedKey,      &errors::kOptionInDaemonJson,   &errors::kOptionInUnit,
    &errors::kUnitListens,     &errors::kUnitSetsTls,          &errors::kSocketListens,
    &errors::kLaterDropIn,     &errors::kApiListener,          &errors::kPortInUse,
    &errors::kRejected,        &errors::kMachineRejected,      &errors::kDaemonJsonInvalid,
    &errors::kDanglingSymlink, &errors::kNotARegularFile,      &errors::kTlsRootNotAFolder,
    &errors::kPendingPlugins,  &errors::kSwarmWithLiveRestore, &errors::kPendingDaemonJson,
    &errors::kPendingUnitFile};
constexpr const ErrorRow* kAgentFilesRows[] = {
    &errors::kNoEnvironment,      &errors::kEnvironmentUnreadable,   &errors::kEnvironmentIncomplete,
    &errors::kSettingsMissing,    &errors::kSettingsTooLarge,        &errors::kSettingsNoFile,
    &errors::kSettingsUnreadable, &errors::kNoVmCertificate,         &errors::kCannotDecrypt,
    &errors::kProtectedTooLarge,  &errors::kVmCertificateUnreadable, &errors::kNoSequence};
constexpr const ErrorRow* kEngineRows[] = {
    &errors::kEngineDidNotStart,    &errors::kEngineRefused,          &errors::kOptionsRefusedAtRestart,
    &errors::kOptionRefusedAtStart, &errors::kMaterialRefusedAtStart, &errors::kUnitLineRefused,
    &errors::kEngineDiskFull,       &errors::kEngineSilent,           &errors::kEngineStateUnknown,
    &errors::kEngineAnswerUnknown,  &errors::kExchangeFailed,         &errors::kSystemdRefused,
    &errors::kWorkerNotReady,       &errors::kCannotReloadNow,        &errors::kReloadIgnored,
    &errors::kDropInNotInForce,     &errors::kDropInChanged,          &errors::kStrangerAnswered,
    &errors::kOtherCertificate,     &errors::kStillListening,         &errors::kDeadlinePassed,
    &errors::kGaveUpWaiting,        &errors::kAnotherOperation,       &errors::kWorkerStopped,
    &errors::kWorkerKilled,         &errors::kWorkerOutOfMemory,      &errors::kWorkerTimeLimit,
    &errors::kWorkerFailed,         &errors::kLedgerDamaged,          &errors::kLedgerOfLaterVersion,
    &errors::kLedgerNotText,        &errors::kRecordDamaged,          &errors::kInternalError};

constexpr const ErrorRow* kEngineSourceRows[] = {&errors::kRepositoryIncomplete,
                                                 &errors::kRepositoryUnused,
                                                 &errors::kNotASource,
                                                 &errors::kNotAVersion,
                                                 &errors::kNotAChannel,
                                                 &errors::kNotAUrl,
                                                 &errors::kNotAKey,
                                                 &errors::kOpenPgpKeyIsPublic,
                                                 &errors::kNoCodename,
                                                 &errors::kRpmKey,
                                                 &errors::kNoUpstream,
                                                 &errors::kNoneOfDistribution,
                                                 &errors::kVersionNotOffered,
                                                 &errors::kOtherSource,
                                                 &errors::kVersionOfOthers,
                                                 &errors::kWouldDowngrade,
                                                 &errors::kNotInRepository,
                                                 &errors::kRepositoryNotRead,
                                                 &errors::kRepositoryKeyDiffers,
                                                 &errors::kNobodyOffersDocker,
                                                 &errors::kWouldDowngradeOthers};

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
