// SPDX-License-Identifier: MIT
// The responses to the agent's requests, and what is saved of its uploads.
#include "tests/sim/fabric/responder.hpp"

#include <Poco/AutoPtr.h>
#include <Poco/DOM/DOMParser.h>
#include <Poco/DOM/Document.h>
#include <Poco/DOM/Element.h>
#include <Poco/DOM/NodeList.h>
#include <openssl/pkcs12.h>

#include <future>
#include <set>

#include "handler/base/text.hpp"
#include "tests/sim/contract/settings_document.hpp"
#include "tests/sim/fabric/settings.hpp"
#include "tests/support/sim_fixtures.hpp"

namespace dockerext::fabric {
namespace {

using contract::TenantKey;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

const HandlerId kId{"Example.Extensions.DockerExtension", "1.0.0"};

using DocumentPtr = Poco::AutoPtr<Poco::XML::Document>;

DocumentPtr Parse(const std::string& xml) {
  Poco::XML::DOMParser parser;
  return {parser.parseString(xml)};
}

// Of the first such element; "" when there is none.
std::string TextOf(const std::string& xml, const char* element) {
  const DocumentPtr document = Parse(xml);
  const Poco::AutoPtr<Poco::XML::NodeList> found(document->getElementsByTagName(element));
  return found->length() == 0 ? "" : found->item(0)->innerText();
}

// The path of an address on the wire server.
std::string PathOf(const std::string& address) {
  constexpr std::string_view kServer = "http://168.63.129.16";
  EXPECT_THAT(address, StartsWith(std::string(kServer) + "/"));
  return address.substr(kServer.size());
}

class Fabric : public contract::FolderTest {
 protected:
  HttpResponse Send(const std::string& method, const std::string& path, const std::string& body = "") {
    HttpRequest request{method, path, body, [this](const std::string& name) { return headers_[name]; }};
    return responder_.Respond(request);
  }
  std::string Get(const std::string& path) {
    const HttpResponse response = Send("GET", path);
    EXPECT_EQ(response.status, 200) << path << ": " << response.body;
    return response.body;
  }

  void SetGoal(const Extension& extension) {
    ASSERT_OK(store_.Publish([&](GoalState& state) {
      state.extensions = {extension};
      return Status();
    }));
  }

  void Publish(std::string_view package) { ASSERT_OK(store_.SavePackage(Put("x.zip", package), kId)); }

  TenantKey Tenant() {
    auto tenant = store_.Tenant();
    EXPECT_TRUE(tenant.ok());
    return *std::move(tenant);
  }

