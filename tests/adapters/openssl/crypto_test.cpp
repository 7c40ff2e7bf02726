// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "handler/adapters/openssl/openssl_crypto.hpp"
#include "handler/base/pem.hpp"
#include "tests/support/test_pki.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;
using testing::Not;

CertificateFacts FactsOf(const CertificateShape& shape) {
  return OpensslCrypto().InspectCertificates(MakePair(shape).certificate)->front();
}

TEST(OpensslCrypto, ReadsTypeAndSizeOfKeys) {
  OpensslCrypto crypto;
  const auto key = [&](const char* kind) { return *crypto.InspectKey(Secret(MakePair({.key = kind}).key)); };
  EXPECT_EQ(key("RSA:1024").kind, KeyFacts::Kind::kRsa);
  EXPECT_EQ(key("RSA:1024").bits, 1024);
  EXPECT_EQ(key("P-256").curve, "P-256");
  EXPECT_EQ(key("P-224").curve, "P-224");
  EXPECT_EQ(key("P-521").curve, "P-521");
  EXPECT_EQ(key("ED25519").kind, KeyFacts::Kind::kEd25519);
}

TEST(OpensslCrypto, ReadsDatesUsagesAndNames) {
  const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1795551480));
  const CertificateFacts server = FactsOf({.now = now, .alternative_names = "DNS:x", .usage = "serverAuth"});
  EXPECT_EQ(server.not_before, now - std::chrono::hours(1));
  EXPECT_EQ(server.not_after, now + std::chrono::hours(24 * 365));
  EXPECT_TRUE(server.has_alternative_names);
  EXPECT_TRUE(server.may_serve);
  EXPECT_FALSE(server.may_be_client);
  EXPECT_FALSE(server.may_issue);
  EXPECT_FALSE(server.signed_with_sha1);
  EXPECT_EQ(server.subject, "CN=test");
}

TEST(OpensslCrypto, ReadsAVersion1CertificateWithSha1AsUsedIn2014) {
  const CertificateFacts version1 = FactsOf({.key = "RSA:1024", .version1 = true, .digest = "SHA1"});
  EXPECT_FALSE(version1.has_alternative_names);
  EXPECT_TRUE(version1.may_serve);
  EXPECT_TRUE(version1.may_be_client);
  EXPECT_TRUE(version1.may_issue);
  EXPECT_TRUE(version1.signed_with_sha1);
}

TEST(OpensslCrypto, DetectsANegativeSerialNumber) {
  EXPECT_TRUE(FactsOf({.serial = -5}).negative_serial);
  EXPECT_FALSE(FactsOf({.serial = 5}).negative_serial);
}

TEST(OpensslCrypto, ReadsAChainWithTextBetweenItsCertificates) {
  const TestPair one = MakePair({.common_name = "one"});
  const TestPair two = MakePair({.common_name = "two"});
  const auto chain =
      OpensslCrypto().InspectCertificates("junk\n" + one.certificate + "more\n" + two.certificate);
  ASSERT_EQ(chain->size(), 2U);
  EXPECT_EQ(chain->at(0).sha256, Sha256OfCertificate(one.certificate));
  EXPECT_EQ(chain->at(1).subject, "CN=two");
}

TEST(OpensslCrypto, RejectsInvalidCertificates) {
  OpensslCrypto crypto;
  const std::string good = MakePair({}).certificate;
  std::string garbled = good;
  garbled.replace(100, 4, "!!!!");
  for (const std::string& pem : {std::string(), std::string("text"), MakePair({}).key, garbled,
                                 good.substr(0, 200), good + good.substr(0, 200)}) {
    EXPECT_EQ(crypto.InspectCertificates(pem).error().code, Code::kInvalidSettings);
  }
}

TEST(OpensslCrypto, RejectsAnEncryptedKeyWithoutAPasswordPrompt) {
  const auto key = OpensslCrypto().InspectKey(Secret(AsEncrypted(MakePair({}).key, "hunter2")));
  EXPECT_THAT(key.error().Message(), HasSubstr("encrypted with a password"));
  EXPECT_THAT(key.error().Message(), Not(HasSubstr("hunter2")));
}

TEST(OpensslCrypto, ReadsTraditionalKeysAndRejectsInvalidOnes) {
  OpensslCrypto crypto;
  EXPECT_TRUE(crypto.InspectKey(Secret(AsTraditional(MakePair({}).key))).ok());
  EXPECT_TRUE(crypto.InspectKey(Secret(AsTraditional(MakePair({.key = "RSA:1024"}).key))).ok());
  EXPECT_FALSE(crypto.InspectKey(Secret(PemText("PRIVATE KEY", "AAAA"))).ok());
}

TEST(OpensslCrypto, FindsTheCertificateOfAKeyInAChain) {
  OpensslCrypto crypto;
  const TestPair one = MakePair({});
  const TestPair two = MakePair({});
  const auto find = [&](const TestPair& pair) {
    return *crypto.FindCertificateOf(Secret(std::string(pair.key)), one.certificate + two.certificate);
  };
  EXPECT_EQ(find(one), std::size_t{0});
  EXPECT_EQ(find(two), std::size_t{1});
  EXPECT_EQ(find(MakePair({})), std::nullopt);
}

