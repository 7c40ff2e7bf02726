// SPDX-License-Identifier: MIT
#include "handler/docker/tls_rules.hpp"

#include <gmock/gmock.h>

namespace dockerext {
namespace {

using std::chrono::hours;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Property;
using testing::SizeIs;

const std::chrono::system_clock::time_point kNow{std::chrono::seconds(1795551480)};

CertificateFacts Good() {
  CertificateFacts facts;
  facts.not_before = kNow - hours(24);
  facts.not_after = kNow + hours(24 * 365);
  facts.has_alternative_names = true;
  facts.key = {KeyFacts::Kind::kEc, 256, "P-256"};
  facts.may_serve = true;
  return facts;
}

CertificateFacts GoodCa(const std::string& name = "CN=CA") {
  CertificateFacts facts = Good();
  facts.subject = facts.issuer = facts.sha256 = name;
  facts.is_authority = facts.may_issue = facts.may_be_client = true;
  return facts;
}

TlsFacts GoodSet() { return {{GoodCa()}, {Good()}, {KeyFacts::Kind::kEc, 256, "P-256"}, 0, {}, {}}; }

auto Says(TlsPart part, const std::string& text) {
  return Contains(
      testing::AllOf(Field(&TlsFinding::part, part), Property(&TlsFinding::Message, HasSubstr(text))));
}

TEST(ValidateTls, AModernSetHasNoFindings) {
  const TlsFindings found = ValidateTls(GoodSet(), kNow);
  EXPECT_THAT(found.errors, IsEmpty());
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST(ValidateTls, ExpiredAndNotYetValidAreErrorsWithTheirDates) {
  TlsFacts expired = GoodSet();
  expired.chain[0].not_after = kNow - hours(24);
  EXPECT_THAT(ValidateTls(expired, kNow).errors, Says(TlsPart::kCertificate, "expired on 2026-11-23"));
  TlsFacts early = GoodSet();
  early.chain[0].not_before = kNow + hours(24);
  EXPECT_THAT(ValidateTls(early, kNow).errors, Says(TlsPart::kCertificate, "not valid before 2026-11-25"));
}

TEST(ValidateTls, AnExpiredCaIsAnErrorUnlessAnotherOneIsInDate) {
  TlsFacts facts = GoodSet();
  facts.ca[0].not_after = kNow - hours(24);
  EXPECT_THAT(ValidateTls(facts, kNow).errors, Says(TlsPart::kCa, "expired"));
  facts.ca.push_back(GoodCa("CN=new CA"));
  EXPECT_THAT(ValidateTls(facts, kNow).errors, IsEmpty());
  EXPECT_THAT(ValidateTls(facts, kNow).warnings,
              Says(TlsPart::kCa, "CA certificate 1 of 2 (CN=CA) is not in date"));
}

TEST(ValidateTls, KeysWithWhichNoHandshakeSucceedsAreErrors) {
  for (const KeyFacts& key :
       {KeyFacts{KeyFacts::Kind::kRsa, 512, ""}, KeyFacts{KeyFacts::Kind::kRsa, 16384, ""},
        KeyFacts{KeyFacts::Kind::kEc, 224, "P-224"}, KeyFacts{KeyFacts::Kind::kOther, 0, ""}}) {
    TlsFacts facts = GoodSet();
    facts.key = key;
    EXPECT_THAT(ValidateTls(facts, kNow).errors, Says(TlsPart::kKey, "no TLS handshake succeeds"));
  }
}

TEST(ValidateTls, OldRsa1024IsAWarning) {
  TlsFacts facts = GoodSet();
  facts.key = {KeyFacts::Kind::kRsa, 1024, ""};
  EXPECT_THAT(ValidateTls(facts, kNow).errors, IsEmpty());
  EXPECT_THAT(ValidateTls(facts, kNow).warnings, Says(TlsPart::kKey, "weak"));
}

TEST(ValidateTls, AKeyOfAnotherCertificateIsAnError) {
  TlsFacts facts = GoodSet();
  facts.key_of = std::nullopt;
  EXPECT_THAT(ValidateTls(facts, kNow).errors, Says(TlsPart::kKey, "does not match"));
}

TEST(ValidateTls, WhatWorksWithLimitsIsAWarningEach) {
  TlsFacts facts = GoodSet();
  facts.chain[0].has_alternative_names = false;
  facts.chain[0].may_serve = false;
  facts.own_pair.is_accepted = true;
  facts.chain[0].negative_serial = true;
  facts.chain[0].signed_with_sha1 = true;
  facts.chain[0].not_after = kNow + hours(24 * 7);
  facts.ca[0].is_authority = facts.ca[0].may_issue =
      false;  // a client that shows this very certificate is accepted
  const TlsFindings found = ValidateTls(facts, kNow);
  EXPECT_THAT(found.errors, IsEmpty());
  EXPECT_THAT(found.warnings, SizeIs(7));
  EXPECT_THAT(found.warnings, Says(TlsPart::kCertificate, "no DNS name and no IP address"));
  EXPECT_THAT(found.warnings, Says(TlsPart::kCertificate, "SHA-1"));
}

TEST(ValidateTls, AServerOfAnotherCaThanTheClientsIsNoFinding) {
  TlsFacts facts = GoodSet();
  facts.chain[0].may_be_client = true;  // its usage allows it; the CA did not issue it
  facts.chain[0].issuer = "CN=other CA";
  const TlsFindings found = ValidateTls(facts, kNow);
  EXPECT_THAT(found.errors, IsEmpty());
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST(ValidateTls, EachWrongChainHasItsOwnSentence) {
  TlsFacts facts = GoodSet();
  facts.chain = {GoodCa("CN=middle"), Good()};
  facts.key_of = 1;
  EXPECT_THAT(ValidateTls(facts, kNow).errors,
              Says(TlsPart::kCertificate, "the chain is in the wrong order"));
  facts.chain = {Good(), GoodCa("CN=middle")};
  facts.chain[0].issuer = "CN=middle";
  EXPECT_THAT(ValidateTls(facts, kNow).errors, Says(TlsPart::kKey, "certificate 2 of 2 (CN=middle), a CA"));
  facts.chain = {GoodCa("CN=middle")};
  facts.key_of = std::nullopt;
  EXPECT_THAT(ValidateTls(facts, kNow).errors, Says(TlsPart::kCertificate, "is missing; put it first"));
  facts.chain = {Good(), GoodCa("CN=root"), GoodCa("CN=middle")};
  facts.chain[0].issuer = "CN=middle";
  facts.key_of = 0;
  EXPECT_THAT(ValidateTls(facts, kNow).errors, IsEmpty());
  EXPECT_THAT(ValidateTls(facts, kNow).warnings,
              Says(TlsPart::kCertificate, "certificate 2 of 3 (CN=root) did not issue the one before it"));
}

TEST(ValidateTls, TheClientsPairInPlaceOfTheServersIsNamed) {
  TlsFacts facts = GoodSet();
  facts.chain[0].may_serve = false;
  facts.chain[0].may_be_client = true;
  EXPECT_THAT(ValidateTls(facts, kNow).warnings,
              Says(TlsPart::kCertificate, "the certificate is a client's"));
}

TEST(ValidateTls, AServerThatIsItsOwnCaIsNamed) {
  TlsFacts facts = GoodSet();
  facts.chain = facts.ca;
  EXPECT_THAT(ValidateTls(facts, kNow).warnings, Says(TlsPart::kCertificate, "is itself the CA"));
}

TEST(ValidateTls, AWeakCaIsAnErrorAmongOthersToo) {
  TlsFacts facts = GoodSet();
  facts.ca.push_back(GoodCa("CN=old"));
  facts.ca[1].key = {KeyFacts::Kind::kRsa, 512, ""};
  EXPECT_THAT(ValidateTls(facts, kNow).errors,
              Says(TlsPart::kCa, "CA certificate 2 of 2 (CN=old) has a key of RSA 512"));
  facts.ca[1].key.bits = 1024;
  EXPECT_THAT(ValidateTls(facts, kNow).errors, IsEmpty());
  EXPECT_THAT(ValidateTls(facts, kNow).warnings, Says(TlsPart::kCa, "RSA 1024"));
  facts.ca[1].key.bits = 2048;
  EXPECT_THAT(ValidateTls(facts, kNow).warnings, IsEmpty());
  facts.ca[1].signed_with_md5 = true;
  EXPECT_THAT(ValidateTls(facts, kNow).errors, Says(TlsPart::kCa, "MD5"));
}

TEST(ValidateTls, ACaThatLetsNobodyInIsAnErrorUnlessAnotherOneDoes) {
  const auto spoil = [](void (*change)(CertificateFacts&)) {
    TlsFacts facts = GoodSet();
    change(facts.ca[0]);
    return facts;
  };
  for (TlsFacts facts : {spoil([](CertificateFacts& ca) { ca.key.kind = KeyFacts::Kind::kOther; }),
                         spoil([](CertificateFacts& ca) { ca.unknown_critical_extension = true; }),
                         spoil([](CertificateFacts& ca) { ca.may_issue = false; }),
                         spoil([](CertificateFacts& ca) { ca.may_be_client = false; })}) {
    EXPECT_THAT(ValidateTls(facts, kNow).errors, Says(TlsPart::kCa, "lets no client in"));
    facts.ca.push_back(GoodCa("CN=new"));
    EXPECT_THAT(ValidateTls(facts, kNow).errors, IsEmpty());
    EXPECT_THAT(ValidateTls(facts, kNow).warnings, Says(TlsPart::kCa, "lets no client in"));
  }
}

TEST(ValidateTls, APublicCaIsAnError) {
  TlsFacts facts = GoodSet();
  facts.ca.push_back(GoodCa("CN=public"));
  facts.public_authorities = {"CN=another"};
  EXPECT_THAT(ValidateTls(facts, kNow).errors, IsEmpty());
  facts.public_authorities = {"CN=public"};
  EXPECT_THAT(ValidateTls(facts, kNow).errors,
              Says(TlsPart::kCa, "certificate 2 of 2 (CN=public): a public CA"));
  facts.public_authorities = {"CN=public", "CN=CA"};
  EXPECT_THAT(ValidateTls(facts, kNow).errors, Says(TlsPart::kCa, "(CN=CA) and 1 more"));
}

TEST(ValidateTls, ACaThatWasCreatedAnewIsNamed) {
  TlsFacts facts = GoodSet();
  facts.own_pair.issuer_has_namesake = true;
  EXPECT_THAT(ValidateTls(facts, kNow).warnings, Says(TlsPart::kCa, "probably created anew"));
}

TEST(ValidateTls, ADateThatNoClockHoldsIsInOrderAndNotPrintedAsADay) {
  TlsFacts facts = GoodSet();
  facts.chain[0].not_before = kBeforeAllClocks;
  facts.chain[0].not_after = kAfterAllClocks;
  EXPECT_THAT(ValidateTls(facts, kNow).errors, IsEmpty());
  EXPECT_THAT(ValidateTls(facts, kNow).warnings, IsEmpty());
  EXPECT_EQ(FindingsChangeAt(facts.chain, kNow), kAfterAllClocks - kExpiresSoon);
  facts.chain[0].not_after = kBeforeAllClocks;
  EXPECT_THAT(ValidateTls(facts, kNow).errors,
              Says(TlsPart::kCertificate, "expired on a day before 1677-09-21"));
  EXPECT_EQ(FindingsChangeAt(facts.chain, kNow), std::chrono::system_clock::time_point::max());
  facts.chain[0].not_before = kAfterAllClocks;
  facts.chain[0].not_after = kAfterAllClocks;
  EXPECT_THAT(ValidateTls(facts, kNow).errors,
              Says(TlsPart::kCertificate, "not valid before a day after 2262-04-11;"));
}

TEST(ValidateTls, TheSecondCaWithAnUnknownCriticalExtensionIsAWarning) {
  TlsFacts facts = GoodSet();
  facts.ca.push_back(GoodCa("CN=second"));
  facts.ca[1].unknown_critical_extension = true;
  EXPECT_THAT(ValidateTls(facts, kNow).errors, IsEmpty());
  EXPECT_THAT(ValidateTls(facts, kNow).warnings,
              Says(TlsPart::kCa, "CA certificate 2 of 2 (CN=second) lets no client in: it has a critical"));
}

TEST(ValidateTls, AChainInPlaceOfTheCaIsToldAsExchanged) {
  TlsFacts facts = GoodSet();
  facts.chain = {GoodCa("CN=root")};
  facts.ca = {Good(), GoodCa("CN=middle")};
  facts.ca[1].issuer = "CN=root";
  facts.key_of = std::nullopt;
  facts.key_of_ca = 0;
  EXPECT_THAT(ValidateTls(facts, kNow).errors, Says(TlsPart::kCa, "exchange the two"));
}

}  // namespace
}  // namespace dockerext
