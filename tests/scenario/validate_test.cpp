// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "tests/support/fake_machine.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Validate : public testing::Test {
 protected:
  RunResult Run(const std::string& public_json, const std::string& protected_json) {
    vm.files.Put("/home/public.json", public_json);
    vm.files.Put("/home/protected.json", protected_json);
    return vm.RunProgram("/bin/docker-extension",
                         {"validate", "--public", "/home/public.json", "--protected", "/home/protected.json"},
                         {});
  }

  FakeMachine vm;
};

TEST_F(Validate, ValidSettingsPassAndNothingIsRunOrChanged) {
  const auto tree = vm.Tree();
  const RunResult result =
      Run(R"({"docker": {"port": 4243}})", FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "the settings are valid\n");
  EXPECT_EQ(result.err, "");
  EXPECT_TRUE(vm.commands_run.empty());
  EXPECT_EQ(vm.Tree(), tree);
}

TEST_F(Validate, ReportsAllErrorsOfBothDocumentsAtOnce) {
  const RunResult result = Run(R"({"docker": {"port": 0, "options": ["--tls"]}, "dokcer": {}})",
                               R"({"certs": {"ca": "!", "cert": "!", "key": "secret!"}, "login": {}})");
  EXPECT_EQ(result.exit_code, 53);
  EXPECT_THAT(result.out, AllOf(HasSubstr("error: publicSettings.docker.port must"),
                                HasSubstr("error: publicSettings.docker.options[0] "),
                                HasSubstr("error: protectedSettings.certs.ca is neither PEM"),
                                HasSubstr("error: protectedSettings.certs.key is neither PEM"),
                                HasSubstr("error: protectedSettings.login is not supported"),
                                HasSubstr("warning: publicSettings.dokcer"), Not(HasSubstr("secret!")),
                                Not(HasSubstr("are valid"))));
}

TEST_F(Validate, JudgesEachCertificateByItselfWhereAnotherIsNoPem) {
  const RunResult result = Run("{}", R"({"certs": {"ca": "!",
      "cert": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      "key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}})");
  EXPECT_EQ(result.exit_code, 53);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("error: protectedSettings.certs.ca is neither PEM"),
                    HasSubstr("error: protectedSettings.certs.cert holds a certificate that cannot"),
                    HasSubstr("error: protectedSettings.certs.key holds no private key")));
}

TEST_F(Validate, ReportsAllErrorsOfTheCertificatesAtOnce) {
  const RunResult result = Run("{}", R"({"certs": {
      "ca": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      "cert": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      "key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}})");
  EXPECT_EQ(result.exit_code, 53);
  EXPECT_THAT(result.out, AllOf(HasSubstr("error: protectedSettings.certs.ca "),
                                HasSubstr("error: protectedSettings.certs.cert "),
                                HasSubstr("error: protectedSettings.certs.key ")));
}

TEST_F(Validate, AKeyOfAnotherCertificateIsAnError) {
  TestCredentials credentials = MakeCredentials(vm.clock.UtcNow());
  credentials.server.key = MakeCredentials(vm.clock.UtcNow()).server.key;
  const RunResult result = Run("{}", FakeMachine::Certs(credentials));
  EXPECT_EQ(result.exit_code, 53);
  EXPECT_THAT(result.out, StartsWith("error: protectedSettings.certs.key"));
}

TEST_F(Validate, APortWithoutCertificatesIsAWarningBecauseTheVmMayHaveSome) {
  const RunResult result = Run(R"({"docker": {"port": 4243}})", "{}");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, StartsWith("warning: protectedSettings: there are no certificates"));
}

TEST_F(Validate, OneDocumentIsEnough) {
  vm.files.Put("/home/public.json", "[]");
  const RunResult result =
      vm.RunProgram("/bin/docker-extension", {"validate", "--public", "/home/public.json"}, {});
  EXPECT_EQ(result.exit_code, 53);
  EXPECT_EQ(result.out,
            "error: publicSettings must be a JSON object, but is a list; write {...} around the settings\n");
}

TEST_F(Validate, AFileWithNothingInItIsAnError) {
  const std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
  for (const char* nothing : {"", " \n\t"}) {
    const RunResult no_public = Run(nothing, certs);
    EXPECT_EQ(no_public.exit_code, 53);
    EXPECT_EQ(
        no_public.out,
        "error: publicSettings has nothing in its file; write {...} with the settings, or {} for none of "
        "this kind\n");
    const RunResult neither = Run(nothing, nothing);
    EXPECT_THAT(neither.out, AllOf(HasSubstr("error: publicSettings has nothing"),
                                   HasSubstr("error: protectedSettings has nothing")));
  }
  EXPECT_EQ(Run("{}", certs).exit_code, 0);
}

TEST_F(Validate, OptionsMayBeWrittenWithAnEqualsSign) {
  vm.files.Put("/home/a=b.json", "[]");
  const RunResult result =
      vm.RunProgram("/bin/docker-extension", {"validate", "--public=/home/a=b.json"}, {});
  EXPECT_THAT(result.out, StartsWith("error: publicSettings must be a JSON object"));
}

TEST_F(Validate, ADashIsTheStandardInput) {
  vm.files.Put("/dev/stdin", "[]");
  const RunResult result = vm.RunProgram("/bin/docker-extension", {"validate", "--protected", "-"}, {});
  EXPECT_THAT(result.out, StartsWith("error: protectedSettings must be a JSON object"));
}

TEST_F(Validate, SaysWhatEnableDoesWithoutPublicSettings) {
  vm.files.Put("/home/protected.json", FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  const RunResult result =
      vm.RunProgram("/bin/docker-extension", {"validate", "--protected", "/home/protected.json"}, {});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out,
            "warning: publicSettings: none were given here; without a port in them, enable opens 4243\n"
            "the settings are valid\n");
}

TEST_F(Validate, WithoutAPortAndCertificatesSaysThatNoneIsOpened) {
  const RunResult result = Run("{}", "{}");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out,
              StartsWith("warning: protectedSettings: there are neither certificates nor a port"));
  EXPECT_EQ(Run(R"({"installonly": true})", "{}").out, "the settings are valid\n");
}

TEST_F(Validate, PrintsItsHelp) {
  for (const char* help : {"--help", "-h"}) {
    const RunResult result = vm.RunProgram("/bin/docker-extension", {"validate", help}, {});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out, AllOf(StartsWith("docker-extension validate - "), HasSubstr("--protected FILE")));
    EXPECT_EQ(result.err, "");
  }
}

TEST_F(Validate, ReportsUnreadableFilesAndWrongArguments) {
  const RunResult missing =
      vm.RunProgram("/bin/docker-extension", {"validate", "--public", "/none.json"}, {});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.err, AllOf(StartsWith("docker-extension validate: "), HasSubstr("/none.json")));
  for (const std::vector<std::string>& more : {std::vector<std::string>{},
                                               {"--public"},
                                               {"--other", "/f"},
                                               {"--public", "/a", "--public", "/b"},
                                               {"--public=/a", "--help"}}) {
    std::vector<std::string> arguments = {"validate"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const RunResult result = vm.RunProgram("/bin/docker-extension", arguments, {});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.err, "docker-extension validate: needs --public FILE, --protected FILE or both\n");
  }
}

}  // namespace
}  // namespace dockerext
