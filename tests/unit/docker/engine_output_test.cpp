// SPDX-License-Identifier: MIT
#include "handler/docker/engine_output.hpp"

#include <gmock/gmock.h>

namespace dockerext {
namespace {

TEST(FailureLine, IsTheLastLineThatGivesAReason) {
  EXPECT_EQ(FailureLine("level=info msg=\"Starting up\"\n"
                        "level=error msg=\"first\"\n"
                        "failed to start daemon: second\n"
                        "See 'dockerd --help'.\n"
                        "after the hint\n"),
            "failed to start daemon: second");
  EXPECT_EQ(
      FailureLine("level=fatal msg=one\n\nlevel=warning msg=two\ngoroutine 1 [running]:\nmain.main()\n"),
      "level=fatal msg=one");
}

TEST(FailureLine, OfAPanicIsWhatItSays) {
  EXPECT_EQ(
      FailureLine("level=info msg=\"Starting up\"\npanic: too many open files\n\ngoroutine 1 [running]:\n"
                  "\t/usr/lib/go-1.19/src/runtime/proc.go:290 +0x25\n"),
      "panic: too many open files");
  EXPECT_EQ(FailureLine("fatal error: out of memory\n[signal SIGSEGV: segmentation violation]\n"),
            "fatal error: out of memory");
}

TEST(FailureLine, IsEmptyForALogWithoutAReason) {
  EXPECT_EQ(FailureLine(""), "");
  EXPECT_EQ(FailureLine("level=info msg=done\n"), "");
}

TEST(FailureLine, IsRedactedBeforeItIsCut) {
  const std::string line = std::string(590, 'x') + " https://user:hunter2secret@proxy.example.com/";
  EXPECT_EQ(FailureLine(line).find("hunter2"), std::string::npos);
  EXPECT_LE(FailureLine(line).size(), 600U);
}

TEST(FailureLine, ShowsNoPartOfASecretAtAnyOffsetOfTheCut) {
  for (std::size_t offset = 540; offset < 610; ++offset) {
    const std::string line = std::string(offset, 'x') + " token=hunter2secret end";
    EXPECT_EQ(FailureLine(line).find("hunt"), std::string::npos) << offset;
    EXPECT_EQ(RejectionReason(line, "").find("hunt"), std::string::npos) << offset;
  }
}

TEST(RejectionReason, HidesTheMapsOfAConflict) {
  EXPECT_EQ(
      RejectionReason(
          "unable to configure the Docker daemon with file /etc/docker/daemon.json: the following "
          "directives are specified both as a flag and in the configuration file: log-opts: (from "
          "flag: map[splunk-token:a b], from file: map[splunk-token:c])\n",
          ""),
      "unable to configure the Docker daemon with file /etc/docker/daemon.json: the following directives are "
      "specified both as a flag and in the configuration file: log-opts: (from flag: map[***], from file: "
      "map[***])");
}

TEST(RejectionReason, IsTheFirstLineThatDockerdPrints) {
  EXPECT_EQ(RejectionReason("\nunknown flag: --x\nSee 'dockerd --help'.\n", "usage"), "unknown flag: --x");
  EXPECT_EQ(RejectionReason("", "on the output\n"), "on the output");
  EXPECT_EQ(RejectionReason("\n", ""), "");
}

TEST(OptionNamedIn, IsTheOneWhoseFlagOrValueIsNamed) {
  const std::vector<DockerOption> options = {{"--mtu=9000", "options[0]"},
                                             {"--log-level=bogus", "options[1]"},
                                             {"--dns=8.8.8.8", "options[2]"},
                                             {"--dns=8.8.4.400", "options[3]"}};
  EXPECT_EQ(OptionNamedIn("unable to parse logging level: bogus", options), "options[1]");
  EXPECT_EQ(OptionNamedIn("invalid argument \"8.8.4.400\" for \"--dns\" flag", options), "options[3]");
  EXPECT_EQ(OptionNamedIn("unknown flag: --mtu-of-another", options), std::nullopt);
  EXPECT_EQ(OptionNamedIn("docker.service did not start", {{"--group=docker", "options[0]"}}), std::nullopt);
  EXPECT_EQ(OptionNamedIn("failed to start daemon", {}), std::nullopt);
}

TEST(VersionIn, ReadsWhatDockerdPrints) {
  EXPECT_EQ(VersionIn("Docker version 20.10.24+dfsg1, build 297e128\n"), "20.10.24+dfsg1");
  EXPECT_EQ(VersionIn("Docker version 28.5.2\n"), "28.5.2");
  EXPECT_EQ(VersionIn("podman version 4.3\n"), "");
}

}  // namespace
}  // namespace dockerext
