// SPDX-License-Identifier: MIT
// The log file: its mode, its size, and what it does not follow.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "handler/adapters/poco/poco_log.hpp"
#include "tests/adapters/poco/folder.hpp"
#include "tests/support/fake_clock.hpp"

namespace dockerext {
namespace {

using PocoLogFile = Folder;

TEST_F(PocoLogFile, LinesGoToBothSinksAndTheFileHasMode0600) {
  FakeClock clock;
  std::vector<std::string> journal;
  PocoLog log(clock, "enable[7]", [&](Severity, std::string_view message) { journal.emplace_back(message); });
  log.Info("before there is a file");
  const mode_t previous = umask(077);
  ASSERT_TRUE(log.AddFileSink(At("")).ok());
  umask(previous);
  log.Warn("odd");
  struct stat facts {};
  ASSERT_EQ(stat(At("docker-extension.log").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  std::ostringstream text;
  text << std::ifstream(At("docker-extension.log")).rdbuf();
  EXPECT_EQ(text.str(), "2026-11-24T20:18:00Z enable[7] warning: odd\n");
  EXPECT_EQ(journal.size(), 2U);
}

TEST_F(PocoLogFile, TheFilesTogetherStayBelowSixMegabytes) {
  FakeClock clock;
  PocoLog log(clock, "enable[7]", [](Severity, std::string_view) {});
  ASSERT_TRUE(log.AddFileSink(At("")).ok());
  const std::string line(4000, 'x');
  for (int i = 0; i < 3000; ++i) log.Info(line);
  std::uintmax_t size = 0;
  for (const auto& entry : std::filesystem::directory_iterator(At(""))) size += entry.file_size();
  EXPECT_LT(size, 6U << 20U);
  EXPECT_GT(size, 3U << 20U);
}

TEST_F(PocoLogFile, AWorldReadableFileIsSetToMode0600) {
  FakeClock clock;
  std::ofstream(At("docker-extension.log")) << "older\n";
  ASSERT_EQ(chmod(At("docker-extension.log").c_str(), 0644), 0);
  PocoLog log(clock, "enable[7]", [](Severity, std::string_view) {});
  ASSERT_TRUE(log.AddFileSink(At("")).ok());
  struct stat facts {};
  ASSERT_EQ(stat(At("docker-extension.log").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
}

TEST_F(PocoLogFile, ASymlinkIsNotFollowed) {
  FakeClock clock;
  for (const char* target : {"victim", "nothing"}) {
    std::ofstream(At("victim")) << "theirs\n";
    std::filesystem::remove(At("docker-extension.log"));
    std::filesystem::create_symlink(At(target), At("docker-extension.log"));
    PocoLog log(clock, "enable[7]", [](Severity, std::string_view) {});
    EXPECT_FALSE(log.AddFileSink(At("")).ok());
    log.Info("ours");
    EXPECT_EQ(std::filesystem::file_size(At("victim")), 7U);
    EXPECT_FALSE(std::filesystem::exists(At("nothing")));
  }
}

TEST_F(PocoLogFile, AFolderThatIsALinkOrThatOthersWriteToIsRejected) {
  FakeClock clock;
  PocoLog log(clock, "enable[7]", [](Severity, std::string_view) {});
  std::filesystem::create_directory(At("real"));
  std::filesystem::create_directory_symlink(At("real"), At("link"));
  EXPECT_FALSE(log.AddFileSink(At("link")).ok());
  EXPECT_FALSE(log.AddFileSink(At("link/")).ok());
  ASSERT_EQ(chmod(At("real").c_str(), 0775), 0);
  EXPECT_FALSE(log.AddFileSink(At("real")).ok());
  EXPECT_TRUE(std::filesystem::is_empty(At("real")));
  ASSERT_EQ(chmod(At("real").c_str(), 0755), 0);
  EXPECT_TRUE(log.AddFileSink(At("real")).ok());
}

TEST_F(PocoLogFile, BothSinksReceiveMessagesWithoutSecrets) {
  FakeClock clock;
  std::string journal;
  PocoLog log(clock, "enable[7]", [&](Severity, std::string_view message) { journal = message; });
  ASSERT_TRUE(log.AddFileSink(At("")).ok());
  log.Error("http://user:pass@host");
  std::ostringstream text;
  text << std::ifstream(At("docker-extension.log")).rdbuf();
  EXPECT_EQ(journal, "http://***@host");
  EXPECT_THAT(text.str(), testing::EndsWith("error: http://***@host\n"));
}

TEST_F(PocoLogFile, AMissingFolderIsAnErrorAndLoggingContinues) {
  FakeClock clock;
  int lines = 0;
  PocoLog log(clock, "enable[7]", [&](Severity, std::string_view) { ++lines; });
  EXPECT_FALSE(log.AddFileSink(At("missing")).ok());
  log.Info("still here");
  EXPECT_EQ(lines, 1);
}

}  // namespace
}  // namespace dockerext
