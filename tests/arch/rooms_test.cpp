// SPDX-License-Identifier: MIT
// Checks the tree against ARCHITECTURE.md: which room includes which, and which room uses which library.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

const fs::path kRoot = DX_SOURCE_DIR;

struct Room {
  std::set<std::string> may_include;
  std::vector<std::string> third_party;
};

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  for (std::string& word : Split(Trim(text), ' ')) {
    if (!word.empty()) words.push_back(std::move(word));
  }
  return words;
}

std::vector<std::string> Lines(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The rows under the line that begins with `heading`.
std::map<std::string, Room> Table(const std::string& heading = "| room |") {
  std::map<std::string, Room> rooms;
  bool inside = false;
  for (const std::string& line : Lines(kRoot / "ARCHITECTURE.md")) {
    const auto cells = Split(line, '|');
    if (line.starts_with(heading))
      inside = true;
    else if (inside && cells.size() < 5)
      break;
    else if (inside && !line.starts_with("|---")) {
      const auto allowed = SplitWords(cells[3]);
      rooms[std::string(Trim(cells[1]))] = {{allowed.begin(), allowed.end()}, SplitWords(cells[4])};
    }
  }
  return rooms;
}

// The room of a path below handler/.
std::string RoomOf(const std::string& path) {
  const auto parts = Split(path, '/');
  return parts[0] == "adapters" ? parts[0] + "/" + parts[1] : parts[0];
}

// The test room of a path below tests/.
std::string TestRoomOf(const std::string& path) {
  const auto parts = Split(path, '/');
  return parts[0] == "sim" || parts[0] == "e2e" ? parts[0] + "/" + parts[1] : parts[0];
}

struct Include {
  std::string file;  // below the folder that was searched
  std::string name;  // the text between the quotes or brackets
  bool ours = false;
};

std::vector<Include> Includes(const fs::path& folder = kRoot / "handler") {
  std::vector<Include> includes;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension();
    if (extension != ".cpp" && extension != ".hpp") continue;
    for (const std::string& line : Lines(entry.path())) {
      if (!line.starts_with("#include ")) continue;
      const bool ours = line[9] == '"';
      const auto end = line.find(ours ? '"' : '>', 10);
      includes.push_back({fs::relative(entry.path(), folder), line.substr(10, end - 10), ours});
    }
  }
  return includes;
}

TEST(Rooms, EveryFolderHasARowAndEveryRowAFolder) {
  std::set<std::string> folders;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "handler")) {
    if (entry.path().extension() == ".cpp" && entry.path().parent_path() != kRoot / "handler") {
      folders.insert(RoomOf(fs::relative(entry.path(), kRoot / "handler")));
    }
  }
  folders.insert("ports");  // headers alone
  std::vector<std::string> rows;
  for (const auto& [name, room] : Table()) rows.push_back(name);
  EXPECT_THAT(rows, UnorderedElementsAreArray(folders.begin(), folders.end()));
}

TEST(Rooms, IncludeOnlyWhatTheTableAllows) {
  const auto rooms = Table();
  ASSERT_FALSE(rooms.empty());
  std::vector<std::string> wrong;
  int seen = 0;
  for (const Include& include : Includes()) {
    if (!include.ours || include.file == "main.cpp") continue;
    ASSERT_TRUE(include.name.starts_with("handler/")) << include.file << " includes " << include.name;
    const std::string from = RoomOf(include.file);
    const std::string to = RoomOf(include.name.substr(8));
    ++seen;
    if (from != to && !rooms.at(from).may_include.contains(to))
      wrong.push_back(include.file + " includes " + include.name);
  }
  EXPECT_GT(seen, 100);
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(TestRooms, EveryFolderHasARowAndEveryRowAFolder) {
  std::set<std::string> folders;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "tests")) {
    if (entry.path().extension() == ".cpp")
      folders.insert(TestRoomOf(fs::relative(entry.path(), kRoot / "tests")));
  }
  std::vector<std::string> rows;
  for (const auto& [name, room] : Table("| test room |")) rows.push_back(name);
  EXPECT_THAT(rows, UnorderedElementsAreArray(folders.begin(), folders.end()));
}

