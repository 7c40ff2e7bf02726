// SPDX-License-Identifier: MIT
// The agent's files that the handler reads: environment, sequence number, settings.
#include <gmock/gmock.h>

#include "handler/adapters/openssl/openssl_crypto.hpp"
#include "handler/agent/environment.hpp"
#include "handler/agent/invocation.hpp"
#include "handler/agent/settings_file.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_files.hpp"
#include "tests/support/test_pki.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;

constexpr const char* kFolder = "/var/lib/waagent/Example.Extensions.DockerExtension-1.0.0";

class Agent : public testing::Test {
 protected:
  Result<SettingsFile> Settings(const std::string& text) {
    files.Put("/lib/x/config/3.settings", text);
    return ReadSettingsFile(files, "/lib/x/config", 3);
  }

  FakeClock clock;
  FakeFiles files{clock};
  OpensslCrypto crypto;
};

TEST_F(Agent, TheEnvironmentIsReadAsTheAgentWritesIt) {
  files.Put(std::string(kFolder) + "/HandlerEnvironment.json",
            R"([{"name": "Example.Extensions.DockerExtension", "version": 1.0, "handlerEnvironment": {)"
            R"("logFolder": "/var/log/azure/X", "configFolder": "/c", "statusFolder": "/s",)"
            R"("heartbeatFile": "/h", "eventsFolder": "/e", "eventsFolder_preview": "/e"}}])");
  const auto environment = LoadEnvironment(files, clock, kFolder);
  ASSERT_TRUE(environment.ok()) << environment.error().Message();
  EXPECT_EQ(environment->log_folder, "/var/log/azure/X");
  EXPECT_EQ(environment->config_folder, "/c");
  EXPECT_EQ(environment->status_folder, "/s");
  EXPECT_EQ(environment->events_folder, "/e");
}

TEST_F(Agent, AnInvalidEnvironmentFileIsReportedAfterASecond) {
  for (const char* text :
       {"", "[{", "{}", "[]", "[1]", R"([{"handlerEnvironment": {"logFolder": "relative"}}])"}) {
    files.Put(std::string(kFolder) + "/HandlerEnvironment.json", text);
    const auto environment = LoadEnvironment(files, clock, kFolder);
    ASSERT_FALSE(environment.ok()) << text;
    EXPECT_THAT(environment.error().Message(), HasSubstr("HandlerEnvironment.json"));
    EXPECT_THAT(environment.error().Message(), HasSubstr("; restart the Azure Linux Agent, which writes it"));
  }
  EXPECT_LE(clock.elapsed, std::chrono::seconds(4));
}

TEST_F(Agent, AnEnvironmentFileThatIsAFolderIsAnError) {
  files.PutFolder(std::string(kFolder) + "/HandlerEnvironment.json");
  EXPECT_EQ(LoadEnvironment(files, clock, kFolder).error().code, Code::kInvalidSettings);
}

TEST_F(Agent, TheEventsFolderIsOptional) {
  files.Put(std::string(kFolder) + "/HandlerEnvironment.json",
            R"([{"handlerEnvironment": {"logFolder": "/l", "configFolder": "/c", "statusFolder": "/s"}}])");
  EXPECT_EQ(LoadEnvironment(files, clock, kFolder)->events_folder, "");
}

TEST_F(Agent, TheInvocationIsReadFromTheProgramsOwnFolder) {
  const Invocation invocation = ReadInvocation(
      std::string(kFolder) + "/bin/x86_64/docker-extension",
      {{"AZURE_GUEST_AGENT_EXTENSION_PATH", "/elsewhere"}, {"ConfigSequenceNumber", "7"}, {"VERSION", "2"}});
  EXPECT_EQ(invocation.folder, kFolder);
  EXPECT_EQ(invocation.name, "Example.Extensions.DockerExtension");
  EXPECT_EQ(invocation.version, "1.0.0");
  EXPECT_EQ(invocation.sequence, 7U);
  EXPECT_EQ(invocation.update_target, "2");
  EXPECT_EQ(ReadInvocation("/tmp/x", {{"AZURE_GUEST_AGENT_EXTENSION_PATH", kFolder}}).folder, kFolder);
}

TEST_F(Agent, WithoutASequenceNumberTheLastModifiedSettingsAreChosen) {
  files.Put("/c/10.settings", "");
  clock.elapsed += std::chrono::seconds(5);
  files.Put("/c/2.settings", "");
  files.Put("/c/name.3.settings", "");
  files.Put("/c/HandlerState", "");
  EXPECT_EQ(*ChooseSequence(files, "/c", std::nullopt), 2U);
  EXPECT_EQ(*ChooseSequence(files, "/c", 9), 9U);
  files.PutFolder("/empty");
  EXPECT_EQ(ChooseSequence(files, "/empty", std::nullopt).error().code, Code::kNotFound);
}

