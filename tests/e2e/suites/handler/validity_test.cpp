// SPDX-License-Identifier: MIT
// The dates of certificates: what is served stays served when it has expired, and new material may begin a
// little later than now. The clock is the host's, so the certificates' dates are moved instead.
#include <nlohmann/json.hpp>

#include <thread>

#include "tests/e2e/suites/handler/docker_vm.hpp"
#include "tests/support/test_pki.hpp"

namespace dockerext {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::system_clock;
using testing::AllOf;
using testing::HasSubstr;

class Validity : public DockerVm {
 protected:
  // Protected settings with certificates that were made at this moment, and begin an hour before it.
  std::string MadeAt(system_clock::time_point moment) {
    const TestCredentials made = MakeCredentials(moment);
    const nlohmann::json settings = {
        {"certs",
         {{"ca", made.ca.certificate}, {"cert", made.server.certificate}, {"key", made.server.key}}}};
    return vm().Put("own-protected.json", settings.dump());
  }

  // The agent calls enable with the same settings.
  void ExpectStillServed() {
    const Vm::Output enable = vm().Verb("enable", 0);
    EXPECT_EQ(enable.exit_code, 0) << enable.out << enable.err;
    Await("! grep -q transitioning " + std::string(Vm::kFolder) + "/status/0.status");
    EXPECT_EQ(StatusLevel(), "success") << LastStatus();
    EXPECT_THAT(LastStatus(), AllOf(HasSubstr("\"warning\""), HasSubstr("expired")));
    EXPECT_TRUE(vm().IsOpen(4243));
  }
};

constexpr hours kLifetime{24 * 365};  // of MakeCredentials

TEST_F(Validity, WhatIsServedStaysServedWhenItExpires) {
  const auto end = system_clock::now() + seconds(45);
  ASSERT_EQ(vm().Harness({"run", "--protected", MadeAt(end - kLifetime)}).exit_code, kSuccess);
  const std::string pid = vm().EnginePid();
  ASSERT_LT(system_clock::now(), end) << "enable took too long";
  std::this_thread::sleep_until(end + seconds(2));
  ExpectStillServed();
  EXPECT_EQ(vm().EnginePid(), pid);
  const auto rebooted = vm().guest().Reboot();
  ASSERT_TRUE(rebooted.ok()) << rebooted.error().Message();
  ExpectStillServed();
}

TEST_F(Validity, NewMaterialThatHasExpiredIsAnError) {
  EXPECT_EQ(
      vm().Harness({"run", "--protected", MadeAt(system_clock::now() - kLifetime - hours(1))}).exit_code,
      kCommandFailed);
  EXPECT_THAT(LastStatus(), AllOf(HasSubstr("\"code\":53"), HasSubstr("expired")));
  EXPECT_FALSE(vm().IsOpen(4243));
}

TEST_F(Validity, NewMaterialThatBeginsInThreeHoursIsServedWithAWarning) {
  EXPECT_EQ(vm().Harness({"run", "--protected", MadeAt(system_clock::now() + hours(4))}).exit_code, kSuccess);
  EXPECT_THAT(LastStatus(), HasSubstr("\"warning\""));
  EXPECT_TRUE(vm().IsOpen(4243));
}

TEST_F(Validity, NewMaterialThatBeginsInThreeDaysIsAnError) {
  EXPECT_EQ(vm().Harness({"run", "--protected", MadeAt(system_clock::now() + hours(73))}).exit_code,
            kCommandFailed);
  EXPECT_THAT(LastStatus(), HasSubstr("\"code\":53"));
  EXPECT_FALSE(vm().IsOpen(4243));
}

}  // namespace
}  // namespace dockerext
