// SPDX-License-Identifier: MIT
#include "tests/sim/agent/settings_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "tests/sim/agent/handler_folder.hpp"
#include "tests/support/sim_fixtures.hpp"

namespace dockerext::agent_simulator {
namespace {

using testing::HasSubstr;

class Delivered : public contract::FolderTest {
 protected:
  Delivered() { EXPECT_TRUE(MakeHandlerFolder(layout_).ok()); }

  static Settings Given(const char* port, const char* secret) {
    Settings settings;
    settings.public_settings = contract::Json{{"port", port}};
    settings.protected_settings = Secret(std::string(secret));
    return settings;
  }

  std::uint64_t Deliver(const Settings& settings) {
    const auto delivered = DeliverSettings(layout_, settings);
    EXPECT_TRUE(delivered.ok()) << (delivered.ok() ? "" : delivered.error().Message());
    return delivered.ok() ? delivered->sequence : 999;
  }

  void SetAge(std::uint64_t sequence, long seconds) {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= seconds;
    const timespec times[2] = {now, now};
    ASSERT_EQ(utimensat(AT_FDCWD, layout_.SettingsFile(sequence).c_str(), times, 0), 0);
  }

  contract::Layout layout_ = FakeLayout();
};

TEST_F(Delivered, UnchangedSettingsKeepTheirNumberAndBytes) {
  EXPECT_EQ(Deliver(Given("1", R"({"a":1})")), 0U);
  const std::string first = contract::Slurp(layout_.SettingsFile(0));
  SetAge(0, 100);
  EXPECT_EQ(Deliver(Given("1", R"({"a":1})")), 0U);
  EXPECT_EQ(contract::Slurp(layout_.SettingsFile(0)), first);
  struct stat found {};
  ASSERT_EQ(stat(layout_.SettingsFile(0).c_str(), &found), 0);
  EXPECT_GT(found.st_mtim.tv_sec, time(nullptr) - 50);
  EXPECT_EQ(contract::ModeOf(layout_.SettingsFile(0)), 0100644U);
}

TEST_F(Delivered, AnyDifferenceGetsTheNextNumber) {
  EXPECT_EQ(Deliver(Given("1", R"({"a":1})")), 0U);
  EXPECT_EQ(Deliver(Given("2", R"({"a":1})")), 1U);
  EXPECT_EQ(Deliver(Given("2", R"({"a":2})")), 2U);
  EXPECT_EQ(Deliver(Given("2", "")), 3U);
  EXPECT_EQ(Deliver(Given("2", "")), 3U);
}

TEST_F(Delivered, TheLastNumberIsTheFileWrittenLast) {
  Put("lib/Nobody.Fake-1.0.0/config/7.settings", "{}");
  Put("lib/Nobody.Fake-1.0.0/config/2.settings", "{}");
  Put("lib/Nobody.Fake-1.0.0/config/x.9.settings", "{}");
  SetAge(7, 1000);
  EXPECT_EQ(LastSequence(layout_), 2U);
}

TEST_F(Delivered, NoSettingsAreAnEmptyFile) {
  Settings none;
  none.kind = Settings::Kind::kNone;
  const auto delivered = DeliverSettings(layout_, none);
  ASSERT_OK(delivered);
  EXPECT_EQ(delivered->sequence, 0U);
  EXPECT_FALSE(delivered->has_settings);
  EXPECT_EQ(contract::Slurp(layout_.SettingsFile(0)), "");
}

TEST_F(Delivered, RepeatsWhatWasDeliveredLast) {
  Settings repeat;
  repeat.kind = Settings::Kind::kRepeat;
  EXPECT_THAT(DeliverSettings(layout_, repeat).error().Message(),
              HasSubstr("no settings were delivered yet"));
  Deliver(Given("1", R"({"a":1})"));
  const std::string first = contract::Slurp(layout_.SettingsFile(0));
  EXPECT_EQ(Deliver(repeat), 0U);
  EXPECT_EQ(contract::Slurp(layout_.SettingsFile(0)), first);
}

TEST_F(Delivered, ASecretThatCannotBeDecryptedCountsAsChanged) {
  Deliver(Given("1", R"({"a":1})"));
  for (const std::string& name : contract::NamesIn(Path("lib"))) {
    if (name.ends_with(".prv")) {
      ASSERT_OK(contract::RemoveTree(Path("lib/" + name)));
    }
  }
  EXPECT_EQ(Deliver(Given("1", R"({"a":1})")), 1U);
}

}  // namespace
}  // namespace dockerext::agent_simulator
