// SPDX-License-Identifier: MIT
// One way back: what a superseded operation committed, what an image of another VM brings, and certificates
// whose dates have passed while they are served.
#include <gmock/gmock.h>

#include "handler/state/ledger.hpp"
#include "tests/support/fake_machine.hpp"

namespace dockerext {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;

constexpr const char* kPort4243 = R"({"docker": {"port": "4243"}})";
constexpr const char* kPort5000 = R"({"docker": {"port": 5000}})";
constexpr const char* kBadPort = R"({"docker": {"port": "none"}})";
constexpr std::chrono::hours kDay{24};

class Recovery : public testing::Test {
 protected:
  void SetUp() override {
    vm.Set(0, kPort4243, certs);
    vm.Run("enable");
    ASSERT_EQ(vm.docker.port(), 4243);
  }

  // As a VM that was created from an image of this one.
  void BecomeAnotherVm() {
    vm.files.Put("/sys/class/dmi/id/product_uuid", "5D4D4544-0042-3510-8052-B4C04F4E3799\n");
  }

  FakeMachine vm;
  std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
};

TEST_F(Recovery, AFailingNewerOperationTakesBackWhatASupersededOneCommitted) {
  vm.docker.start_takes = std::chrono::seconds(20);
  vm.Set(1, kPort5000, certs);
  vm.RunVerb("enable");
  // The newer one begins while the engine restarts with port 5000, and is refused by dockerd.
  vm.clock.on_sleep = [&] {
    if (vm.docker.port() != 5000) return;
    vm.clock.on_sleep = nullptr;
    vm.Set(2, R"({"docker": {"port": 6000, "options": ["--unknown-option"]}})", certs);
    vm.RunVerb("enable");
  };
  vm.Drain();
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kError);
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_EQ(vm.LastKnownGoodEndpoint().port, 4243);
  EXPECT_EQ(EndpointOfDropIn(vm.files.Content(DropInPath()))->port, 4243);
}

TEST_F(Recovery, ADropInThatOpensTcpWithoutTlsIsNotRestored) {
  std::string plain = vm.files.Content(DropInPath());
  plain.erase(plain.find(" --tlsverify"), 12);
  ASSERT_TRUE(AmendLedger(vm.files, [&](Ledger& ledger) { ledger.last_known_good->drop_in = plain; }).ok());
  vm.docker.fails_to_start = [](const auto& argv) { return EndpointOf(argv).has_value(); };
  vm.Set(1, kPort5000, certs);
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
  EXPECT_FALSE(vm.files.Has(DropInPath()));
  EXPECT_TRUE(vm.docker.running());
  EXPECT_EQ(vm.docker.port(), 0);
}

TEST_F(Recovery, ADropInThatSomebodyChangesMeanwhileIsNotRecorded) {
  vm.docker.start_takes = std::chrono::seconds(20);
  vm.Set(1, kPort5000, certs);
  vm.RunVerb("enable");
  vm.clock.on_sleep = [&] {
    if (vm.docker.port() != 5000) return;
    vm.clock.on_sleep = nullptr;
    vm.files.Put(DropInPath(), vm.files.Content(DropInPath()) + "# theirs\n");
  };
  vm.Drain();
  EXPECT_THAT(vm.StatusOf(1).message, HasSubstr("was changed by another program"));
  EXPECT_EQ(vm.LastKnownGoodEndpoint().port, 4243);
  EXPECT_EQ(EndpointOfDropIn(vm.files.Content(DropInPath()))->port, 4243);
}

TEST_F(Recovery, ServedCertificatesThatExpireStayServed) {
  vm.clock.elapsed += 400 * kDay;
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.StatusOf(0).substatuses, Contains(Field(&Substatus::message, HasSubstr("expired on"))));
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST_F(Recovery, AClockThatIsBehindKeepsServedCertificatesServed) {
  vm.clock.utc_start -= 400 * kDay;
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.StatusOf(0).substatuses,
              Contains(Field(&Substatus::message, HasSubstr("check this machine's clock"))));
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST_F(Recovery, AClockThatIsBehindAddsAWarningToKeptCertificatesToo) {
  vm.clock.utc_start -= 400 * kDay;
  vm.Set(1, kPort4243, std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_THAT(vm.StatusOf(1).substatuses,
              Contains(Field(&Substatus::message, HasSubstr("check this machine's clock"))));
}

TEST_F(Recovery, NewCertificatesMayBeUpToADayAhead) {
  vm.Set(1, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow() + std::chrono::hours(20))));
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess) << vm.StatusOf(1).message;
  EXPECT_THAT(vm.StatusOf(1).substatuses,
              Contains(Field(&Substatus::message, HasSubstr("is not valid before"))));
  vm.Set(2, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow() + 3 * kDay)));
  EXPECT_EQ(vm.Run("enable").exit_code, 53);
}

TEST_F(Recovery, OnAnotherVmTheFirstOnesPortIsClosedBeforeWrongSettingsAreReported) {
  BecomeAnotherVm();
  vm.Set(1, kBadPort, certs);
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(1).message, HasSubstr("publicSettings.docker.port"));
  EXPECT_EQ(vm.docker.port(), 0);
}

TEST_F(Recovery, OnAnotherVmInstallonlyClosesTheFirstOnesPort) {
  BecomeAnotherVm();
  vm.Set(1, R"({"installonly": true})", std::nullopt);
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess) << vm.StatusOf(1).message;
  EXPECT_EQ(vm.docker.port(), 0);
}

TEST_F(Recovery, OnAnotherVmARefusedOptionDoesNotLeadBackToTheFirstOnesPort) {
  BecomeAnotherVm();
  vm.Set(1, R"({"docker": {"port": 5000, "options": ["--unknown-option"]}})", certs);
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
  EXPECT_EQ(vm.docker.port(), 0);
}

TEST_F(Recovery, OnAnotherVmAnUpdateClosesTheFirstOnesPort) {
  BecomeAnotherVm();
  EXPECT_EQ(vm.Run("update").exit_code, 0);
  EXPECT_EQ(vm.docker.port(), 0);
}

TEST_F(Recovery, OnAnotherVmAnUpdateReopensNothingThatItsOwnerClosed) {
  BecomeAnotherVm();
  vm.files.Erase(DropInPath());
  vm.docker.DaemonReload();
  vm.docker.Restart();
  EXPECT_EQ(vm.Run("update").exit_code, 0);
  EXPECT_EQ(vm.docker.port(), 0);
}

TEST_F(Recovery, OnAnotherVmSettingsWithCertificatesOpenItsOwnPort) {
  BecomeAnotherVm();
  vm.Set(1, kPort5000, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess) << vm.StatusOf(1).message;
  EXPECT_EQ(vm.docker.port(), 5000);
}

}  // namespace
}  // namespace dockerext
