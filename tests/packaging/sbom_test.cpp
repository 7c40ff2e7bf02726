// SPDX-License-Identifier: MIT
// packaging/sbom: what it says of a package and of the files that were linked.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/packaging/script.hpp"

namespace dockerext::packaging {
namespace {

using nlohmann::json;

class Sbom : public InAFolder {
 protected:
  std::string Bill() const {
    Write(folder() / "a.zip", "the bytes");
    Write(folder() / "linked",
          "poco poco 1.11.0-3+deb12u1 x86_64/libPocoNet.a\n"
          "poco poco 1.11.0-3+deb12u1 x86_64/libPocoFoundation.a\n"
          "poco poco 1.11.0-3+deb12u1 aarch64/libPocoNet.a\n"
          "openssl openssl 3.0.22-1~deb12u2 x86_64/libssl.a\nzlib zlib 1:1.2.13.dfsg-1 x86_64/libz.a\n");
    const Ended ended = Bash(folder(), "SOURCE_DATE_EPOCH=86400 '" DX_SOURCE_DIR
                                       "/packaging/sbom' a.zip Example.Extension 1.2.3 bookworm <linked");
    EXPECT_EQ(ended.exit_code, 0) << ended.output;
    return ended.output;
  }
};

TEST_F(Sbom, NamesThePackageByItsChecksumAndEachLibraryByItsSource) {
  const json bill = json::parse(Bill());
  EXPECT_EQ(bill.at("bomFormat"), "CycloneDX");
  const json& package = bill.at("metadata").at("component");
  EXPECT_EQ(package.at("name"), "Example.Extension");
  EXPECT_EQ(package.at("version"), "1.2.3");
  EXPECT_EQ(package.at("hashes").at(0).at("content").get<std::string>() + "  a.zip\n",
            Bash(folder(), "sha256sum a.zip").output);
  EXPECT_EQ(bill.at("metadata").at("timestamp"), "1970-01-02T00:00:00Z");
  const json& libraries = bill.at("components");
  ASSERT_EQ(libraries.size(), 3U);
  EXPECT_EQ(libraries[0].at("purl"), "pkg:deb/debian/openssl@3.0.22-1~deb12u2?arch=source&distro=bookworm");
  EXPECT_EQ(libraries[1].at("properties"),
            json::parse(R"([{"name": "linked", "value": "aarch64/libPocoNet.a"},
                                                           {"name": "linked", "value": "x86_64/libPocoFoundation.a"},
                                                           {"name": "linked", "value": "x86_64/libPocoNet.a"}])"));
  EXPECT_EQ(libraries[2].at("purl"), "pkg:deb/debian/zlib@1%3A1.2.13.dfsg-1?arch=source&distro=bookworm");
  for (const json& library : libraries)
    EXPECT_THAT(bill.at("dependencies").at(0).at("dependsOn"), testing::Contains(library.at("bom-ref")));
}

TEST_F(Sbom, OfTheSameBytesHasTheSameBytes) { EXPECT_EQ(Bill(), Bill()); }

}  // namespace
}  // namespace dockerext::packaging
