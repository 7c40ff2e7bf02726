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
using testing::SizeIs;

const std::chrono::system_clock::time_point kNow{std::chrono::seconds(1795551480)};

CertificateFacts Good() {
  CertificateFacts facts;
  facts.not_before = kNow - hours(24);
  facts.not_after = kNow + hours(24 * 365);
  facts.has_alternative_names = true;
  facts.may_serve = true;
  facts.may_issue = true;
  return facts;
}

TlsFacts GoodSet() { return {{Good()}, {Good()}, {KeyFacts::Kind::kEc, 256, "P-256"}, true}; }

auto Says(TlsPart part, const std::string& text) {
  return Contains(
      testing::AllOf(Field(&TlsFinding::part, part), Field(&TlsFinding::message, HasSubstr(text))));
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
  facts.ca.push_back(Good());
  EXPECT_THAT(ValidateTls(facts, kNow).errors, IsEmpty());
  EXPECT_THAT(ValidateTls(facts, kNow).warnings, Says(TlsPart::kCa, "not in date"));
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
  facts.key_matches = false;
  EXPECT_THAT(ValidateTls(facts, kNow).errors, Says(TlsPart::kKey, "does not match"));
}

TEST(ValidateTls, WhatWorksWithLimitsIsAWarningEach) {
  TlsFacts facts = GoodSet();
  facts.chain[0].has_alternative_names = false;
  facts.chain[0].may_serve = false;
  facts.chain[0].may_be_client = true;
  facts.chain[0].negative_serial = true;
  facts.chain[0].signed_with_sha1 = true;
  facts.chain[0].not_after = kNow + hours(24 * 7);
  facts.ca[0].may_issue = false;
  const TlsFindings found = ValidateTls(facts, kNow);
  EXPECT_THAT(found.errors, IsEmpty());
  EXPECT_THAT(found.warnings, SizeIs(7));
  EXPECT_THAT(found.warnings, Says(TlsPart::kCertificate, "no subject alternative name"));
  EXPECT_THAT(found.warnings, Says(TlsPart::kCertificate, "SHA-1"));
}

}  // namespace
}  // namespace dockerext
