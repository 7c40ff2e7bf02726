// SPDX-License-Identifier: MIT
// Our reader beside real engines, over tests/fixtures/daemon_json: verdicts.tsv says what each engine made of
// each file.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "handler/docker/daemon_json.hpp"

namespace dockerext {
namespace {

constexpr std::array<const char*, 3> kEngines = {"20.10.24+dfsg1", "26.1.5+dfsg1", "28.5.2+dfsg4"};
constexpr const char* kPath = "/etc/docker/daemon.json";

struct Row {
  std::string file;
  std::array<std::string, kEngines.size()> verdicts;
  std::string text;
};

std::filesystem::path Folder() { return DX_SOURCE_DIR "/tests/fixtures/daemon_json"; }

std::vector<Row> Corpus() {
  std::vector<Row> rows;
  std::ifstream table(Folder() / "verdicts.tsv");
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream cells(line);
    Row row;
    cells >> row.file >> row.verdicts[0] >> row.verdicts[1] >> row.verdicts[2];
    std::ifstream file(Folder() / row.file, std::ios::binary);
    row.text = {std::istreambuf_iterator<char>(file), {}};
    rows.push_back(row);
  }
  return rows;
}

// Runs `check` for each file that an engine accepts, with what our reader made of it.
void ForEachAccepted(const std::function<void(const Row&, const char*, const DaemonJson&)>& check) {
  for (const Row& row : Corpus()) {
    for (std::size_t i = 0; i < kEngines.size(); ++i) {
      const auto read = ReadDaemonJson(row.text, kEngines[i], kPath);
      if (row.verdicts[i] != "accept" || !read.ok()) continue;
      SCOPED_TRACE(row.file + " for " + kEngines[i]);
      check(row, kEngines[i], *read);
    }
  }
}

TEST(DaemonJsonCorpus, HasARowForEachFileAndAFileForEachRow) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(Folder())) {
    if (entry.path().extension() == ".json") files.insert(entry.path().filename());
  }
  std::set<std::string> rows;
  for (const Row& row : Corpus()) rows.insert(row.file);
  EXPECT_EQ(rows, files);
  EXPECT_GE(rows.size(), 250U);
}

TEST(DaemonJsonCorpus, IsReadAsEachEngineReadsIt) {
  for (const Row& row : Corpus()) {
    for (std::size_t i = 0; i < kEngines.size(); ++i) {
      const auto read = ReadDaemonJson(row.text, kEngines[i], kPath);
      EXPECT_EQ(read.ok(), row.verdicts[i] != "refuse")
          << row.file << " for " << kEngines[i] << ": " << (read.ok() ? "accepted" : read.error().Message());
    }
  }
}

TEST(DaemonJsonCorpus, IsRefusedForAnUnknownEngineWhereAnyEngineRefusesIt) {
  for (const Row& row : Corpus()) {
    const bool refused = std::count(row.verdicts.begin(), row.verdicts.end(), "refuse") > 0;
    EXPECT_EQ(ReadDaemonJson(row.text, "", kPath).ok(), !refused) << row.file;
  }
}

TEST(DaemonJsonCorpus, HasTheValueThatWasSetAndIsStillAccepted) {
  ForEachAccepted([](const Row& row, const char* engine, const DaemonJson&) {
    for (const bool value : {true, false}) {
      const auto read = ReadDaemonJson(WithLiveRestore(row.text, value), engine, kPath);
      ASSERT_TRUE(read.ok()) << read.error().Message();
      EXPECT_EQ(read->live_restore, value);
    }
  });
}

TEST(DaemonJsonCorpus, ComesBackToTheByteWhenOurKeyIsRemoved) {
  ForEachAccepted([](const Row& row, const char* engine, const DaemonJson& before) {
    if (WithoutLiveRestore(row.text) != row.text) return;
    const std::string after = WithoutLiveRestore(WithLiveRestore(row.text, true));
    if (!before.keys.empty()) {
      EXPECT_EQ(after, row.text);
    }
    const auto read = ReadDaemonJson(after, engine, kPath);
    ASSERT_TRUE(read.ok()) << read.error().Message();
    EXPECT_EQ(read->keys, before.keys);
    EXPECT_EQ(read->live_restore, std::nullopt);
  });
}

TEST(DaemonJsonCorpus, KeepsWhatItsOwnerAppendedBehindOurKey) {
  for (const char* appended : {"{\"log-level\":\"info\"}", " # note\n", "\n// note", " \n"}) {
    ForEachAccepted([&](const Row& row, const char* engine, const DaemonJson& before) {
      const bool ignores_what_follows = engine == kEngines[0];
      if (!ignores_what_follows || WithoutLiveRestore(row.text) != row.text || before.keys.empty()) return;
      EXPECT_EQ(WithoutLiveRestore(WithLiveRestore(row.text, true) + appended), row.text + appended);
    });
  }
}

}  // namespace
}  // namespace dockerext