TEST(OpensslCrypto, AcceptsAsAClientWhomTheCaOrAnIntermediateOfTheChainIssued) {
  const auto now = std::chrono::system_clock::now();
  const TestPair ca = MakePair({.common_name = "CA", .authority = true});
  const TestPair middle = MakePair({.common_name = "middle", .authority = true}, &ca);
  const TestPair leaf = MakePair({.common_name = "leaf"}, &middle);
  const TestPair server = MakePair({.common_name = "server", .usage = "serverAuth"}, &ca);
  const auto accepts = [&](const std::string& chain, std::chrono::hours later = {}) {
    return OpensslCrypto().VerifyAsClient(chain, ca.certificate, now + later)->is_accepted;
  };
  EXPECT_TRUE(accepts(leaf.certificate + middle.certificate));
  EXPECT_FALSE(accepts(leaf.certificate));
  EXPECT_FALSE(accepts(server.certificate));
  EXPECT_FALSE(accepts(leaf.certificate + middle.certificate, std::chrono::hours(24 * 400)));
}

TEST(OpensslCrypto, AcceptsAClientThatHasTheNameOfItsCaAsIn2014) {
  const auto now = std::chrono::system_clock::now();
  const TestCredentials old = Make2014Credentials(now);
  const auto accepts = [&](const TestPair& ca, std::chrono::hours later = {}) {
    return OpensslCrypto().VerifyAsClient(old.server.certificate, ca.certificate, now + later)->is_accepted;
  };
  EXPECT_TRUE(accepts(old.ca));
  EXPECT_FALSE(accepts(old.ca, std::chrono::hours(24 * 400)));
  EXPECT_FALSE(accepts(Make2014Credentials(now).ca));
}

TEST(OpensslCrypto, NoticesACaOfTheIssuersNameThatDidNotSign) {
  const TestPair ca = MakePair({.common_name = "CA", .authority = true});
  const TestPair again = MakePair({.common_name = "CA", .authority = true});
  const TestPair leaf = MakePair({.common_name = "leaf"}, &ca);
  const auto has_namesake = [&](const std::string& authorities) {
    return OpensslCrypto()
        .VerifyAsClient(leaf.certificate, authorities, std::chrono::system_clock::now())
        ->issuer_has_namesake;
  };
  EXPECT_TRUE(has_namesake(again.certificate));
  EXPECT_FALSE(has_namesake(again.certificate + ca.certificate));
  EXPECT_FALSE(has_namesake(MakePair({.common_name = "other", .authority = true}).certificate));
}

TEST(OpensslCrypto, Sha256ReturnsLowerCaseHex) {
  EXPECT_EQ(OpensslCrypto().Sha256("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(OpensslCrypto, ACertificateUnderADamagedLabelIsAnErrorThatNamesIt) {
  const std::string good = MakePair({.common_name = "one"}).certificate;
  std::string begin = MakePair({.common_name = "two"}).certificate;
  begin.replace(begin.find("CERTIFICATE"), 11, "CERTIFIC!TE");
  std::string both = begin;
  both.replace(both.rfind("CERTIFICATE"), 11, "CERTIFIC!TE");
  for (const std::string& damaged : {begin, both}) {
    OpensslCrypto crypto;
    const auto read = crypto.InspectCertificates(good + damaged);
    ASSERT_FALSE(read.ok());
    EXPECT_THAT(read.error().what, testing::HasSubstr("certificate 2 of 2"));
  }
}

TEST(OpensslCrypto, ADateThatTheClockCannotHoldStaysInOrder) {
  const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1795551480));
  const CertificateFacts long_lived = FactsOf({.now = now, .ends = std::chrono::hours(24 * 365 * 1000)});
  EXPECT_EQ(long_lived.not_after, kAfterAllClocks);
  EXPECT_GT(long_lived.not_after, now);
  const CertificateFacts old = FactsOf({.now = now, .begins = -std::chrono::hours(24 * 365 * 500)});
  EXPECT_EQ(old.not_before, kBeforeAllClocks);
  EXPECT_LT(old.not_before, now);
}

TEST(OpensslCrypto, AKeyOfWhichACharacterIsAnotherOneIsAnError) {
  for (const char* kind : {"RSA:2048", "P-256", "P-384", "P-521"}) {
    OpensslCrypto crypto;
    const std::string key = AsTraditional(MakePair({.key = kind}).key);
    EXPECT_TRUE(crypto.InspectKey(Secret(std::string(key))).ok()) << kind;
    std::string damaged = key;
    char& character = damaged[damaged.find('\n') + 30];
    character = character == 'A' ? 'B' : 'A';
    const auto read = crypto.InspectKey(Secret(std::move(damaged)));
    ASSERT_FALSE(read.ok()) << kind;
    EXPECT_THAT(read.error().what, HasSubstr("damaged")) << kind;
  }
}

TEST(OpensslCrypto, AKeyOfOpensshIsNamed) {
  const auto read = OpensslCrypto().InspectKey(Secret(PemText("OPENSSH PRIVATE KEY", "AAAA")));
  EXPECT_THAT(read.error().Message(), HasSubstr("ssh-keygen -p -m PEM -f FILE"));
}

}  // namespace
}  // namespace dockerext
