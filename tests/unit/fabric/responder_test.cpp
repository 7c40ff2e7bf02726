// SPDX-License-Identifier: MIT
// What the agent gets for its requests, and what stays of what it sends.
#include "tests/fabric/responder.hpp"

#include <Poco/AutoPtr.h>
#include <Poco/DOM/DOMParser.h>
#include <Poco/DOM/Document.h>
#include <Poco/DOM/Element.h>
#include <Poco/DOM/NodeList.h>
#include <openssl/pkcs12.h>

#include "handler/base/text.hpp"
#include "tests/fabric/settings.hpp"
#include "tests/harness/envelope.hpp"
#include "tests/harness/settings_file.hpp"
#include "tests/unit/harness/support.hpp"

namespace dockerext::fabric {
namespace {

using harness::TenantKey;
using testing::Each;
using testing::HasSubstr;
using testing::SizeIs;

const HandlerId kId{"Example.Extensions.DockerExtension", "1.0.0"};

using DocumentPtr = Poco::AutoPtr<Poco::XML::Document>;

DocumentPtr Parse(const std::string& xml) {
  Poco::XML::DOMParser parser;
  return DocumentPtr(parser.parseString(xml));
}

// Where there are several, the first; "" where there is none.
std::string TextOf(const std::string& xml, const char* element) {
  const DocumentPtr document = Parse(xml);
  const Poco::AutoPtr<Poco::XML::NodeList> found(document->getElementsByTagName(element));
  return found->length() == 0 ? "" : found->item(0)->innerText();
}

class Fabric : public harness::HarnessTest {
 protected:
  Answer Ask(const std::string& method, const std::string& path, const std::string& body = "") {
    Request request{method, path, body, [this](const std::string& name) { return headers_[name]; }};
    return responder_.Respond(request);
  }
  std::string Get(const std::string& path) {
    const Answer answer = Ask("GET", path);
    EXPECT_EQ(answer.status, 200) << path << ": " << answer.body;
    return answer.body;
  }

  void Want(const Extension& extension) {
    ASSERT_OK(store_.Publish([&](GoalState& state) {
      state.extensions = {extension};
      return Status();
    }));
  }

  TenantKey Tenant() {
    const auto folder = store_.TenantFolder();
    EXPECT_TRUE(folder.ok());
    auto tenant = harness::FindOrMakeTenantKey(*folder);
    EXPECT_TRUE(tenant.ok());
    return *std::move(tenant);
  }

