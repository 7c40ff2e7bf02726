// SPDX-License-Identifier: MIT
// Errors of the settings' form and content (53); each follows its JSON path.
#pragma once

#include "handler/errors/error_row.hpp"

namespace dockerext::errors {

constexpr ErrorRow OfSettings(std::string_view what, std::string_view remedy, std::string_view cause) {
  return {Code::kInvalidSettings, Owner::kSettingsAuthor, kItsJsonPath, what, remedy, cause};
}

inline constexpr ErrorRow kNotJson =
    OfSettings("is not valid JSON (line {0}, column {1})", "correct it at that place", "a syntax error");
inline constexpr ErrorRow kNotUtf8 =
    OfSettings("is not UTF-8 (line {0}, column {1})", "save it as UTF-8", "another encoding");
inline constexpr ErrorRow kUtf16 = OfSettings(
    "is UTF-16 text", "save it as UTF-8 (PowerShell: -Encoding utf8)", "a file that PowerShell's `>` wrote");
inline constexpr ErrorRow kEmptyDocument =
    OfSettings("has nothing in its file", "write {...} with the settings, or {} for none of this kind",
               "`validate` alone: a failed command whose output was to be the file");
inline constexpr ErrorRow kTooDeep =
    OfSettings("is nested more than {0} levels deep", "remove the nesting", "nested too deep");
inline constexpr ErrorRow kKeyTwice =
    OfSettings("has {0} more than once", "keep one of them", "a key stands twice");
inline constexpr ErrorRow kNumberTooLarge =
    OfSettings("has a number that is too large{0}", "correct it", "a number beyond 64 bits");
inline constexpr ErrorRow kNotAnObjectAtTop = OfSettings(
    "must be a JSON object, but is {0}", "write {...} around the settings", "a list or string at the top");
inline constexpr ErrorRow kNotAString =
    OfSettings("must be a string, but is {0}", "give it as one string", "wrong type");
inline constexpr ErrorRow kNotAnObject =
    OfSettings("must be an object, but is {0}", "write {...}", "wrong type");
inline constexpr ErrorRow kNotAList = OfSettings("must be a list of strings, but is {0}",
                                                 "write [\"--name=value\"]", "`options` as one string");
inline constexpr ErrorRow kNotABoolean =
    OfSettings("must be true or false, but is {0}", "write true or false", "`installonly` has another value");
inline constexpr ErrorRow kNotAPort =
    OfSettings("must be a whole number from 1 to 65535 (the default is 4243), but is {0}",
               "write such a number, or a string of its digits", "no port number");
inline constexpr ErrorRow kNotAPolicy =
    OfSettings("must be one of auto, keep, configuration and packages, but is {0}", "write one of these",
               "`uninstallPolicy`");
inline constexpr ErrorRow kNotSupported =
    OfSettings("is not supported by this version of the extension", "remove it",
               "`compose`, `composeup` or `login`; see [Migration](migration.md)");

inline constexpr ErrorRow kTwoPorts =
    OfSettings("contradicts publicSettings.dockerport ({0} and {1})", "keep one of them", "two ports");
inline constexpr ErrorRow kTwoSets =
    OfSettings("contradicts protectedSettings.ca, server-cert and server-key", "keep one of the two sets",
               "certificates of both generations of settings");
inline constexpr ErrorRow kOtherSpelling =
    OfSettings("is not a known setting, since capitals and dashes count", "write {0}",
               "a key in another spelling, as PowerShell's hash tables have them");
inline constexpr ErrorRow kBlankInName =
    OfSettings("is not a known setting, since a blank in a name counts", "write {0}", "`\" port\"`");
inline constexpr ErrorRow kOtherName = OfSettings("is not a known setting, and {0} is missing", "write {0}",
                                                  "`certificate`, `server-cert`, `ca.pem`... in `certs`");
inline constexpr ErrorRow kDottedName =
    OfSettings("is one name with a dot in it, which is not a known setting", R"(write "{0}": {"{1}": ...})",
               "`\"docker.port\"` as a key");
inline constexpr ErrorRow kWrapped = OfSettings(
    "is not a known setting but stands around settings, so nothing inside it is read",
    "send what is inside it, without {0}",
    R"(a whole document (`{"publicSettings": {...}}`, `{"settings": {...}}`) in place of its part)");
inline constexpr ErrorRow kOtherPlace = OfSettings("is not a known setting at this place", "move it to {0}",
                                                   "`port` beside `docker`, `key` beside `certs`");
inline constexpr ErrorRow kProtectedInPublic = OfSettings(
    "is a protected setting, and in the public ones everybody who may read the VM's model can read it",
    "send it in protectedSettings, with a new key or password in place of one that stood here",
    "`certs`, `ca`, `server-key`, `login`... in the public settings");
inline constexpr ErrorRow kPublicInProtected =
    OfSettings("is a public setting, which is not read here", "send it in publicSettings",
               "`docker`, `dockerport`... in the protected settings");
inline constexpr ErrorRow kKeyIsPublic =
    OfSettings("holds a private key, which is public now (everybody who may read the VM's model can read it)",
               "replace the key and its certificate by new ones, and send them in protectedSettings.certs",
               "a key in the public settings, wherever it stands; where the key was a CA's, a new CA");
inline constexpr ErrorRow kCertificateInPublic =
    OfSettings("holds a certificate, which is not read here", "send it in protectedSettings.certs",
               "a certificate in the public settings");

inline constexpr ErrorRow kPartMissing =
    OfSettings("is missing", "CA, server certificate and server key are needed together: send all three",
               "one or two of the three were sent");
inline constexpr ErrorRow kPemEmpty =
    OfSettings("is empty", "it must be PEM, or base64 of PEM", "an empty value");
inline constexpr ErrorRow kPemOfUtf16 =
    OfSettings("is base64 of UTF-16 text, which dockerd does not read",
               "save the file as ASCII (PowerShell: -Encoding ascii)", "a file that PowerShell wrote");
inline constexpr ErrorRow kPemIsPkcs12 =
    OfSettings("is PKCS#12, which dockerd does not read",
               "take the PEM out of it (openssl pkcs12 -in FILE -nodes) and send certificate and key apart",
               "a .pfx or .p12 file");
inline constexpr ErrorRow kPemIsPkcs7 = OfSettings(
    "is PKCS#7 in binary form, which dockerd does not read",
    "take the PEM out of it (openssl pkcs7 -inform DER -print_certs -in FILE)", "a .p7b or .p7c file");
inline constexpr ErrorRow kPemIsDer = OfSettings(
    "is DER, which dockerd does not read",
    "convert it to PEM (openssl x509 -inform DER -in FILE, or openssl pkey -inform DER -in FILE for a key)",
    "a .cer, .crt or .der file in binary form");
inline constexpr ErrorRow kPemTwice = OfSettings("is base64 of base64 of PEM", "encode it once",
                                                 "a pipeline that encodes what is encoded already");
inline constexpr ErrorRow kPemUrlEncoded =
    OfSettings("is URL-encoded", "send it decoded: with +, / and line ends in place of %2B, %2F and %0A",
               "a text that came out of a URL or a form");
inline constexpr ErrorRow kPemOtherCase =
    OfSettings("is PEM with BEGIN in small letters, which dockerd does not read",
               "send it as its tool wrote it", "a tool that changed the case of letters");
inline constexpr ErrorRow kNoPem = OfSettings("is neither PEM (-----BEGIN ...) nor base64 of PEM",
                                              "send it again, whole", "a file name, or a cut text");
inline constexpr ErrorRow kKeyAmongCertificates =
    OfSettings("holds a private key beside the certificate, where it would be readable by everyone",
               "send only the certificate", "certificate and key in one file");
inline constexpr ErrorRow kKeyInPlaceOfCertificate =
    OfSettings("holds a private key and no certificate, where it would be readable by everyone",
               "send the certificate", "the key's file in place of the certificate's");
inline constexpr ErrorRow kKeyExchanged =
    OfSettings("holds the private key, and {0} a certificate", "exchange the two",
               "`key` and `cert`, or `key` and `ca`, exchanged");

// Elements of docker.options.
inline constexpr ErrorRow kNotAnOption =
    OfSettings("must be one dockerd option written --name or --name=value", "write it so, or remove it",
               "a word that is neither an option nor the value of one");
inline constexpr ErrorRow kOptionNeedsValue = OfSettings(
    "{0} needs a value", "write {0}=VALUE", "an option at the end of the list, or before another one");
inline constexpr ErrorRow kOptionValueApart =
    OfSettings("{0} takes its value only behind an equals sign", "write {0}={1}",
               "`--userland-proxy` and `false` as two elements");
inline constexpr ErrorRow kOptionOneDash =
    OfSettings("has one dash, with which dockerd reads it as short options", "write --{0}", "`-log-driver`");
inline constexpr ErrorRow kOptionControlCharacter =
    OfSettings("holds a control character", "remove it", "a line end or tab in an option");
inline constexpr ErrorRow kOptionNoncharacter = OfSettings(
    "holds a Unicode noncharacter (U+FFFE, U+FDD0 or their kind), with which systemd does not load "
    "docker.service",
    "remove it", "a damaged text");
inline constexpr ErrorRow kOptionsTooLong =
    OfSettings("makes the options longer than 128 KiB together, which no command line can hold",
               "remove some, or set them in /etc/docker/daemon.json", "many or long options");

// Options that the extension sets, or that would open the engine to others; {0} is the option.
inline constexpr ErrorRow kOptionListens =
    OfSettings("{0} adds a listener", "set docker.port instead", "`-H`, `--host`");
inline constexpr ErrorRow kOptionIsSet =
    OfSettings("{0} is set by the extension", "remove it", "`--tls`, `--tlsverify`");
inline constexpr ErrorRow kOptionSetsCa =
    OfSettings("{0} is set by the extension to the CA of the settings",
               "send the certificate in protectedSettings.certs.ca", "`--tlscacert`");
inline constexpr ErrorRow kOptionSetsCertificate =
    OfSettings("{0} is set by the extension to the certificate of the settings",
               "send the certificate in protectedSettings.certs.cert", "`--tlscert`");
inline constexpr ErrorRow kOptionSetsKey =
    OfSettings("{0} is set by the extension to the key of the settings",
               "send the key in protectedSettings.certs.key", "`--tlskey`");
inline constexpr ErrorRow kOptionOpensPort =
    OfSettings("{0} opens a TCP port without TLS", "set it in /etc/docker/daemon.json if you want it",
               "`--metrics-addr`");
inline constexpr ErrorRow kOptionOpensDiagnostics =
    OfSettings("{0} opens a TCP port without TLS, which changes networks for whoever reaches it", "remove it",
               "`--network-diagnostic-port`");
inline constexpr ErrorRow kOptionLetsPagesIn =
    OfSettings("{0} lets web pages of other sites use the API with the certificate of whoever looks at them",
               "remove it", "`--api-cors-header`, `--api-enable-cors`");
inline constexpr ErrorRow kOptionHidesFile =
    OfSettings("{0} would hide /etc/docker/daemon.json", "put the values there instead", "`--config-file`");
inline constexpr ErrorRow kOptionExits =
    OfSettings("{0} makes dockerd exit", "remove it", "`--validate`, `--version`, `--help`");

// What only the VM can tell.
inline constexpr ErrorRow kPortWithoutCertificates{
    Code::kInvalidSettings,
    Owner::kSettingsAuthor,
    "publicSettings.docker.port",
    "publicSettings.docker.port is set, but there are no certificates, and a port is never opened without "
    "them",
    "set protectedSettings.certs.ca, certs.cert and certs.key",
    "a port alone, and no open port whose certificates could be kept"};
inline constexpr ErrorRow kCertificatesUnverified{
    Code::kInvalidSettings,
    Owner::kSettingsAuthor,
    "protectedSettings.certs",
    "the certificates of the open port were never verified on this VM, and the settings contain none, so the "
    "port is closed",
    "set protectedSettings.certs.ca, certs.cert and certs.key",
    "the drop-in remained from an operation that did not finish"};
inline constexpr ErrorRow kTlsSetDamaged{
    Code::kInvalidSettings,
    Owner::kSettingsAuthor,
    "{0}",
    "the TLS files in use, in {0}, are damaged, and the settings contain none",
    "set protectedSettings.certs.ca, certs.cert and certs.key",
    "somebody changed or removed the files"};

}  // namespace dockerext::errors
