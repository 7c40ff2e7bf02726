// SPDX-License-Identifier: MIT
#include "tests/sim/contract/envelope.hpp"

#include <openssl/cms.h>

#include "handler/base/text.hpp"
#include "tests/support/sim_fixtures.hpp"

namespace dockerext::contract {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Envelope : public FolderTest, public testing::WithParamInterface<Cipher> {};

TEST_P(Envelope, IsDecryptedWithTheFilesThatTheHandlerReads) {
  ASSERT_OK(MakeFolder(Path("lib"), 0700_mode));
  const auto made = FindOrMakeTenantKey(Path("lib"));
  ASSERT_OK(made);
  const auto sealed = Seal(made->certificate.get(), Secret(std::string(R"({"key":"s3cret"})")), GetParam());
  ASSERT_OK(sealed);
  EXPECT_EQ(sealed->find('\n'), std::string::npos);
  const auto read = LoadTenantKey(Path("lib"), made->thumbprint);
  ASSERT_OK(read);
  const auto opened = Unseal(*sealed, *read);
  ASSERT_OK(opened);
  EXPECT_EQ(opened->Reveal(), R"({"key":"s3cret"})");
}

TEST_P(Envelope, HasOneRsaRecipientIdentifiedByIssuerAndSerial) {
  ASSERT_OK(MakeFolder(Path("lib"), 0700_mode));
  const auto tenant = FindOrMakeTenantKey(Path("lib"));
  ASSERT_OK(tenant);
  const auto sealed = Seal(tenant->certificate.get(), Secret(std::string("{}")), GetParam());
  ASSERT_OK(sealed);
  const std::string der = *DecodeBase64(*sealed);
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const Handle<CMS_ContentInfo, CMS_ContentInfo_free> cms(
      d2i_CMS_ContentInfo(nullptr, &bytes, static_cast<long>(der.size())));
  ASSERT_TRUE(cms);
  EXPECT_EQ(OBJ_obj2nid(CMS_get0_type(cms.get())), NID_pkcs7_enveloped);
  STACK_OF(CMS_RecipientInfo)* recipients = CMS_get0_RecipientInfos(cms.get());
  ASSERT_EQ(sk_CMS_RecipientInfo_num(recipients), 1);
  CMS_RecipientInfo* recipient = sk_CMS_RecipientInfo_value(recipients, 0);
  ASSERT_EQ(CMS_RecipientInfo_type(recipient), CMS_RECIPINFO_TRANS);
  EXPECT_EQ(CMS_RecipientInfo_ktri_cert_cmp(recipient, tenant->certificate.get()), 0);
  X509_ALGOR* algorithm = nullptr;
  CMS_RecipientInfo_ktri_get0_algs(recipient, nullptr, nullptr, &algorithm);
  EXPECT_EQ(OBJ_obj2nid(algorithm->algorithm), NID_rsaEncryption);  // PKCS #1 v1.5, not OAEP
}

INSTANTIATE_TEST_SUITE_P(Each, Envelope,
                         testing::Values(Cipher::kTripleDes, Cipher::kAes128, Cipher::kAes256));

using TenantKeyFiles = FolderTest;

TEST_F(TenantKeyFiles, HaveTheAgentsNamesAndBagAttributes) {
  ASSERT_OK(MakeFolder(Path("lib"), 0700_mode));
  const auto tenant = FindOrMakeTenantKey(Path("lib"));
  ASSERT_OK(tenant);
  EXPECT_EQ(tenant->thumbprint.size(), 40U);
  EXPECT_EQ(tenant->thumbprint.find_first_not_of("0123456789ABCDEF"), std::string::npos);
  const std::string key = Path("lib/" + tenant->thumbprint + ".prv");
  EXPECT_THAT(Slurp(key), StartsWith("Bag Attributes\n"));
  EXPECT_THAT(Slurp(key), HasSubstr("\n-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_EQ(ModeOf(key), 0100644U);
  EXPECT_THAT(Slurp(Path("lib/" + tenant->thumbprint + ".crt")), StartsWith("Bag Attributes\n"));
}

TEST_F(TenantKeyFiles, AreReused) {
  ASSERT_OK(MakeFolder(Path("lib"), 0700_mode));
  const auto first = FindOrMakeTenantKey(Path("lib"));
  const auto second = FindOrMakeTenantKey(Path("lib"));
  ASSERT_OK(first);
  ASSERT_OK(second);
  EXPECT_EQ(first->thumbprint, second->thumbprint);
  EXPECT_EQ(NamesIn(Path("lib")).size(), 2U);
}

}  // namespace
}  // namespace dockerext::contract