  // A transport key pair as the agent generates it, with the request headers that announce it.
  TenantKey MakeTransport(const std::string& cipher_name) {
    TenantKey transport;
    transport.key = *contract::MakeKey(contract::KeyKind::kRsa2048);
    transport.certificate = *contract::MakeCertificate({.subject = {{"CN", "LinuxTransport"}}},
                                                       transport.key.get(), {nullptr, transport.key.get()});
    unsigned char* der = nullptr;
    const int size = i2d_X509(transport.certificate.get(), &der);
    headers_["x-ms-guest-agent-public-x509-cert"] =
        contract::EncodeBase64({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    headers_["x-ms-cipher-name"] = cipher_name;
    return transport;
  }

  const Store store_{Path("fabric")};
  Responder responder_{store_};
  std::map<std::string, std::string> headers_;
};

TEST_F(Fabric, ServesAGoalStateWhoseIncarnationGrowsWithEachCommand) {
  EXPECT_EQ(TextOf(Get("/machine/?comp=goalstate"), "Incarnation"), "1");
  SetGoal({.id = kId});
  SetGoal({.id = kId});
  EXPECT_EQ(TextOf(Get("/machine/?comp=goalstate"), "Incarnation"), "3");
}

TEST_F(Fabric, ServesEveryDocumentThatItsGoalStateNames) {
  const std::string state = Get("/machine/?comp=goalstate");
  for (const char* element : {"HostingEnvironmentConfig", "SharedConfig", "ExtensionsConfig"}) {
    Parse(Get(PathOf(TextOf(state, element))));
  }
}

TEST_F(Fabric, ServesSettingsVerbatim) {
  const std::string document = R"({"a": "<&>\"@NAME@"})";
  SetGoal({.id = kId, .sequence = 5, .settings = document});
  const std::string config = Get("/extensionsConfig");
  EXPECT_EQ(TextOf(config, "RuntimeSettings"), document);
  EXPECT_THAT(config, HasSubstr("seqNo=\"5\""));
}

TEST_F(Fabric, ServesNoSettingsWhereThereAreNone) {
  SetGoal({.id = kId, .state = "uninstall"});
  const std::string config = Get("/extensionsConfig");
  EXPECT_THAT(config, Not(HasSubstr("RuntimeSettings")));
  EXPECT_THAT(config, HasSubstr("state=\"uninstall\""));
}

TEST_F(Fabric, ServesSettingsWhoseTextIsEmpty) {
  SetGoal({.id = kId, .settings = ""});
  EXPECT_THAT(Get("/extensionsConfig"), HasSubstr("<RuntimeSettings seqNo=\"0\"></RuntimeSettings>"));
}

TEST_F(Fabric, ServesThePublishedPackages) {
  Publish("other bytes");
  Publish("the bytes");
  const std::string list = Get("/packages/" + kId.name + ".xml");
  EXPECT_EQ(TextOf(list, "Version"), "1.0.0");
  EXPECT_EQ(Get(PathOf(TextOf(list, "Uri"))), "the bytes");
  EXPECT_EQ(Send("GET", "/packages/" + kId.name + "__2.0.0.zip").status, 404);
}

// Like `openssl pkcs12 -password pass:`.
TenantKey OpenPfx(const std::string& bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const Handle<PKCS12, PKCS12_free> pfx(d2i_PKCS12(nullptr, &at, static_cast<long>(bytes.size())));
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  EXPECT_EQ(PKCS12_parse(pfx.get(), "", &key, &certificate, nullptr), 1);
  return {*contract::ThumbprintOf(certificate), contract::CertificatePtr(certificate), contract::KeyPtr(key)};
}

class Certificates : public Fabric, public testing::WithParamInterface<const char*> {};

TEST_P(Certificates, AreServedAsAPfxThatOnlyTheAgentCanDecrypt) {
  const TenantKey transport = MakeTransport(GetParam());
  const std::string data = TextOf(Get("/certificates"), "Data");
  EXPECT_THAT(Split(data, '\n'), Each(SizeIs(testing::Le(76U))));
  const auto bytes = contract::Unseal(data, transport);
  ASSERT_OK(bytes);
  const TenantKey got = OpenPfx(bytes->Reveal());
  EXPECT_EQ(got.thumbprint, Tenant().thumbprint);
  EXPECT_TRUE(contract::KeyFits(got.certificate.get(), got.key.get()));
}

INSTANTIATE_TEST_SUITE_P(EachCipher, Certificates, testing::Values("DES_EDE3_CBC", "AES128_CBC"));

TEST_F(Fabric, ServesNoCertificatesWithoutATransportCertificate) {
  EXPECT_EQ(Send("GET", "/certificates").status, 500);
}

constexpr const char* kSecret = R"({"certs": {}})";

std::string SettingsFor(const TenantKey& tenant) {
  const auto sealed = contract::SealFor(tenant, Secret(kSecret), contract::Cipher::kTripleDes);
  EXPECT_TRUE(sealed.ok());
  return contract::RenderSettings({Json{{"docker", Json::object()}}, *sealed});
}

void ExpectTheSecretFor(const TenantKey& tenant, const std::string& settings) {
  const Json document = Json::parse(settings);
  const Json& handler = document.at("runtimeSettings").at(0).at("handlerSettings");
  EXPECT_EQ(handler.at("protectedSettingsCertThumbprint"), tenant.thumbprint);
  const auto opened = contract::Unseal(handler.at("protectedSettings").get<std::string>(), tenant);
  ASSERT_OK(opened);
  EXPECT_EQ(opened->Reveal(), kSecret);
}

// The settings of a command with these options.
std::string SettingsWith(const Store& store, const std::vector<std::string>& line) {
  const auto arguments = guest::ParseArguments(line, SettingsOptions());
  EXPECT_TRUE(arguments.ok());
  const auto settings = ReadSettings(store, *arguments);
  EXPECT_TRUE(settings.ok() && *settings);
  return settings.ok() ? settings->value_or("none") : settings.error().Message();
}

TEST_F(Fabric, PassesOnSettingsThatAreNotJson) {
  EXPECT_EQ(SettingsWith(store_, {"--text", Put("text", "{\"a\": ")}), "{\"a\": ");
  EXPECT_EQ(SettingsWith(store_, {"--text", Put("text", "")}), "");
}

TEST_F(Fabric, EncryptsSettingsForTheTenantOrForAnUnknownCertificate) {
  const std::string secret = Put("protected", kSecret);
  ExpectTheSecretFor(Tenant(), SettingsWith(store_, {"--port", "1", "--protected", secret}));
  const Json lost =
      Json::parse(SettingsWith(store_, {"--port", "1", "--protected", secret, "--lost-certificate"}));
  const Json& handler = lost.at("runtimeSettings").at(0).at("handlerSettings");
  EXPECT_NE(handler.at("protectedSettingsCertThumbprint"), Tenant().thumbprint);
  EXPECT_FALSE(contract::Unseal(handler.at("protectedSettings").get<std::string>(), Tenant()).ok());
}

// A command and the agent's first request may be concurrent.
TEST_F(Fabric, ConcurrentRequestsGetTheSameTenant) {
  std::vector<std::future<std::string>> requests;
  for (int i = 0; i < 4; ++i) {
    requests.push_back(std::async(std::launch::async, [this] { return Tenant().thumbprint; }));
  }
  std::set<std::string> thumbprints;
  for (auto& request : requests) thumbprints.insert(request.get());
  EXPECT_THAT(thumbprints, SizeIs(1));
}

TEST_F(Fabric, ANewTenantCanDecryptTheExistingSettings) {
  const TenantKey old = Tenant();
  std::vector<Extension> extensions = {{.id = kId, .settings = SettingsFor(old)}};
  ASSERT_OK(RenewTenant(store_, extensions));
  const TenantKey fresh = Tenant();
  EXPECT_NE(fresh.thumbprint, old.thumbprint);
  ExpectTheSecretFor(fresh, *extensions.front().settings);
}

TEST_F(Fabric, SavesTheStatusFromHostPluginAndBlob) {
  SetGoal({.id = kId});
  const std::string envelope =
      R"({"requestUri": "x", "headers": [], "content": ")" + contract::EncodeBase64(R"({"a": 1})") + R"("})";
  EXPECT_EQ(Send("PUT", "/status", envelope).status, 200);
  EXPECT_EQ(store_.LastUpload()->blob, Json({{"a", 1}}));
  EXPECT_EQ(Send("PUT", "/blob/status?sig=x", R"({"a": 2})").status, 201);
  EXPECT_EQ(store_.LastUpload()->blob, Json({{"a", 2}}));
  EXPECT_EQ(Send("PUT", "/status", "no envelope").status, 500);
}

TEST_F(Fabric, RecordsWhichConfigurationWasFetchedBeforeAnUpload) {
  SetGoal({.id = kId});
  Send("PUT", "/blob/status?sig=x", "{}");
  EXPECT_EQ(store_.LastUpload()->fetched, 0U);
  Get("/extensionsConfig");
  SetGoal({.id = kId});
  Get("/machine/?comp=goalstate");
  Send("PUT", "/blob/status?sig=x", "{}");
  EXPECT_EQ(store_.LastUpload()->fetched, 2U);
}

TEST_F(Fabric, RecordsSinceWhenTheStatusIsUnchanged) {
  SetGoal({.id = kId});
  const auto put = [&](const char* body) { return Send("PUT", "/blob/status?sig=x", body).status; };
  put(R"({"timestampUTC": "1", "a": [{"timestampUTC": "1", "b": 1}]})");
  const milliseconds since = store_.LastUpload()->since;
  while (Now() == since) continue;
  put(R"({"timestampUTC": "2", "a": [{"timestampUTC": "2", "b": 1}]})");
  EXPECT_EQ(store_.LastUpload()->since, since);
  EXPECT_EQ(store_.LastUpload()->blob.at("timestampUTC"), "2");
  put(R"({"timestampUTC": "3", "a": [{"timestampUTC": "3", "b": 2}]})");
  EXPECT_GT(store_.LastUpload()->since, since);
}

TEST_F(Fabric, FailsAsManyRequestsAsConfigured) {
  ASSERT_OK(store_.Apply([](GoalState& state) {
    state.faults = {{"/health", 2, 410}};
    return Status();
  }));
  EXPECT_EQ(Send("GET", "/versions").status, 200);
  EXPECT_EQ(Send("GET", "/health").status, 410);
  EXPECT_EQ(Send("GET", "/health").status, 410);
  EXPECT_EQ(Send("GET", "/health").status, 200);
}

TEST_F(Fabric, AFailingChangeLeavesTheGoalStateUnchanged) {
  SetGoal({.id = kId});
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

TEST_F(Fabric, HasNoFastTrack) { EXPECT_EQ(Send("GET", "/vmSettings").status, 404); }

}  // namespace
}  // namespace dockerext::fabric
