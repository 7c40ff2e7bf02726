// SPDX-License-Identifier: MIT
// packaging/check_hardening, on programs that are linked with and without each property.
#include <gmock/gmock.h>

#include <string>

#include "tests/packaging/script.hpp"

namespace dockerext::packaging {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kCompile = "set -e; echo 'int main() {}' >main.cpp; g++ -fPIE -c main.cpp ";
const std::string kLink = "; g++ main.o -o program -Wl,-z,relro,-z,now,-z,noexecstack ";
const std::string kCheck = "; '" DX_SOURCE_DIR "/packaging/check_hardening' program ";

class Hardening : public InAFolder {
 protected:
  Ended Check(const std::string& link_option) const {
    return Bash(folder(), kCompile + kLink + link_option + kCheck);
  }
  Ended CheckObjects(const std::string& compile_option, const std::string& object) const {
    return Bash(folder(), kCompile + compile_option + "; ar rc library.a main.o" + kLink + "-static-pie" +
                              kCheck + object);
  }
};

TEST_F(Hardening, OfAStaticPieIsComplete) {
  const Ended ended = Check("-static-pie");
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_EQ(ended.output, "");
}

TEST_F(Hardening, NamesThePropertyThatIsMissing) {
  struct Case {
    std::string option;
    std::string message;
  };
  for (const auto& [option, message] : {
           Case{"-static -no-pie", "is not position independent"},
           Case{"-pie", "is not static"},
           Case{"-static-pie -Wl,-z,norelro", "has no RELRO"},
           Case{"-static-pie -Wl,-z,lazy", "does not bind at start-up"},
           Case{"-static-pie -Wl,-z,execstack", "has an executable stack"},
       }) {
    const Ended ended = Check(option);
    EXPECT_EQ(ended.exit_code, 1) << option << ended.output;
    EXPECT_THAT(ended.output,
                AllOf(HasSubstr("program " + message), HasSubstr("is not hardened as it must be")))
        << option;
  }
}

#ifdef __x86_64__
TEST_F(Hardening, OfObjectsIncludesCet) {
  EXPECT_EQ(CheckObjects("-fcf-protection=full", "main.o library.a").output, "");
  EXPECT_THAT(CheckObjects("-fcf-protection=none", "main.o").output,
              HasSubstr("not compiled with -fcf-protection=full: main.o"));
}

TEST_F(Hardening, NamesTheMemberOfAnArchiveThatIsNotCompiledForCet) {
  const Ended ended =
      Bash(folder(), kCompile + "-fcf-protection=full; echo 'int f() { return 1; }' >other.cpp; " +
                         "g++ -fPIE -fcf-protection=branch -c other.cpp; ar rc library.a main.o other.o" +
                         kLink + "-static-pie" + kCheck + "library.a");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("-fcf-protection=full: library.a(other.o)"), Not(HasSubstr("main.o"))));
}

TEST_F(Hardening, OfObjectsForAarch64IsItsOwn) {
  const auto check = [this](const std::string& option) {
    return Bash(folder(), "set -e; echo 'int main() {}' >main.cpp; aarch64-linux-gnu-g++ -fPIE -c main.cpp " +
                              option +
                              "; aarch64-linux-gnu-g++ -static-pie main.o -o program "
                              "-Wl,-z,relro,-z,now,-z,noexecstack" +
                              kCheck + "main.o");
  };
  EXPECT_EQ(check("-mbranch-protection=standard").output, "");
  EXPECT_THAT(check("-mbranch-protection=none").output,
              HasSubstr("not compiled with -mbranch-protection=standard: main.o"));
}
#endif

}  // namespace
}  // namespace dockerext::packaging
