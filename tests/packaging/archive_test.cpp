// SPDX-License-Identifier: MIT
// packaging/audit and packaging/static_deps, with an archive of the test's own and a database of installed
// packages of its own.
#include <gmock/gmock.h>

#include <map>
#include <string>

#include "tests/packaging/script.hpp"

namespace dockerext::packaging {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

using Versions = std::map<std::string, std::string>;

// The source packages in the main suite.
const Versions kMain = {{"poco", "1.11.0-3"},    {"systemd", "252.39-1"}, {"openssl", "3.0.18-1"},
                        {"nlohmann-json3", "3"}, {"zlib", "1:1.2"},       {"pcre3", "2:8.39"},
                        {"expat", "2.5.0-1"},    {"glibc", "2.36-9"},     {"gcc-12", "12.2.0-14"}};
const Versions kSecurity = {{"openssl", "3.0.22-1~deb12u2"}};

// What is linked, if it is the newest.
Versions Linked() {
  return {{"poco", "1.11.0-3"},   {"systemd", "252.39-1"}, {"openssl", "3.0.22-1~deb12u2"},
          {"nlohmann-json", "3"}, {"zlib", "1:1.2"},       {"pcre", "2:8.39"},
          {"expat", "2.5.0-1"},   {"glibc", "2.36-9"},     {"gcc", "12.2.0-14"}};
}

// The binary packages that are linked, by their source.
const Versions kLinkedPackages = {{"libssl-dev", "openssl"},     {"nlohmann-json3-dev", "nlohmann-json3"},
                                  {"zlib1g-dev", "zlib"},        {"libpcre3-dev", "pcre3"},
                                  {"libexpat1-dev", "expat"},    {"libc6-dev", "glibc"},
                                  {"libstdc++-12-dev", "gcc-12"}};

class Archive : public InAFolder {
 protected:
  Archive() {
    Write(folder() / "apt.conf", "Dir::Etc::sourcelist \"" + (folder() / "sources.list").string() + "\";\n" +
                                     "Dir::Etc::sourceparts \"" + (folder() / "sources.d").string() +
                                     "\";\n" + "Dir::State::status \"" + (folder() / "dpkg/status").string() +
                                     "\";\n");
    Write(folder() / "dpkg/status", "");
    Write(folder() / "sources.list", "");
    release_ = Bash(folder(), ". /etc/os-release; printf %s \"$VERSION_CODENAME\"").output;
    AddSuite(release_, kMain);
    AddSuite(release_ + "-security", kSecurity);
    Install(kSecurity.at("openssl"));
  }

  // A suite of the archive, which is among apt's sources.
  void AddSuite(const std::string& suite, const Versions& sources) {
    Offer(suite, sources);
    Bash(folder(),
         "echo 'deb [trusted=yes] file:" + folder().string() + "/archive " + suite + " main' >>sources.list");
  }

  void Offer(const std::string& suite, const Versions& sources) {
    std::string text;
    for (const auto& [name, version] : sources)
      text += "Package: " + name + "\nBinary: other\nVersion: " + version + "\nDirectory: pool\n" +
              "Checksums-Sha256:\n " + std::string(64, '0') + " 9 " + name +
              ".dsc\n\n";  // which is not there
    const auto dist = folder() / "archive/dists" / suite;
    Write(dist / "main/source/Sources", text);
    Bash(
        dist,
        "printf 'Codename: " + suite + "\\nComponents: main\\nSHA256:\\n %s %s main/source/Sources\\n' " +
            "$(sha256sum <main/source/Sources | cut -d ' ' -f 1) $(stat -c %s main/source/Sources) >Release");
  }

  void Install(const std::string& openssl) {
    std::string text;
    const auto add = [&text](const std::string& name, const std::string& version) {
      text += "Package: " + name +
              "\nStatus: install ok installed\nArchitecture: amd64\nVersion: " + version +
              "\nMaintainer: nobody\nDescription: none\n\n";
    };
    for (const auto& [name, source] : kLinkedPackages)
      add(name, source == "openssl" ? openssl : kMain.at(source));
    for (const char* name : {"g++", "unzip", "dpkg-dev", "bzip2", "xz-utils", "cmake", "ninja-build", "meson",
                             "gperf", "python3-jinja2", "pkg-config", "libcap-dev"})
      add(name, "1");
    Write(folder() / "dpkg/status", text);
  }

  Ended Run(const std::string& command) const {
    return Bash(folder(),
                "export APT_CONFIG=$PWD/apt.conf DPKG_ADMINDIR=$PWD/dpkg DX_CACHE=$PWD/cache\n'" DX_SOURCE_DIR
                "/packaging/'" +
                    command);
  }

