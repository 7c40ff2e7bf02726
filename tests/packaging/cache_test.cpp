// SPDX-License-Identifier: MIT
// What scripts/lib.sh removes from the caches.
#include <gmock/gmock.h>

#include "tests/packaging/script.hpp"

namespace dockerext::packaging {
namespace {

class Cache : public InAFolder {};

TEST_F(Cache, LosesTheFoldersThatNothingTouchedForAWeekAndThatNoProcessUses) {
  const Ended pruned = Bash(folder(), R"(
mkdir new old used
touch old.lock used/disk
touch -d '8 days ago' old old.lock used
. ')" DX_SOURCE_DIR R"(/scripts/lib.sh'
tail -f "$PWD/used/disk" & user=$!
until grep -qs used/disk /proc/$user/cmdline; do sleep 0.01; done
prune_cache "$PWD"
kill $user)");
  EXPECT_EQ(pruned.exit_code, 0);
  EXPECT_EQ(pruned.output, "removing " + folder().string() + "/old, which was not used for a week\n");
  EXPECT_EQ(Bash(folder(), "ls --ignore=command").output, "new\nold.lock\nused\n");
}

}  // namespace
}  // namespace dockerext::packaging