TEST(TestRooms, IncludeOnlyWhatTheTableAllows) {
  const auto rooms = Table("| test room |");
  std::vector<std::string> wrong;
  int seen = 0;
  for (const Include& include : Includes(kRoot / "tests")) {
    if (!include.ours || !include.name.starts_with("tests/")) continue;
    const std::string from = TestRoomOf(include.file);
    const std::string to = TestRoomOf(include.name.substr(6));
    ++seen;
    if (from != to && !rooms.at(from).may_include.contains(to))
      wrong.push_back(include.file + " includes " + include.name);
  }
  EXPECT_GT(seen, 300);
  EXPECT_THAT(wrong, IsEmpty());
}

// The tests of a room are in the folder below tests/unit that has the room's path.
TEST(TestRooms, UnitTestsMirrorTheRooms) {
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "tests/unit")) {
    if (entry.path().extension() != ".cpp") continue;
    const fs::path room = fs::relative(entry.path().parent_path(), kRoot / "tests/unit");
    EXPECT_TRUE(fs::is_directory(kRoot / "handler" / room) || fs::is_directory(kRoot / "tests" / room))
        << entry.path() << " is not the path of a room";
  }
}

TEST(Rooms, UseOnlyTheLibrariesInTheTable) {
  const auto rooms = Table();
  std::vector<std::string> wrong;
  for (const Include& include : Includes()) {
    const auto slash = include.name.find('/');
    if (include.ours || slash == std::string::npos || include.name.starts_with("sys/")) continue;
    const std::string library = include.name.substr(0, slash + 1);
    if (library == "netinet/" || library == "arpa/") continue;  // system headers, like sys/
    const std::string room = RoomOf(include.file);
    if (include.file == "main.cpp" ||
        std::find(rooms.at(room).third_party.begin(), rooms.at(room).third_party.end(), library) ==
            rooms.at(room).third_party.end()) {
      wrong.push_back(include.file + " includes " + include.name);
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Rooms, OnlyAdaptersIncludeSystemHeaders) {
  std::vector<std::string> wrong;
  for (const Include& include : Includes()) {
    const bool is_system_header =
        !include.ours && include.name.ends_with(".h") && !include.name.starts_with("Poco/");
    if (is_system_header && !include.file.starts_with("adapters/") && include.file != "main.cpp") {
      wrong.push_back(include.file + " includes " + include.name);
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Rooms, OnlyMainIncludesAdapters) {
  for (const Include& include : Includes()) {
    if (include.ours && include.name.starts_with("handler/adapters/") &&
        !include.file.starts_with("adapters/")) {
      EXPECT_EQ(include.file, "main.cpp");
    }
  }
}

TEST(Secrets, AreRevealedOnlyInTheKnownFiles) {
  // The files that handle the plain text of private keys and passwords; add one only with a reason.
  const std::set<std::string> known = {
      "base/secret.hpp",                  // the type itself
      "settings/certificate_values.cpp",  // PEM, its line ends put back
      "settings/settings.cpp",            // parsed, and compared between generations
      "docker/tls_material.cpp",          // left out where there is none
      "docker/tls_set.cpp",               // hashed
      "verbs/plan.cpp",                   // hashed
      "state/tls_sets.cpp",               // written to the file that dockerd reads
      "adapters/openssl/pem.cpp",         // parsed
      "adapters/poco/poco_endpoint.cpp",  // shown by the probe, as a client's
  };
  std::set<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "handler")) {
    if (!entry.is_regular_file()) continue;
    for (const std::string& line : Lines(entry.path())) {
      if (line.find("Reveal()") != std::string::npos)
        found.insert(fs::relative(entry.path(), kRoot / "handler"));
    }
  }
  EXPECT_EQ(found, known);
}

}  // namespace
}  // namespace dockerext
