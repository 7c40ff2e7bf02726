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

TEST(FailureLine, IsEmptyForALogWithoutAReason) {
  EXPECT_EQ(FailureLine(""), "");
  EXPECT_EQ(FailureLine("level=info msg=done\n"), "");
}

TEST(FailureLine, IsRedactedBeforeItIsCut) {
  const std::string line = std::string(590, 'x') + " https://user:hunter2secret@proxy.example.com/";
  EXPECT_EQ(FailureLine(line).find("hunter2"), std::string::npos);
  EXPECT_LE(FailureLine(line).size(), 600U);
}

TEST(RejectionReason, IsTheFirstLineThatDockerdPrints) {
  EXPECT_EQ(RejectionReason("\nunknown flag: --x\nSee 'dockerd --help'.\n", "usage"), "unknown flag: --x");
  EXPECT_EQ(RejectionReason("", "on the output\n"), "on the output");
  EXPECT_EQ(RejectionReason("\n", ""), "");
}

TEST(VersionIn, ReadsWhatDockerdPrints) {
  EXPECT_EQ(VersionIn("Docker version 20.10.24+dfsg1, build 297e128\n"), "20.10.24+dfsg1");
  EXPECT_EQ(VersionIn("Docker version 28.5.2\n"), "28.5.2");
  EXPECT_EQ(VersionIn("podman version 4.3\n"), "");
}

}  // namespace
}  // namespace dockerext