  // As the agent makes one for itself, and says so in its requests.
  TenantKey MakeTransport(const std::string& cipher_name) {
    TenantKey transport;
    transport.key = *harness::MakeKey(harness::KeyKind::kRsa2048);
    transport.certificate = *harness::MakeCertificate({.subject = {{"CN", "LinuxTransport"}}},
                                                      transport.key.get(), {nullptr, transport.key.get()});
    unsigned char* der = nullptr;
    const int size = i2d_X509(transport.certificate.get(), &der);
    headers_["x-ms-guest-agent-public-x509-cert"] =
        harness::EncodeBase64({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    headers_["x-ms-cipher-name"] = cipher_name;
    return transport;
  }

  const Store store_{Path("fabric")};
  const Responder responder_{store_};
  std::map<std::string, std::string> headers_;
};

TEST_F(Fabric, ServesAGoalStateWhoseIncarnationGrowsWithEachOrder) {
  EXPECT_EQ(TextOf(Get("/machine/?comp=goalstate"), "Incarnation"), "1");
  Want({.id = kId});
  Want({.id = kId});
  EXPECT_EQ(TextOf(Get("/machine/?comp=goalstate"), "Incarnation"), "3");
}

TEST_F(Fabric, ServesEveryDocumentThatItsGoalStateNames) {
  const std::string state = Get("/machine/?comp=goalstate");
  for (const char* element : {"HostingEnvironmentConfig", "SharedConfig", "ExtensionsConfig"}) {
    const std::string address = TextOf(state, element);
    ASSERT_TRUE(address.starts_with("http://168.63.129.16/")) << address;
    EXPECT_NO_THROW(Parse(Get(address.substr(std::string("http://168.63.129.16").size()))));
  }
}

TEST_F(Fabric, ServesSettingsWordForWord) {
  const std::string document = R"({"a": "<&>\"@NAME@"})";
  Want({.id = kId, .sequence = 5, .settings = document});
  const std::string config = Get("/extensionsConfig");
  EXPECT_EQ(TextOf(config, "RuntimeSettings"), document);
  EXPECT_THAT(config, HasSubstr("seqNo=\"5\""));
}

TEST_F(Fabric, ServesNoSettingsWhereThereAreNone) {
  Want({.id = kId, .state = "uninstall"});
  const std::string config = Get("/extensionsConfig");
  EXPECT_EQ(TextOf(config, "RuntimeSettings"), "");
  EXPECT_THAT(config, HasSubstr("state=\"uninstall\""));
}

TEST_F(Fabric, ServesThePackagesThatAreKept) {
  const std::string zip = Put("x.zip", "the bytes");
  ASSERT_OK(store_.KeepPackage(zip, kId));
  ASSERT_OK(store_.KeepPackage(zip, kId));
  const std::string list = Get("/packages/" + kId.name + ".xml");
  EXPECT_EQ(TextOf(list, "Version"), "1.0.0");
  const std::string address = TextOf(list, "Uri");
  EXPECT_EQ(Get(address.substr(std::string("http://168.63.129.16").size())), "the bytes");
  EXPECT_EQ(Ask("GET", "/packages/" + kId.name + "__2.0.0.zip").status, 404);
}

class Certificates : public Fabric, public testing::WithParamInterface<const char*> {};

TEST_P(Certificates, ComeAsAPfxThatOnlyTheAgentOpens) {
  const TenantKey transport = MakeTransport(GetParam());
  const std::string data = TextOf(Get("/certificates"), "Data");
  EXPECT_THAT(Split(data, '\n'), Each(SizeIs(testing::Le(76U))));
  const auto bytes = harness::Unseal(data, transport);
  ASSERT_OK(bytes);
  const auto* at = reinterpret_cast<const unsigned char*>(bytes->Reveal().data());
  const Handle<PKCS12, PKCS12_free> pfx(d2i_PKCS12(nullptr, &at, static_cast<long>(bytes->Reveal().size())));
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  ASSERT_EQ(PKCS12_parse(pfx.get(), "", &key, &certificate, nullptr), 1);
  const harness::KeyPtr own_key(key);
  const harness::CertificatePtr own_certificate(certificate);
  EXPECT_EQ(*harness::ThumbprintOf(certificate), Tenant().thumbprint);
  EXPECT_TRUE(harness::KeyFits(certificate, key));
}

INSTANTIATE_TEST_SUITE_P(EachCipher, Certificates, testing::Values("DES_EDE3_CBC", "AES128_CBC"));

TEST_F(Fabric, WithoutATransportCertificateThereAreNoCertificates) {
  EXPECT_EQ(Ask("GET", "/certificates").status, 500);
}

TEST_F(Fabric, ANewTenantCanReadWhatTheOldOneCould) {
  const TenantKey old = Tenant();
  const Secret plaintext(std::string(R"({"certs": {}})"));
  const auto sealed = harness::Seal(old.certificate.get(), plaintext, harness::Cipher::kTripleDes);
  ASSERT_OK(sealed);
  std::vector<Extension> extensions = {
      {.id = kId,
       .settings =
           harness::RenderSettings({{"docker", Json::object()}}, harness::Sealed{*sealed, old.thumbprint})}};
  ASSERT_OK(RenewTenant(store_, extensions));
  const TenantKey fresh = Tenant();
  EXPECT_NE(fresh.thumbprint, old.thumbprint);
  const auto settings = harness::ParseJson(extensions.front().settings);
  const Json& handler = settings->at("runtimeSettings").at(0).at("handlerSettings");
  EXPECT_EQ(handler.at("protectedSettingsCertThumbprint"), fresh.thumbprint);
  const auto opened = harness::Unseal(handler.at("protectedSettings").get<std::string>(), fresh);
  ASSERT_OK(opened);
  EXPECT_EQ(opened->Reveal(), plaintext.Reveal());
}

TEST_F(Fabric, KeepsTheStatusWhicheverWayItComes) {
  Want({.id = kId});
  const std::string envelope =
      R"({"requestUri": "x", "headers": [], "content": ")" + harness::EncodeBase64(R"({"a": 1})") + R"("})";
  EXPECT_EQ(Ask("PUT", "/status", envelope).status, 200);
  EXPECT_EQ(store_.LastUpload()->blob, Json({{"a", 1}}));
  EXPECT_EQ(Ask("PUT", "/blob/status?sig=x", R"({"a": 2})").status, 201);
  EXPECT_EQ(store_.LastUpload()->blob, Json({{"a", 2}}));
  EXPECT_EQ(Ask("PUT", "/status", "no envelope").status, 500);
}

TEST_F(Fabric, KnowsSinceWhenTheStatusHasBeenTheSame) {
  Want({.id = kId});
  const auto put = [&](const char* body) { return Ask("PUT", "/blob/status?sig=x", body).status; };
  put(R"({"timestampUTC": "1", "a": [{"timestampUTC": "1", "b": 1}]})");
  const milliseconds since = store_.LastUpload()->since;
  while (Now() == since) continue;
  put(R"({"timestampUTC": "2", "a": [{"timestampUTC": "2", "b": 1}]})");
  EXPECT_EQ(store_.LastUpload()->since, since);
  EXPECT_EQ(store_.LastUpload()->blob.at("timestampUTC"), "2");
  put(R"({"timestampUTC": "3", "a": [{"timestampUTC": "3", "b": 2}]})");
  EXPECT_GT(store_.LastUpload()->since, since);
}

TEST_F(Fabric, FailsAsOftenAsItWasTold) {
  ASSERT_OK(store_.Apply([](GoalState& state) {
    state.faults = {{"/health", 2, 410}};
    return Status();
  }));
  EXPECT_EQ(Ask("GET", "/versions").status, 200);
  EXPECT_EQ(Ask("GET", "/health").status, 410);
  EXPECT_EQ(Ask("GET", "/health").status, 410);
  EXPECT_EQ(Ask("GET", "/health").status, 200);
}

TEST_F(Fabric, AnOrderThatFailsChangesNothing) {
  Want({.id = kId});
  const Status failed = store_.Publish([](GoalState& state) -> Status {
    state.extensions.clear();
    return Error{Code::kInternal, "no"};
  });
  EXPECT_FALSE(failed.ok());
  const auto state = store_.Load();
  ASSERT_OK(state);
  EXPECT_EQ(state->incarnation, 2U);
  EXPECT_THAT(state->extensions, SizeIs(1));
}

TEST_F(Fabric, HasNoFastTrack) { EXPECT_EQ(Ask("GET", "/vmSettings").status, 404); }

}  // namespace
}  // namespace dockerext::fabric