  Ended Audit(const Versions& linked, const std::string& of_release = "") const {
    std::string text = "debian " + (of_release.empty() ? release_ : of_release) + "\n";
    for (const auto& [name, version] : linked) text.append(name).append(" ").append(version).append("\n");
    Write(folder() / "licenses/versions.txt", text);
    Bash(folder(), "rm -f package.zip; zip -q package.zip licenses/versions.txt");
    return Run("audit package.zip");
  }

  const std::string& release() const { return release_; }

 private:
  std::string release_;
};

TEST_F(Archive, AuditOfWhatTheArchiveOffersSucceeds) {
  const Ended ended = Audit(Linked());
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("openssl"), Not(HasSubstr("old")), Not(HasSubstr("unsandboxed"))));
}

TEST_F(Archive, AuditNamesALibraryThatTheSecurityArchiveHasNewer) {
  Versions linked = Linked();
  linked["openssl"] = "3.0.19-1~deb12u2";
  const Ended ended = Audit(linked);
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, AllOf(ContainsRegex("openssl +3.0.19-1~deb12u2 +3.0.22-1~deb12u2 +old"),
                                  HasSubstr("1 of the libraries"), HasSubstr("scripts/dev package")));
}

TEST_F(Archive, AuditComparesVersionsAsDpkgDoes) {
  Offer(release() + "-security", {{"openssl", "3.0.22-1"}, {"zlib", "9.9"}});
  const Ended ended = Audit(Linked());
  EXPECT_THAT(ended.output, AllOf(ContainsRegex("openssl +3.0.22-1~deb12u2 +3.0.22-1 +old"),
                                  ContainsRegex("zlib +1:1.2 +1:1.2 *\n")));
}

TEST_F(Archive, AuditNamesALibraryThatThePackageDoesNotRecord) {
  Versions linked = Linked();
  linked.erase("expat");
  const Ended ended = Audit(linked);
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, ContainsRegex("expat +- .*not in versions.txt"));
}

TEST_F(Archive, AuditOfAPackageOfAnotherReleaseIsAnError) {
  const Ended ended = Audit(Linked(), "hamm");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("libraries of Debian hamm"));
}

TEST_F(Archive, WithoutItsSecuritySuiteGivesNoAnswer) {
  Bash(folder(), "rm -r archive/dists/*-security");
  const Ended ended = Audit(Linked());
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("could not read the source packages of " + release() + "-security"),
                    HasSubstr("the archive gave no whole answer")));
}

TEST_F(Archive, WhichDoesNotAnswerIsReplacedByItsLastAnswer) {
  ASSERT_EQ(Audit(Linked()).exit_code, 0);
  Bash(folder(), "rm -r archive");
  Versions linked = Linked();
  EXPECT_EQ(Audit(linked).exit_code, 0);
  linked["openssl"] = "3.0.19-1";
  const Ended ended = Audit(linked);
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("the one of "), HasSubstr("3.0.22-1~deb12u2")));
}

TEST_F(Archive, WhichOffersAnOlderVersionThanBeforeIsNotBelieved) {
  ASSERT_EQ(Audit(Linked()).exit_code, 0);
  Offer(release() + "-security", {{"openssl", "3.0.19-1"}});
  const Ended ended = Audit(Linked());
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("openssl 3.0.19-1, older than 3.0.22-1~deb12u2"),
                                  ContainsRegex("openssl +3.0.22-1~deb12u2 +3.0.22-1~deb12u2 *\n")));
}

TEST_F(Archive, StaticDepsStopsAtAnInstalledLibraryThatIsOlder) {
  Install("3.0.19-1");
  const Ended ended = Run("static_deps");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(
      ended.output,
      AllOf(HasSubstr("libssl-dev 3.0.19-1 is installed; the newest in the archive is 3.0.22-1~deb12u2"),
            HasSubstr("apt-get update && apt-get install libssl-dev\n"), Not(HasSubstr("zlib1g-dev"))));
}

TEST_F(Archive, StaticDepsTakesNoOlderSourceWhereTheNewestCannotBeDownloaded) {
  Offer(release() + "-security", {{"openssl", "3.0.22-1~deb12u2"}, {"poco", "1.11.0-3+deb12u1"}});
  const Ended ended = Run("static_deps");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("the archive offers poco 1.11.0-3+deb12u1 and does not give it"));
}

}  // namespace
}  // namespace dockerext::packaging
