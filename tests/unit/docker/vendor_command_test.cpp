// SPDX-License-Identifier: MIT
#include "handler/docker/vendor_command.hpp"

#include <gmock/gmock.h>

#include <map>

namespace dockerext {
namespace {

using testing::ElementsAre;
using testing::Optional;

// What matches each pattern.
using Disk = std::map<std::string, std::vector<UnitText>>;

std::optional<VendorCommand> Read(const std::vector<UnitText>& files, const Disk& disk) {
  return ReadVendorCommand(files, [&](const std::string& pattern) {
    const auto found = disk.find(pattern);
    return found == disk.end() ? std::vector<UnitText>{} : found->second;
  });
}

std::vector<std::string> Args(const std::vector<UnitText>& files, const Disk& disk = {}) {
  std::vector<std::string> texts;
  for (const ArgWithOrigin& arg : Read(files, disk).value_or(VendorCommand{}).args)
    texts.push_back(arg.arg + " (" + arg.origin + ")");
  return texts;
}

// The arguments behind the program of a [Service] section with these lines.
std::vector<std::string> ArgsOf(const std::string& lines, const Disk& disk = {}) {
  std::vector<std::string> texts;
  const auto command = Read({{"/unit", "[Service]\n" + lines + "\n"}}, disk);
  for (const ArgWithOrigin& arg : command.value_or(VendorCommand{}).args) texts.push_back(arg.arg);
  if (!texts.empty()) texts.erase(texts.begin());
  return texts;
}

TEST(ReadVendorCommand, IsTheLastLineWithItsOrigin) {
  EXPECT_THAT(Args({{"/a", "[Service]\nExecStart=/usr/bin/dockerd\n"},
                    {"/b", "[Service]\nExecStart=\nExecStart=/opt/dockerd -H fd://\n"}}),
              ElementsAre("/opt/dockerd (/b)", "-H (/b)", "fd:// (/b)"));
}

TEST(ReadVendorCommand, NamesTheFilesOfFurtherLines) {
  const UnitText unit{"/unit", "[Service]\nExecStart=/d\n"};
  const UnitText second{"/a", "[Service]\nExecStart=/d --debug\n"};
  const UnitText third{"/b", "[Service]\nExecStart=/e\n"};
  const UnitText replacing{"/c", "[Service]\nExecStart=\nExecStart=/e\n"};
  const auto further = [](const std::vector<UnitText>& files) { return Read(files, {})->further_origins; };
  EXPECT_THAT(further({unit}), ElementsAre());
  EXPECT_THAT(further({unit, second, third}), ElementsAre("/a", "/b"));
  EXPECT_THAT(further({unit, second, replacing}), ElementsAre());
}

TEST(ReadVendorCommand, IsNothingWithoutAnExecStartThatSystemdAccepts) {
  EXPECT_FALSE(Read({{"/a", "[Unit]\n"}}, {}));
  EXPECT_FALSE(Read({{"/a", "[Service]\nExecStart=/d\n"}, {"/b", "[Service]\nExecStart=\n"}}, {}));
  EXPECT_FALSE(
      Read({{"/a", "[Service]\nExecStart=/d\n"}, {"/b", "[Service]\nExecStart=\nExecStart=/d 'a\n"}}, {}));
}

TEST(ReadVendorCommand, ReplacesVariablesAndNamesTheOriginOfTheirValues) {
  const std::vector<UnitText> files = {
      {"/unit",
       "[Service]\nEnvironment=A=one \"B=two words\"\nEnvironmentFile=-/etc/default/docker\n"
       "ExecStart=/usr/bin/dockerd $DOCKER_OPTS $A $B --x=${A} $NONE $$\n"}};
  const Disk disk = {
      {"/etc/default/docker",
       {{"/etc/default/docker", "# comment\n\nDOCKER_OPTS=\"-H tcp://0.0.0.0:2375 --debug\"\n"}}}};
  EXPECT_THAT(Args(files, disk),
              ElementsAre("/usr/bin/dockerd (/unit)", "-H (/etc/default/docker)",
                          "tcp://0.0.0.0:2375 (/etc/default/docker)", "--debug (/etc/default/docker)",
                          "one (/unit)", "two (/unit)", "words (/unit)", "--x=one (/unit)", "$ (/unit)"));
}

TEST(ReadVendorCommand, ReplacesSeveralVariablesInOneArgument) {
  EXPECT_THAT(ArgsOf("Environment=P=tcp A=::1\nExecStart=/d -H ${P}://[${A}]:${N}2375 ${A}"),
              ElementsAre("-H", "tcp://[::1]:2375", "::1"));
}

TEST(ReadVendorCommand, LeavesDollarSignsThatSystemdLeaves) {
  EXPECT_THAT(ArgsOf("Environment=A=b\nExecStart=/d a$A $$A x$${A} ${A:-c} ${A $"),
              ElementsAre("a$A", "$A", "x${A}", "${A:-c}", "${A"));
}

TEST(ReadVendorCommand, TakesAllBehindADollarSignForTheName) {
  EXPECT_THAT(ArgsOf("Environment=A=b\nExecStart=/d $A/c $A"), ElementsAre("b"));
}

TEST(ReadVendorCommand, SplitsAVariableIntoWordsWithQuotesButNeverInsideBraces) {
  EXPECT_THAT(
      ArgsOf("EnvironmentFile=/f\nExecStart=/d $A ${A}", {{"/f", {{"/f", "A=`'x y'\\\\ z` \"\"\n"}}}}),
      ElementsAre("`x y z`", "", "`'x y'\\ z` \"\""));
}

TEST(ReadVendorCommand, ReplacesNoVariablesWithTheColonPrefix) {
  EXPECT_THAT(ArgsOf("Environment=A=b\nExecStart=:/d $A ${A} $$"), ElementsAre("$A", "${A}", "$$"));
}

TEST(ReadVendorCommand, LeavesOutTheNameThatAnAtSignSets) {
  EXPECT_THAT(Args({{"/unit", "[Service]\nExecStart=@/usr/bin/dockerd docker -D\n"}}),
              ElementsAre("/usr/bin/dockerd (/unit)", "-D (/unit)"));
}

TEST(ReadVendorCommand, ResetsTheEnvironmentAtAnEmptyAssignment) {
  EXPECT_THAT(ArgsOf("Environment=A=b\nEnvironment=\nEnvironment=C=d\nExecStart=/d x${A} ${C}"),
              ElementsAre("x", "d"));
  EXPECT_THAT(ArgsOf("EnvironmentFile=/f\nEnvironmentFile=\nExecStart=/d x${A}", {{"/f", {{"/f", "A=b"}}}}),
              ElementsAre("x"));
}

TEST(ReadVendorCommand, SkipsAnAssignmentWithAnInvalidName) {
  EXPECT_THAT(ArgsOf("Environment=A-B=c word D=%%e\nExecStart=/d ${A-B}x ${D}"), ElementsAre("x", "%e"));
}

TEST(ReadVendorCommand, AMissingEnvironmentFileIsAnEmptyOne) {
  EXPECT_THAT(Args({{"/unit", "[Service]\nEnvironmentFile=/gone\nExecStart=/usr/bin/dockerd $OPTS\n"}}),
              ElementsAre("/usr/bin/dockerd (/unit)"));
}

TEST(ReadVendorCommand, AnEnvironmentFileWinsOverTheUnitsOwnVariables) {
  EXPECT_THAT(
      Args({{"/unit", "[Service]\nEnvironmentFile=/f\nEnvironment=O=a\nExecStart=/usr/bin/dockerd $O\n"}},
           {{"/f", {{"/f", "O='b'\n"}}}}),
      ElementsAre("/usr/bin/dockerd (/unit)", "b (/f)"));
}

TEST(ReadVendorCommand, ReadsEveryFileThatAPatternMatchesAndTheLastOneWins) {
  const std::string lines =
      "EnvironmentFile=-/etc/docker/*.env\nEnvironmentFile=/etc/%N\nExecStart=/d $A $B $C";
  const Disk disk = {
      {"/etc/docker/*.env", {{"/etc/docker/1.env", "A=1\nB=1\nC=1"}, {"/etc/docker/2.env", "B=2\nC=2"}}},
      {"/etc/docker", {{"/etc/docker", "C=3"}}}};
  EXPECT_THAT(ArgsOf(lines, disk), ElementsAre("1", "2", "3"));
  EXPECT_THAT(Read({{"/unit", "[Service]\n" + lines}}, disk),
              Optional(testing::Field(&VendorCommand::environment_files,
                                      ElementsAre("/etc/docker/1.env", "/etc/docker/2.env", "/etc/docker"))));
}

TEST(ReadVendorCommand, IgnoresAnEnvironmentFileWhosePathIsNotAbsolute) {
  EXPECT_THAT(ArgsOf("EnvironmentFile=f\nEnvironmentFile=- /f\nExecStart=/d x$$ ${A}",
                     {{"f", {{"f", "A=b"}}}, {" /f", {{"/f", "A=b"}}}}),
              ElementsAre("x$", ""));
}

TEST(ReadVendorCommand, RemovesWhatUnsetEnvironmentNames) {
  const std::string start = "Environment=A=1 B=2 C=3\nEnvironmentFile=/f\n";
  const std::string end = "\nExecStart=/d ${A}-${B}-${C}";
  const Disk disk = {{"/f", {{"/f", "C=4"}}}};
  EXPECT_THAT(ArgsOf(start + "UnsetEnvironment=A B=9 C=4" + end, disk), ElementsAre("-2-"));
  EXPECT_THAT(ArgsOf(start + "UnsetEnvironment=A\nUnsetEnvironment=" + end, disk), ElementsAre("1-2-4"));
}

}  // namespace
}  // namespace dockerext
