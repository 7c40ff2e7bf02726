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
    const auto platform = DetectPlatform(files);
    ASSERT_FALSE(platform.ok());
    EXPECT_EQ(platform.error().code, code);
    EXPECT_THAT(platform.error().Message(), HasSubstr(excerpt));
  }

  FakeClock clock;
  FakeFiles files{clock};
};

TEST_F(DetectPlatformTest, ReadsTheOneOfUsrWhereEtcHasNone) {
  files.Put("/usr/lib/os-release", "ID=debian\nVERSION_ID=12\n");
  files.PutFolder("/run/systemd/system");
  const auto platform = DetectPlatform(files);
  ASSERT_TRUE(platform.ok());
  EXPECT_EQ(platform->distro->name, "Debian");
  EXPECT_EQ(platform->packages, &kApt);
}

// What /usr/bin/dnf is depends on the machine, not on the name of its distribution.
TEST_F(DetectPlatformTest, AsksTheMachineWhichPackageManagerItHas) {
  const struct {
    const char* release;
    const char* program;
    const char* link;  // empty: a file
    const PackageManager* found;
  } cases[] = {
      {"ID=rocky\nVERSION_ID=9.4\n", "/usr/bin/dnf", "/usr/bin/dnf-3", &kDnf},
      {"ID=rocky\nVERSION_ID=10.0\n", "/usr/bin/dnf", "/usr/bin/dnf5", &kDnf5},
      {"ID=fedora\nVERSION_ID=43\n", "/usr/bin/dnf", "/usr/bin/dnf5", &kDnf5},
      {"ID=fedora\nVERSION_ID=41\n", "/usr/bin/dnf", "/usr/bin/dnf-3", &kDnf},
      {"ID=azurelinux\nVERSION_ID=3.0\n", "/usr/bin/tdnf", "", &kTdnf},
      {"ID=azurelinux\nVERSION_ID=3.0\n", "/usr/bin/dnf", "", &kDnf},
      {"ID=sles\nVERSION_ID=15.6\n", "/usr/bin/zypper", "", &kZypper},
      {"ID=flatcar\nVERSION_ID=4593.2.5\n", "/usr/bin/true", "", nullptr},
  };
  for (const auto& [release, program, link, found] : cases) {
    FakeFiles machine(clock);
    machine.PutFolder("/run/systemd/system");
    machine.Put("/etc/os-release", release);
    if (std::string_view(link).empty()) {
      machine.Put(program, "");
    } else {
      machine.Put(link, "");
      machine.PutLink(program, link);
    }
    const auto platform = DetectPlatform(machine);
    ASSERT_TRUE(platform.ok()) << release;
    EXPECT_EQ(platform->packages, found) << release << program << " -> " << link;
  }
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
