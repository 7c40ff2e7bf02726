// SPDX-License-Identifier: MIT
#include "handler/errors/catalogue.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "handler/base/redact.hpp"
#include "tests/support/error_reference.hpp"

namespace dockerext {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const fs::path kRoot = DX_SOURCE_DIR;

std::string TextOf(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// The names of the rows that a header of the room defines.
std::vector<std::string> NamesIn(const std::string& header) {
  std::vector<std::string> names;
  const std::regex definition("inline constexpr ErrorRow (k\\w+)");
  for (std::sregex_iterator it(header.begin(), header.end(), definition), end; it != end; ++it)
    names.push_back((*it)[1]);
  return names;
}

TEST(ErrorCatalogue, EachRowHasAllParts) {
  for (const ErrorChapter& chapter : ErrorCatalogue()) {
    for (const ErrorRow* row : chapter.rows) {
      for (const std::string_view part : {row->where, row->what, row->remedy, row->cause})
        EXPECT_THAT(std::string(part), Not(IsEmpty())) << row->what;
      // One sentence that a remedy follows.
      for (const std::string_view part : {row->what, row->remedy}) {
        EXPECT_FALSE(part.ends_with('.') || part.ends_with(';') || part.ends_with(' ')) << part;
        EXPECT_FALSE(part.starts_with(' ')) << part;
      }
      EXPECT_NE(row->code, Code::kSuperseded) << row->what;
    }
  }
}

TEST(ErrorCatalogue, NoTwoRowsSayTheSame) {
  std::array<std::string_view, 10> values;
  values.fill("x");
  std::set<std::string> said;
  for (const ErrorChapter& chapter : ErrorCatalogue()) {
    for (const ErrorRow* row : chapter.rows) {
      const std::string message = MakeError(*row, values.data(), values.size()).Message();
      EXPECT_TRUE(said.insert(message).second) << message;
    }
  }
}

TEST(ErrorCatalogue, HasEachRowOfItsHeaders) {
  for (const ErrorChapter& chapter : ErrorCatalogue()) {
    const fs::path header = kRoot / "handler/errors" / (std::string(chapter.name) + ".hpp");
    EXPECT_EQ(NamesIn(TextOf(header)).size(), chapter.rows.size()) << header;
  }
}

TEST(ErrorCatalogue, EachRowIsSomeErrorOfTheHandler) {
  std::string sources;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "handler")) {
    const fs::path& path = entry.path();
    if (entry.is_regular_file() && path.parent_path().filename() != "errors") sources += TextOf(path);
  }
  for (const ErrorChapter& chapter : ErrorCatalogue()) {
    for (const std::string& name :
         NamesIn(TextOf(kRoot / "handler/errors" / (std::string(chapter.name) + ".hpp"))))
      EXPECT_THAT(sources.find("errors::" + name), testing::Ne(std::string::npos)) << name;
  }
}

TEST(ErrorCatalogue, TheDocumentHasItsTables) {
  const std::string document = TextOf(kRoot / "docs/errors.md");
  EXPECT_TRUE(WithErrorTables(document) == document) << "docs/errors.md is out of date: run scripts/dev docs";
  for (const ErrorChapter& chapter : ErrorCatalogue())
    EXPECT_THAT(document, HasSubstr("<!-- errors: " + std::string(chapter.name) + " -->"));
}

constexpr ErrorRow kOfTwo{Code::kInternal,       Owner::kVmOwner, "{1}",
                          "{0} of {1} {is} {9}", "ask {0}",       "a test"};
constexpr ErrorRow kOfNone{Code::kInternal, Owner::kVmOwner, "here", "nothing", "wait", "a test"};

TEST(MakeError, FillsThePlaces) {
  static_assert(PlacesOf(kOfNone) == 0);
  const std::array<std::string_view, 2> values = {"a {1}", "b"};
  const Error error = MakeError(kOfTwo, values.data(), values.size());
  EXPECT_EQ(error.what, "a {1} of b {is} {9}");
  EXPECT_EQ(error.where, "b");
  EXPECT_EQ(error.remedy, "ask a {1}");
  EXPECT_EQ(error.owner, Owner::kVmOwner);
  EXPECT_EQ(error.Message(), "a {1} of b {is} {9}; ask a {1}");
}

// The secret would reach up to the next quote, hence over the remedy.
TEST(MakeError, HidesASecretOfAValueBeforeTheRemedyFollows) {
  const std::string_view value = "token: \"abc";
  const Error error = MakeError(ErrorRow{.code = Code::kInternal,
                                         .owner = Owner::kVmOwner,
                                         .where = "{0}",
                                         .what = "refused {0}",
                                         .remedy = "say \"please\" 1",
                                         .cause = "a test"},
                                &value, 1);
  EXPECT_EQ(error.Message(), "refused token: \"***; say \"please\" 1");
  EXPECT_EQ(Redacted(error.Message()), error.Message());
}

TEST(MakeError, SeveralAreJoinedWithTheirRemedies) {
  const Error first = MakeError(kOfNone, nullptr, 0);
  EXPECT_EQ(Joined({first}), first);
  const Error both = Joined({first, first});
  EXPECT_EQ(both.Message(), "nothing; wait; nothing; wait");
  EXPECT_EQ(both.where, "here");
}

}  // namespace
}  // namespace dockerext
