// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "handler/state/ledger.hpp"
#include "handler/state/operation_store.hpp"
#include "handler/state/update_mark.hpp"
#include "handler/state/vm_identity.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_files.hpp"
#include "tests/support/fake_locks.hpp"

namespace dockerext {
namespace {

class State : public testing::Test {
 protected:
  void SetUp() override {
    files.PutFolder("/run");
    files.PutFolder("/var/lib");
  }

  FakeClock clock;
  FakeFiles files{clock};
  FakeLocks locks{clock};
};

TEST_F(State, TheRecordIsReadAsItWasWritten) {
  const Error failure{Code::kTimeout, "it was slow", "docker.service", "wait", Owner::kVmOwner};
  const OperationRecord written{7, "enable", "ab", 5, "/s", "/l", false, failure, {"app.service"}};
  OperationStore store(files, locks);
  ASSERT_TRUE(store
                  .Update([&](OperationRecord& record) -> Status {
                    record = written;
                    return {};
                  })
                  .ok());
  EXPECT_EQ(*store.Read(), written);
}

TEST_F(State, TheRecordIsSavedOnlyWhenItsChangeSucceeds) {
  OperationStore store(files, locks);
  EXPECT_EQ(store.Read()->generation, 0U);
  ASSERT_TRUE(store
                  .Update([](OperationRecord& record) -> Status {
                    record.generation = 7;
                    record.finished = false;
                    return {};
                  })
                  .ok());
  EXPECT_FALSE(store
                   .Update([](OperationRecord& record) -> Status {
                     record.generation = 8;
                     return Error{Code::kInternal, "no"};
                   })
                   .ok());
  EXPECT_EQ(store.Read()->generation, 7U);
  EXPECT_FALSE(store.Read()->finished);
}

TEST_F(State, AGenerationIsUniqueInABootEvenAfterTheRecordIsRemoved) {
  const auto first = NextGeneration({}, clock.SinceBoot());
  const auto second = NextGeneration({.generation = first}, clock.SinceBoot());
  EXPECT_GT(second, first);
  clock.elapsed += std::chrono::seconds(1);
  EXPECT_GT(NextGeneration({}, clock.SinceBoot()), second);
}

TEST_F(State, OnlyTheNewestGenerationRemovesAllState) {
  OperationStore store(files, locks);
  ASSERT_TRUE(store
                  .Update([](OperationRecord& record) -> Status {
                    record.generation = 7;
                    return {};
                  })
                  .ok());
  ASSERT_TRUE(SaveLedger(files, {}).ok());
  EXPECT_EQ(store.RemoveAllState(6).error().code, Code::kSuperseded);
  EXPECT_TRUE(files.Has(LedgerPath()));
  EXPECT_TRUE(store.RemoveAllState(7).ok());
  EXPECT_FALSE(files.Has("/var/lib/docker-extension"));
  EXPECT_FALSE(files.Has("/run/docker-extension"));
}

TEST_F(State, AnUpdateMarkIsValidOnceInItsBootForTwoMinutes) {
  files.Put("/proc/sys/kernel/random/boot_id", "one\n");
  ASSERT_TRUE(WriteUpdateMark(files, clock, "1.1.0").ok());
  EXPECT_EQ(ConsumeUpdateMark(files, clock), "1.1.0");
  EXPECT_EQ(ConsumeUpdateMark(files, clock), std::nullopt);
  ASSERT_TRUE(WriteUpdateMark(files, clock, "1.1.0").ok());
  clock.elapsed += std::chrono::seconds(121);
  EXPECT_EQ(ConsumeUpdateMark(files, clock), std::nullopt);
  ASSERT_TRUE(WriteUpdateMark(files, clock, "1.1.0").ok());
  files.Put("/proc/sys/kernel/random/boot_id", "two\n");
  EXPECT_EQ(ConsumeUpdateMark(files, clock), std::nullopt);
  files.Put("/proc/sys/kernel/random/boot_id", "one\n");
  EXPECT_EQ(ConsumeUpdateMark(files, clock), std::nullopt);
}

TEST_F(State, TheVmIdentityIsTheDmiUuidOrTheMachineId) {
  files.Put("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
  EXPECT_EQ(VmIdentity(files), "0123456789abcdef0123456789abcdef");
  files.Put("/sys/class/dmi/id/product_uuid", "00000000-0000-0000-0000-000000000000\n");
  EXPECT_EQ(VmIdentity(files), "0123456789abcdef0123456789abcdef");
  files.Put("/sys/class/dmi/id/product_uuid", "4C4C4544-0042-3510-8052-B4C04F4E3732\n");
  EXPECT_EQ(VmIdentity(files), "4c4c4544-0042-3510-8052-b4c04f4e3732");
  EXPECT_TRUE(SameVm("4c4c4544-0042-3510-8052-b4c04f4e3732", "44454c4c-4200-1035-8052-b4c04f4e3732"));
  EXPECT_FALSE(SameVm("4c4c4544-0042-3510-8052-b4c04f4e3732", "4c4c4544-0042-3510-8052-b4c04f4e3733"));
}

}  // namespace
}  // namespace dockerext
