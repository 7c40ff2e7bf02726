// SPDX-License-Identifier: MIT
#include "handler/docker/drop_in.hpp"

#include <gmock/gmock.h>

#include "handler/docker/tls_set.hpp"

namespace dockerext {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kDebianLine =
    "/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS";

VendorCommand Vendor(const std::string& line) {
  return *ReadVendorCommand({{"/lib/systemd/system/docker.service", "[Service]\nExecStart=" + line + "\n"}},
                            [](const std::string&) { return std::vector<UnitText>{}; });
}

const EngineEndpoint kEndpoint{4243, "/etc/docker/docker-extension/tls-0123"};

TEST(RenderDropIn, RestatesTheVendorLineAndAddsTheEndpointBehindTheOptions) {
  EXPECT_EQ(
      RenderDropIn(kDebianLine, AddedArguments(Vendor(kDebianLine), {"--debug"}, kEndpoint)),
      "# Written by the Docker VM extension; removed when the extension is disabled or uninstalled.\n"
      "# Edits are lost: use another drop-in that does not set ExecStart, or /etc/docker/daemon.json.\n"
      "[Service]\n"
      "ExecStart=\n"
      "ExecStart=/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS "
      "--debug -H tcp://0.0.0.0:4243 --tlsverify --tlscacert=/etc/docker/docker-extension/tls-0123/ca.pem "
      "--tlscert=/etc/docker/docker-extension/tls-0123/cert.pem "
      "--tlskey=/etc/docker/docker-extension/tls-0123/key.pem\n");
}

TEST(AddedArguments, KeepTheLocalSocketWhereTheVendorNamesNoHost) {
  EXPECT_THAT(AddedArguments(Vendor("/usr/bin/dockerd --add-runtime oci=/usr/sbin/runc"), {}, kEndpoint),
              Contains("unix:///var/run/docker.sock"));
  for (const char* line : {kDebianLine, "/usr/bin/dockerd --host=fd://", "/usr/bin/dockerd --host fd://"}) {
    EXPECT_THAT(AddedArguments(Vendor(line), {}, kEndpoint), Not(Contains("unix:///var/run/docker.sock")))
        << line;
  }
}

TEST(AddedArguments, AreTheOptionsAloneWithoutAnEndpoint) {
  EXPECT_THAT(AddedArguments(Vendor("/usr/bin/dockerd"), {"--debug"}, std::nullopt), ElementsAre("--debug"));
}

TEST(RenderDropIn, QuotesOptionsAsTheVendorLineHasVariablesReplaced) {
  EXPECT_THAT(RenderDropIn("/usr/bin/dockerd", {"--label=a=$b"}), HasSubstr(" \"--label=a=$$b\"\n"));
  EXPECT_THAT(RenderDropIn(":/usr/bin/dockerd", {"--label=a=$b"}), HasSubstr(" \"--label=a=$b\"\n"));
}

TEST(EndpointOfDropIn, ReadsWhatWasRendered) {
  const std::string text = RenderDropIn(kDebianLine, AddedArguments(Vendor(kDebianLine), {}, kEndpoint));
  EXPECT_EQ(EndpointOfDropIn(text), kEndpoint);
}

TEST(EndpointOfDropIn, IsNothingWithoutACommand) {
  EXPECT_EQ(EndpointOfDropIn("[Service]\nExecStart=\n"), std::nullopt);
  EXPECT_EQ(EndpointOfDropIn(""), std::nullopt);
}

TEST(EndpointOf, ReadsEverySpellingOfTheFlags) {
  const std::string certificate = kEndpoint.tls_folder + "/cert.pem";
  EXPECT_EQ(EndpointOf({"dockerd", "-DH", "tcp://0.0.0.0:4243", "--tlscert", certificate}), kEndpoint);
  EXPECT_EQ(EndpointOf({"dockerd", "--host=tcp://0.0.0.0:4243", "--tlscert=" + certificate}), kEndpoint);
}

TEST(EndpointOf, IgnoresListenersOfOthers) {
  const std::string certificate = kEndpoint.tls_folder + "/cert.pem";
  EXPECT_EQ(EndpointOf({"dockerd", "-H", "tcp://0.0.0.0:2375"}), std::nullopt);
  EXPECT_EQ(EndpointOf({"dockerd", "-H", "tcp://0.0.0.0:2376", "--tlscert=/etc/docker/cert.pem"}),
            std::nullopt);
  EXPECT_EQ(EndpointOf({"dockerd", "-H", "tcp://10.0.0.4:4243", "--tlscert=" + certificate}), std::nullopt);
  EXPECT_EQ(EndpointOf({"dockerd", "--label", "tcp://0.0.0.0:4243", "--tlscert=" + certificate}),
            std::nullopt);
}

TEST(EndsWith, ComparesWholeArguments) {
  EXPECT_TRUE(EndsWith({"a", "b", "c"}, {"b", "c"}));
  EXPECT_FALSE(EndsWith({"a", "b", "c"}, {"a", "b"}));
  EXPECT_FALSE(EndsWith({"c"}, {"b", "c"}));
}

TEST(TlsSetFolder, DependsOnEachPartAndOnTheirBorders) {
  const auto content = [](const char* ca, const char* certificate, const char* key) {
    TlsMaterial material;
    material.ca = ca;
    material.certificate = certificate;
    material.key = Secret(std::string(key));
    return TlsSetContent(material).Reveal();
  };
  EXPECT_EQ(content("a", "b", "c"), "1:a1:b1:c");
  EXPECT_NE(content("ab", "c", "d"), content("a", "bc", "d"));
  EXPECT_EQ(TlsSetFolder(std::string(64, 'f')), "/etc/docker/docker-extension/tls-" + std::string(32, 'f'));
}

TEST(OpensTcpWithoutTls, IsTrueForATextThatTheExtensionWouldNotWrite) {
  const auto text = [](const std::string& arguments) {
    return "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// " + arguments + "\n";
  };
  for (const char* opens : {"-H tcp://0.0.0.0:2375", "--host=tcp://0.0.0.0:4243 --tls", "-H 0.0.0.0:2375",
                            "-H tcp://0.0.0.0:1 --tlsverify --tlsverify=false"})
    EXPECT_TRUE(OpensTcpWithoutTls(text(opens))) << opens;
  for (const char* safe :
       {"", "-H unix:///x", "-H tcp://0.0.0.0:4243 --tlsverify", "--tlsverify=1 -H tcp://:1"})
    EXPECT_FALSE(OpensTcpWithoutTls(text(safe))) << safe;
  EXPECT_FALSE(OpensTcpWithoutTls(""));
}

}  // namespace
}  // namespace dockerext
