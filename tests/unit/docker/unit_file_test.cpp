// SPDX-License-Identifier: MIT
#include "handler/docker/unit_file.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

TEST(EffectiveExecStart, IsTheLastOneInOrder) {
  EXPECT_EQ(EffectiveExecStart({"[Service]\nExecStart=/usr/bin/dockerd -H fd://\n",
                                "[Service]\nExecStart=\nExecStart=/usr/local/bin/dockerd\n"}),
            "/usr/local/bin/dockerd");
}

TEST(EffectiveExecStart, IsClearedByAnEmptyOne) {
  EXPECT_EQ(EffectiveExecStart({"[Service]\nExecStart=/usr/bin/dockerd\n", "[Service]\nExecStart=\n"}),
            std::nullopt);
}

TEST(EffectiveExecStart, KeepsPrefixesQuotesSpecifiersAndVariables) {
  EXPECT_EQ(
      EffectiveExecStart({"[Service]\nExecStart = -/usr/bin/dockerd \"--label=a b\" %m $DOCKER_OPTS  \n"}),
      "-/usr/bin/dockerd \"--label=a b\" %m $DOCKER_OPTS");
}

TEST(EffectiveExecStart, JoinsContinuationsAndSkipsCommentsBetweenThem) {
  EXPECT_EQ(
      EffectiveExecStart({"[Service]\nExecStart=/usr/bin/dockerd \\\n# a comment\n  -H fd:// \\\n;another\n"
                          "  --debug\nRestart=always\n"}),
      "/usr/bin/dockerd    -H fd://    --debug");
}

TEST(EffectiveExecStart, ReadsOnlyTheServiceSection) {
  EXPECT_EQ(EffectiveExecStart({"[Unit]\nExecStart=/bin/false\n[Service]\n#ExecStart=/bin/false\n"}),
            std::nullopt);
}

TEST(EffectiveExecStart, AcceptsAContinuationAtTheEndOfTheFile) {
  EXPECT_EQ(EffectiveExecStart({"[Service]\r\nExecStart=/usr/bin/dockerd\\"}), "/usr/bin/dockerd");
}

}  // namespace
}  // namespace dockerext
