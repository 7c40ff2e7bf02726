// SPDX-License-Identifier: MIT
#include "handler/distro/platform.hpp"

#include <gmock/gmock.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_files.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;

class DetectPlatformTest : public testing::Test {
 protected:
  void ExpectError(Code code, const char* excerpt) {
    const auto distro = DetectPlatform(files);
    ASSERT_FALSE(distro.ok());
    EXPECT_EQ(distro.error().code, code);
    EXPECT_THAT(distro.error().Message(), HasSubstr(excerpt));
  }

  FakeClock clock;
  FakeFiles files{clock};
};

TEST_F(DetectPlatformTest, ReadsTheOneOfUsrWhereEtcHasNone) {
  files.Put("/usr/lib/os-release", "ID=debian\nVERSION_ID=12\n");
  files.PutFolder("/run/systemd/system");
  const auto distro = DetectPlatform(files);
  ASSERT_TRUE(distro.ok());
  EXPECT_EQ((*distro)->id, "debian");
}

TEST_F(DetectPlatformTest, NamesWhatIsMissing) {
  ExpectError(Code::kUnsupportedPlatform, "neither /etc/os-release nor /usr/lib/os-release exists");
  files.Put("/etc/os-release", "ID=gentoo\n");
  ExpectError(Code::kUnsupportedPlatform, "gentoo");
  files.Put("/etc/os-release", "ID=debian\nVERSION_ID=12\n");
  ExpectError(Code::kMissingDependency, "systemd is not running as PID 1");
}

}  // namespace
}  // namespace dockerext
