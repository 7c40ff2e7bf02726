// SPDX-License-Identifier: MIT
#include "handler/docker/vendor_command.hpp"

#include <gmock/gmock.h>

#include <map>

namespace dockerext {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Words(const std::vector<ArgWithOrigin>& args) {
  std::vector<std::string> texts;
  for (const ArgWithOrigin& arg : args) texts.push_back(arg.arg + " (" + arg.origin + ")");
  return texts;
}

std::vector<std::string> Read(const std::vector<UnitText>& files,
                              const std::map<std::string, std::string>& disk = {}) {
  const auto command = ReadVendorCommand(files, [&](const std::string& path) -> std::optional<std::string> {
    const auto found = disk.find(path);
    return found == disk.end() ? std::nullopt : std::optional(found->second);
  });
  return command ? Words(command->args) : std::vector<std::string>{"none"};
}

TEST(ReadVendorCommand, IsTheLastLineWithItsSource) {
  EXPECT_THAT(Read({{"/a", "[Service]\nExecStart=/usr/bin/dockerd\n"},
                    {"/b", "[Service]\nExecStart=\nExecStart=/opt/dockerd -H fd://\n"}}),
              ElementsAre("/opt/dockerd (/b)", "-H (/b)", "fd:// (/b)"));
  EXPECT_THAT(Read({{"/a", "[Unit]\n"}}), ElementsAre("none"));
}

TEST(ReadVendorCommand, ReplacesVariablesAndNamesTheOriginOfTheirValues) {
  const std::vector<UnitText> files = {
      {"/unit",
       "[Service]\nEnvironment=A=one \"B=two words\"\nEnvironmentFile=-/etc/default/docker\n"
       "ExecStart=/usr/bin/dockerd $DOCKER_OPTS $A $B --x=${A} $NONE $$\n"}};
  EXPECT_THAT(
      Read(files, {{"/etc/default/docker", "# comment\n\nDOCKER_OPTS=\"-H tcp://0.0.0.0:2375 --debug\"\n"}}),
      ElementsAre("/usr/bin/dockerd (/unit)", "-H (/etc/default/docker)",
                  "tcp://0.0.0.0:2375 (/etc/default/docker)", "--debug (/etc/default/docker)", "one (/unit)",
                  "two (/unit)", "words (/unit)", "--x=one (/unit)", "$$ (/unit)"));
}

TEST(ReadVendorCommand, AMissingEnvironmentFileIsAnEmptyOne) {
  EXPECT_THAT(Read({{"/unit", "[Service]\nEnvironmentFile=/gone\nExecStart=/usr/bin/dockerd $OPTS\n"}}),
              ElementsAre("/usr/bin/dockerd (/unit)"));
}

TEST(ReadVendorCommand, AnEnvironmentFileWinsOverTheUnitsOwnVariables) {
  EXPECT_THAT(
      Read({{"/unit", "[Service]\nEnvironmentFile=/f\nEnvironment=O=a\nExecStart=/usr/bin/dockerd $O\n"}},
           {{"/f", "O='b'\n"}}),
      ElementsAre("/usr/bin/dockerd (/unit)", "b (/f)"));
}

TEST(HostsOf, FindsEverySpelling) {
  const std::vector<ArgWithOrigin> args = {
      {"-H", ""},           {"fd://", ""},       {"--host", ""}, {"tcp://a:1", ""}, {"--host=unix:///x", ""},
      {"-H=tcp://b:2", ""}, {"-Htcp://c:3", ""}, {"-D", ""}};
  EXPECT_THAT(Words(HostsOf(args)),
              ElementsAre("fd:// ()", "tcp://a:1 ()", "unix:///x ()", "tcp://b:2 ()", "tcp://c:3 ()"));
  EXPECT_TRUE(IsTcpHost("tcp://0.0.0.0:2375"));
  EXPECT_TRUE(IsTcpHost("0.0.0.0:2375"));
  EXPECT_FALSE(IsTcpHost("unix:///var/run/docker.sock"));
  EXPECT_FALSE(IsTcpHost("fd://"));
}

TEST(TcpStreamsOf, FindsPortsThatSystemdWouldOpen) {
  EXPECT_THAT(Words(TcpStreamsOf({{"/s", "[Socket]\nListenStream=/run/docker.sock\nListenStream=2375\n"},
                                  {"/d", "[Socket]\nListenStream=0.0.0.0:2376\n"}})),
              ElementsAre("2375 (/s)", "0.0.0.0:2376 (/d)"));
  EXPECT_THAT(
      TcpStreamsOf({{"/s", "[Socket]\nListenStream=2375\nListenStream=\nListenStream=%t/docker.sock\n"}}),
      IsEmpty());
}

}  // namespace
}  // namespace dockerext
