// SPDX-License-Identifier: MIT
// packaging/docker-extension.sh, which the agent calls, in folders with and without a program for this
// machine.
#include <gmock/gmock.h>

#include <string>

#include "tests/packaging/script.hpp"

namespace dockerext::packaging {
namespace {

class Shim : public InAFolder {
 protected:
  Shim() {
    Bash(folder(),
         "install -D -m 0755 '" DX_SOURCE_DIR "/packaging/docker-extension.sh' bin/docker-extension");
  }

  void AddProgramFor(const std::string& machine) const {
    Write(folder() / "bin" / machine / "docker-extension",
          "#!/bin/sh\necho \"for " + machine + ": $*\"\nexit 7\n");
    Bash(folder(), "chmod 0755 bin/*/docker-extension");
  }

  std::string ThisMachine() const { return Bash(folder(), "printf %s \"$(uname -m)\"").output; }
};

TEST_F(Shim, ExecutesTheProgramForThisMachine) {
  AddProgramFor("m68k");
  AddProgramFor(ThisMachine());
  for (const std::string& call :
       {folder().string() + "/bin/docker-extension", std::string("bin/docker-extension"),
        std::string("cd bin; sh docker-extension")}) {
    const Ended ended = Bash(folder(), call + " enable now");
    EXPECT_EQ(ended.exit_code, 7) << call;
    EXPECT_EQ(ended.output, "for " + ThisMachine() + ": enable now\n") << call;
  }
}

TEST_F(Shim, NamesTheMachineThatIsNotServedAndThoseThatAre) {
  AddProgramFor("m68k");
  AddProgramFor("vax");
  const Ended ended = Bash(folder(), "bin/docker-extension enable");
  EXPECT_EQ(ended.exit_code, 51);  // platform not supported
  EXPECT_EQ(ended.output, "docker-extension: machines of type " + ThisMachine() +
                              " are not supported; use one of type m68k or vax\n");
}

// A shell executes an empty file as a script, which succeeds.
TEST_F(Shim, SaysThatTheFolderIsDamagedWhereTheProgramCannotBeOne) {
  AddProgramFor("m68k");
  AddProgramFor(ThisMachine());
  const std::string program = "bin/" + ThisMachine() + "/docker-extension";
  for (const std::string& damage : {": >" + program, "chmod 0644 " + program,
                                    "rm " + program + "; mkdir " + program, std::string("rm -r bin/*/")}) {
    Bash(folder(), damage);
    const Ended ended = Bash(folder(), "bin/docker-extension uninstall");
    EXPECT_EQ(ended.exit_code, 1) << damage;
    EXPECT_EQ(ended.output, "docker-extension: " + program +
                                " is missing, empty or no program: the extension's folder is damaged; remove "
                                "the extension from the VM, and install it again\n")
        << damage;
  }
}

// It would execute itself without end.
TEST_F(Shim, EndsWhereTheMachineHasNoName) {
  AddProgramFor("m68k");
  Write(folder() / "uname", "#!/bin/sh\necho \"$MACHINE\"\n");
  Bash(folder(), "chmod 0755 uname && sed -i 's|/proc/sys/kernel/arch|/nonexistent|' bin/docker-extension");
  for (const std::string machine : {"", "."}) {
    const Ended ended =
        Bash(folder(), "MACHINE=" + machine + " PATH=.:$PATH timeout 10 bin/docker-extension enable");
    EXPECT_EQ(ended.exit_code, 51) << machine;
    EXPECT_EQ(ended.output,
              "docker-extension: machines of type unknown are not supported; use one of type m68k\n");
  }
}

}  // namespace
}  // namespace dockerext::packaging
