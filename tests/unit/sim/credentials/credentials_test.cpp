// SPDX-License-Identifier: MIT
#include "tests/sim/credentials/credentials.hpp"

#include <openssl/x509v3.h>

#include "handler/base/text.hpp"
#include "tests/sim/credentials/client_access.hpp"
#include "tests/sim/credentials/credential_set.hpp"
#include "tests/support/sim_fixtures.hpp"

namespace dockerext::credentials {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const HostNames kHosts = {{"192.0.2.2", "vm.example", "2001:db8::1"}, {"192.0.2.2"}};

std::string SubjectOf(X509* certificate) {
  const Handle<BIO, BIO_free_all> bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

contract::CertificatePtr Certificate(const std::string& path) {
  auto parsed = contract::ParseCertificate(contract::Slurp(path));
  EXPECT_TRUE(parsed.ok());
  return parsed.ok() ? *std::move(parsed) : contract::CertificatePtr();
}

class Credentials : public contract::FolderTest {
 protected:
  Result<ServerCredentials> Make(Style style, const HostNames& hosts = kHosts) {
    return MakeOrReuseCredentials(Path("docker"), style, hosts);
  }
  contract::CertificatePtr Read(const char* name) { return Certificate(Path("docker/" + std::string(name))); }
};

TEST_F(Credentials, ModernOnesNameTheHostAndTheirPurpose) {
  ASSERT_OK(Make(Style::kModern));
  const contract::CertificatePtr ca = Read("ca.pem");
  const contract::CertificatePtr server = Read("server-cert.pem");
  const contract::CertificatePtr client = Read("cert.pem");
  EXPECT_EQ(X509_get_version(server.get()), X509_VERSION_3);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "192.0.2.2", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "2001:db8::1", 0), 1);
  EXPECT_EQ(X509_check_host(server.get(), "vm.example", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_get_extended_key_usage(server.get()), static_cast<std::uint32_t>(XKU_SSL_SERVER));
  EXPECT_EQ(X509_get_extended_key_usage(client.get()), static_cast<std::uint32_t>(XKU_SSL_CLIENT));
  EXPECT_EQ(X509_check_ca(ca.get()), 1);
  EXPECT_EQ(X509_check_issued(ca.get(), server.get()), X509_V_OK);
  EXPECT_EQ(X509_verify(client.get(), X509_get0_pubkey(ca.get())), 1);
}

TEST_F(Credentials, ThoseOf2014MatchThatYearsClient) {
  ASSERT_OK(Make(Style::k2014));
  const contract::CertificatePtr ca = Read("ca.pem");
  const contract::CertificatePtr server = Read("server-cert.pem");
  const contract::CertificatePtr client = Read("cert.pem");
  for (X509* each : {ca.get(), server.get(), client.get()}) {
    EXPECT_EQ(SubjectOf(each), "C = AU, ST = Some-State, O = Internet Widgits Pty Ltd, CN = *");
    EXPECT_EQ(X509_NAME_cmp(X509_get_subject_name(each), X509_get_issuer_name(each)), 0);
    EXPECT_EQ(EVP_PKEY_get_bits(X509_get0_pubkey(each)), 2048);
  }
  EXPECT_EQ(X509_get_version(server.get()), X509_VERSION_1);
  EXPECT_EQ(ASN1_INTEGER_get(X509_get0_serialNumber(server.get())), 1);
  EXPECT_EQ(ASN1_INTEGER_get(X509_get0_serialNumber(client.get())), 1);
  EXPECT_EQ(X509_get_extended_key_usage(client.get()), static_cast<std::uint32_t>(XKU_SSL_CLIENT));
  EXPECT_EQ(X509_verify(server.get(), X509_get0_pubkey(ca.get())), 1);
  EXPECT_THAT(contract::Slurp(Path("docker/server-key.pem")), StartsWith("-----BEGIN RSA PRIVATE KEY-----"));
}

TEST_F(Credentials, KeysAreReadableByTheirOwnerOnly) {
  const auto server = Make(Style::kModern);
  ASSERT_OK(server);
  EXPECT_TRUE(server->made);
  EXPECT_EQ(contract::ModeOf(Path("docker")), 0040700U);
  for (const char* key : {"ca-key.pem", "key.pem", "server-key.pem"}) {
    EXPECT_EQ(contract::ModeOf(Path("docker/" + std::string(key))), 0100600U) << key;
  }
  EXPECT_EQ(contract::NamesIn(Path("docker")).size(), 6U);
}

TEST_F(Credentials, AreReusedUnchanged) {
  ASSERT_OK(Make(Style::kModern));
  const std::string before = contract::Slurp(Path("docker/server-cert.pem"));
  const auto again = Make(Style::kModern);
  ASSERT_OK(again);
  EXPECT_FALSE(again->made);
  EXPECT_EQ(again->certificate, before);
  EXPECT_EQ(contract::Slurp(Path("docker/server-cert.pem")), before);
}

TEST_F(Credentials, AnIncompleteSetIsNotOverwritten) {
  Put("docker/ca.pem", "foreign");
  const auto rejected = Make(Style::kModern);
  EXPECT_EQ(rejected.error().code, Code::kInvalidSettings);
  EXPECT_THAT(rejected.error().Message(), AllOf(HasSubstr("ca.pem"), HasSubstr("--credentials")));
  EXPECT_EQ(contract::Slurp(Path("docker/ca.pem")), "foreign");
  EXPECT_EQ(contract::NamesIn(Path("docker")).size(), 1U);
}

TEST_F(Credentials, ASetForAnotherHostIsRejected) {
  ASSERT_OK(Make(Style::kModern));
  EXPECT_THAT(Make(Style::kModern, {{"198.51.100.1"}, {"198.51.100.1"}}).error().Message(),
              AllOf(HasSubstr("does not name '198.51.100.1'"), HasSubstr("--credentials")));
  EXPECT_THAT(Make(Style::kModern, {{"other.example"}, {"other.example"}}).error().Message(),
              HasSubstr("does not name 'other.example'"));
  ASSERT_OK(Make(Style::kModern, {{"vm.example", "198.51.100.1"}, {"vm.example"}}));
}

TEST_F(Credentials, ASetOfTheOtherStyleIsRejected) {
  ASSERT_OK(Make(Style::k2014));
  EXPECT_THAT(Make(Style::kModern).error().Message(), HasSubstr("--style 2014"));
}

TEST_F(Credentials, AKeyOfAnotherCertificateIsRejected) {
  ASSERT_OK(Make(Style::kModern));
  ASSERT_OK(contract::WriteFile(Path("docker/server-key.pem"), contract::Slurp(Path("docker/key.pem"))));
  EXPECT_THAT(Make(Style::kModern).error().Message(), HasSubstr("the key does not match the certificate"));
}

TEST_F(Credentials, ASetOfAnotherCaIsRejected) {
  ASSERT_OK(Make(Style::kModern));
  ASSERT_OK(MakeOrReuseCredentials(Path("other"), Style::kModern, kHosts));
  for (const char* name : {"ca.pem", "ca-key.pem"}) {
    ASSERT_OK(contract::WriteFile(Path("docker/" + std::string(name)),
                                  contract::Slurp(Path("other/" + std::string(name)))));
  }
  EXPECT_THAT(Make(Style::kModern).error().Message(), HasSubstr("not signed by ca.pem"));
}

TEST_F(Credentials, AnInvalidHostIsRejected) {
  EXPECT_FALSE(Make(Style::kModern, {{"a,DNS:b"}, {}}).ok());
  EXPECT_FALSE(Make(Style::kModern, {{"not:an:address"}, {}}).ok());
  EXPECT_FALSE(contract::Exists(Path("docker/ca.pem")));
}

std::string FieldOf(const Secret& protected_text, const char* pointer) {
  const auto json = contract::ParseJson(protected_text.Reveal());
  return json ? *DecodeBase64(json->at(contract::Json::json_pointer(pointer)).get<std::string>()) : "";
}

TEST_F(Credentials, RenderAsProtectedSettingsOfTheirGeneration) {
  const auto server = Make(Style::kModern);
  ASSERT_OK(server);
  const Secret modern = RenderProtected(*server, Style::kModern);
  EXPECT_EQ(FieldOf(modern, "/certs/ca"), contract::Slurp(Path("docker/ca.pem")));
  EXPECT_EQ(FieldOf(modern, "/certs/cert"), contract::Slurp(Path("docker/server-cert.pem")));
  EXPECT_EQ(FieldOf(modern, "/certs/key"), contract::Slurp(Path("docker/server-key.pem")));
  const Secret old = RenderProtected(*server, Style::k2014);
  EXPECT_EQ(FieldOf(old, "/ca"), contract::Slurp(Path("docker/ca.pem")));
  EXPECT_EQ(FieldOf(old, "/server-cert"), contract::Slurp(Path("docker/server-cert.pem")));
  EXPECT_EQ(FieldOf(old, "/server-key"), contract::Slurp(Path("docker/server-key.pem")));
  EXPECT_EQ(DefaultPublicSettings(Style::kModern, "4243").dump(), R"({"docker":{"port":"4243"}})");
  EXPECT_EQ(DefaultPublicSettings(Style::k2014, "4243").dump(), R"({"dockerport":"4243"})");
}

TEST(DockerCommands, OmitTheClientsDefaults) {
  EXPECT_EQ(RenderDockerCommands({"/root/.docker", true, "192.0.2.2", "4243", true}),
            "  docker --tls -H tcp://192.0.2.2:4243 info\n"
            "  docker --tlsverify -H tcp://192.0.2.2:4243 info\n");
  EXPECT_EQ(RenderDockerCommands({"/a b", false, "2001:db8::1", "2376", false}),
            "  docker --tls '--tlscacert=/a b/ca.pem' '--tlscert=/a b/cert.pem' '--tlskey=/a b/key.pem' "
            "-H tcp://[2001:db8::1]:2376 info\n");
}

TEST(DockerCommands, TakeThePortFromTheSettings) {
  EXPECT_EQ(PortOf(*contract::ParseJson(R"({"docker":{"port":2376}})")), "2376");
  EXPECT_EQ(PortOf(*contract::ParseJson(R"({"dockerport":"4000"})")), "4000");
  EXPECT_EQ(PortOf(*contract::ParseJson(R"({"docker":[]})")), "4243");
  EXPECT_EQ(PortOf(contract::Json()), "4243");
}

}  // namespace
}  // namespace dockerext::credentials
