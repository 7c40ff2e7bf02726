// SPDX-License-Identifier: MIT
#include "tests/sim/contract/unpack.hpp"

#include <Poco/Zip/Compress.h>

#include <sstream>

#include "tests/support/sim_fixtures.hpp"

namespace dockerext::contract {
namespace {

using Unpack = FolderTest;
using testing::HasSubstr;

TEST_F(Unpack, KeepsEveryNameInsideTheFolder) {
  const std::string zip =
      Put("x.zip",
          ZipWriter().Add("../../../evil", "up").Add("/absolute", "abs").Add("./a/../b//c", "odd").Bytes());
  const auto files = UnpackOver(zip, Path("to"));
  ASSERT_OK(files);
  EXPECT_EQ(*files, 3);
  EXPECT_EQ(Slurp(Path("to/evil")), "up");
  EXPECT_EQ(Slurp(Path("to/absolute")), "abs");
  EXPECT_EQ(Slurp(Path("to/a/b/c")), "odd");
}

TEST_F(Unpack, DropsModesAndFlattensLinks) {
  const std::string zip = Put("x.zip", ZipWriter()
                                           .Add("secret", "s", 0100600)
                                           .Add("link", "/etc/passwd", 0120777)
                                           .Add("dir/", "", 0040700)
                                           .Bytes());
  ASSERT_OK(UnpackOver(zip, Path("to")));
  EXPECT_EQ(ModeOf(Path("to/secret")), 0100644U);
  EXPECT_EQ(ModeOf(Path("to/link")), 0100644U);
  EXPECT_EQ(Slurp(Path("to/link")), "/etc/passwd");
  EXPECT_EQ(ModeOf(Path("to/dir")), 0040755U);
}

TEST_F(Unpack, OverwritesExistingFilesAndKeepsOthers) {
  Put("to/stale", "stays");
  Put("to/file", "a longer text than the new one");
  ASSERT_OK(UnpackOver(Put("x.zip", ZipWriter().Add("file", "new").Bytes()), Path("to")));
  EXPECT_EQ(Slurp(Path("to/stale")), "stays");
  EXPECT_EQ(Slurp(Path("to/file")), "new");
}

TEST_F(Unpack, ReadsDeflatedEntries) {
  const std::string content(100000, 'x');
  std::ostringstream bytes;
  Poco::Zip::Compress compress(bytes, false);
  std::istringstream source(content);
  compress.addFile(source, Poco::DateTime(), Poco::Path("deep/file"));
  compress.close();
  ASSERT_LT(bytes.str().size(), 2000U);
  ASSERT_OK(UnpackOver(Put("x.zip", bytes.str()), Path("to")));
  EXPECT_EQ(Slurp(Path("to/deep/file")), content);
}

TEST_F(Unpack, RejectsAFileThatIsNotAZip) {
  EXPECT_FALSE(UnpackOver(Put("x.zip", "PK, but not really"), Path("to")).ok());
  EXPECT_THAT(UnpackOver(Path("none.zip"), Path("to")).error().Message(), HasSubstr("No such file"));
}

TEST_F(Unpack, RejectsDamagedContent) {
  std::string bytes = ZipWriter().Add("file", "content").Bytes();
  bytes.replace(bytes.find("content"), 7, "c0ntent");
  EXPECT_FALSE(UnpackOver(Put("x.zip", bytes), Path("to")).ok());
}

TEST_F(Unpack, ReadsTheShallowestEntryOfAName) {
  const std::string zip =
      Put("x.zip", ZipWriter().Add("a/b/name", "deep").Add("z/name", "shallow").Add("z/other", "no").Bytes());
  EXPECT_EQ(*ReadFromZip(zip, "name"), "shallow");
  EXPECT_EQ(ReadFromZip(zip, "missing").error().code, Code::kNotFound);
}

}  // namespace
}  // namespace dockerext::contract