TEST_F(Agent, NullsAndAnEmptyFileAreEmptySettings) {
  for (const char* text :
       {"", "\n",
        R"({"runtimeSettings": [{"handlerSettings": {"publicSettings": null, "protectedSettings": null,)"
        R"("protectedSettingsCertThumbprint": null}}]})"}) {
    const auto settings = Settings(text);
    ASSERT_TRUE(settings.ok()) << text;
    EXPECT_EQ(settings->public_text, "");
    EXPECT_EQ(settings->envelope, "");
  }
}

TEST_F(Agent, InvalidSettingsFilesAreRejectedWithTheirPath) {
  for (const char* text :
       {"{", "[]", "{}", R"({"runtimeSettings": []})", R"({"runtimeSettings": [{}]})",
        R"({"runtimeSettings": [{"handlerSettings": {"protectedSettings": 5}}]})",
        R"({"runtimeSettings": [{"handlerSettings": {"protectedSettings": "***"}}]})",
        R"({"runtimeSettings": [{"handlerSettings": {"protectedSettings": "AAAA"}}]})",
        R"({"runtimeSettings": [{"handlerSettings": {"protectedSettings": "AAAA",)"
        R"("protectedSettingsCertThumbprint": "../../../../etc/shadow/aaaaaaaaaaaaaaaaaaa"}}]})"}) {
    const auto settings = Settings(text);
    ASSERT_FALSE(settings.ok()) << text;
    EXPECT_EQ(settings.error().code, Code::kInvalidSettings);
    EXPECT_THAT(settings.error().Message(), HasSubstr("'/lib/x/config/3.settings'"));
    EXPECT_THAT(settings.error().Message(), HasSubstr("; set the extension's settings again"));
  }
  files.Erase("/lib/x/config/3.settings");
  files.PutFolder("/lib/x/config/3.settings");
  EXPECT_EQ(ReadSettingsFile(files, "/lib/x/config", 3).error().Message(),
            "'/lib/x/config/3.settings' is not a file; remove it, and set the extension's settings again");
  EXPECT_EQ(ReadSettingsFile(files, "/lib/x/config", 4).error().code, Code::kInvalidSettings);
}

TEST_F(Agent, ProtectedSettingsAreDecryptedWithEveryCipherAndKeyFormat) {
  const TestPair vm = MakePair({.key = "RSA:2048"});
  const std::string stem = "/lib/" + Thumbprint(vm.certificate);
  files.Put(stem + ".crt", "Bag Attributes\n    localKeyID: 1\nsubject=CN = x\n" + vm.certificate);
  for (const std::string& key : {vm.key, AsTraditional(vm.key)}) {
    files.Put(stem + ".prv", "Bag Attributes\n    localKeyID: 1\nKey Attributes: <No Attributes>\n" + key);
    for (const char* cipher : {"AES-256-CBC", "AES-128-CBC", "DES-EDE3-CBC"}) {
      const SettingsFile settings{"", Encrypt("{\"a\": 1}", vm.certificate, cipher),
                                  Thumbprint(vm.certificate)};
      const auto opened = OpenProtectedSettings(files, crypto, "/lib/x/config", settings);
      ASSERT_TRUE(opened.ok()) << cipher << ": " << opened.error().Message();
      EXPECT_EQ(opened->Reveal(), "{\"a\": 1}");
    }
  }
}

TEST_F(Agent, ADamagedEnvelopeOrOneForAnotherCertificateIsRejected) {
  const TestPair vm = MakePair({.key = "RSA:2048"});
  const TestPair other = MakePair({.key = "RSA:2048", .serial = 2});
  const std::string stem = "/lib/" + Thumbprint(vm.certificate);
  files.Put(stem + ".crt", vm.certificate);
  files.Put(stem + ".prv", vm.key);
  const std::string good = Encrypt("secret text", vm.certificate, "AES-256-CBC");
  for (const std::string& envelope : {Encrypt("secret text", other.certificate, "AES-256-CBC"),
                                      good.substr(0, good.size() / 2), std::string("x")}) {
    const auto opened =
        OpenProtectedSettings(files, crypto, "/lib/x/config", {"", envelope, Thumbprint(vm.certificate)});
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, Code::kInvalidSettings);
    EXPECT_THAT(opened.error().Message(), HasSubstr(Thumbprint(vm.certificate)));
  }
}

TEST_F(Agent, AMissingCertificateIsNamedInTheError) {
  const std::string thumbprint(40, 'A');
  const auto opened = OpenProtectedSettings(files, crypto, "/lib/x/config", {"", "envelope", thumbprint});
  EXPECT_EQ(opened.error().code, Code::kNotFound);
  EXPECT_THAT(opened.error().Message(), HasSubstr("'/lib/" + thumbprint + ".crt'"));
}

}  // namespace
}  // namespace dockerext
