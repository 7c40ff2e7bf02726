// SPDX-License-Identifier: MIT
// What apt-get and dpkg say of each cause, and the remedy that it has.
#include <gmock/gmock.h>

#include "handler/packages/package_manager.hpp"

namespace dockerext {
namespace {

using testing::StartsWith;

struct Failure {
  std::string output;
  std::string excerpt;
  std::string remedy;  // how it starts
};

// Recorded on Debian 12, but where another release is named.
const Failure kFailures[] = {
    {"E: Unable to locate package docker.io\nE: Couldn't find any package by glob 'docker.io'\n"
     "E: Couldn't find any package by regex 'docker.io'\n",
     "E: Unable to locate package docker.io", "add a package archive"},
    {"Package docker.io is not available, but is referred to by another package.\n"
     "This may mean that the package is missing, has been obsoleted, or\nis only available from another "
     "source\n\nE: Package 'docker.io' has no installation candidate\n",
     "E: Package 'docker.io' has no installation candidate", "add a package archive"},
    {"Err:1 http://127.0.0.1:9/debian bookworm InRelease\n  Could not connect to 127.0.0.1:9 (127.0.0.1). - "
     "connect (111: Connection refused)\nReading package lists...\n"
     "W: Failed to fetch http://127.0.0.1:9/debian/dists/bookworm/InRelease  Could not connect to "
     "127.0.0.1:9 "
     "(127.0.0.1). - connect (111: Connection refused)\n"
     "W: Some index files failed to download. They have been ignored, or old ones used instead.\n",
     "W: Failed to fetch http://127.0.0.1:9/debian/dists/bookworm/InRelease Could not connect to 127.0.0.1:9 "
     "(127.0.0.1). - connect (111: Connection refused)",
     "let this VM reach"},
    {"W: Failed to fetch http://deb.example.invalid/debian/dists/bookworm/InRelease  Temporary failure "
     "resolving 'deb.example.invalid'\n"
     "W: Some index files failed to download. They have been ignored, or old ones used instead.\n",
     "W: Failed to fetch http://deb.example.invalid/debian/dists/bookworm/InRelease Temporary failure "
     "resolving 'deb.example.invalid'",
     "let this VM reach"},
    {"E: The repository 'file:/srv/apt bookworm Release' does not have a Release file.\n",
     "E: The repository 'file:/srv/apt bookworm Release' does not have a Release file", "let this VM reach"},
    {"Err:1 file:/srv/apt bookworm InRelease\n  The following signatures were invalid: BADSIG "
     "180837EAD5523229\n"
     "W: GPG error: file:/srv/apt bookworm InRelease: The following signatures were invalid: BADSIG "
     "180837EAD5523229\nE: The repository 'file:/srv/apt bookworm InRelease' is not signed.\n",
     "W: GPG error: file:/srv/apt bookworm InRelease: The following signatures were invalid: BADSIG "
     "180837EAD5523229 E: The repository 'file:/srv/apt bookworm InRelease' is not signed",
     "fix the key or the signature"},
    // apt says of each index that it could not fetch that it is not signed.
    {"Err:1 http://192.0.2.1:8080 jammy InRelease\n  403  Forbidden [IP: 192.0.2.1 8080]\n"
     "E: Failed to fetch http://192.0.2.1:8080/dists/jammy/InRelease  403  Forbidden [IP: 192.0.2.1 8080]\n"
     "E: The repository 'http://192.0.2.1:8080 jammy InRelease' is not signed.\n",
     "E: Failed to fetch http://192.0.2.1:8080/dists/jammy/InRelease 403 Forbidden [IP: 192.0.2.1 8080] "
     "E: The repository 'http://192.0.2.1:8080 jammy InRelease' is not signed",
     "let this VM reach"},
    // Debian 13
    {"W: OpenPGP signature verification failed: file:/srv/apt bookworm InRelease: Sub-process /usr/bin/sqv "
     "returned an error code (1), error message is: Verifying signature:            Message has been "
     "manipulated\nE: The repository 'file:/srv/apt bookworm InRelease' is not signed.\n",
     "W: OpenPGP signature verification failed: file:/srv/apt bookworm InRelease: Sub-process /usr/bin/sqv "
     "returned an error code (1), error message is: Verifying signature: Message has been manipulated "
     "E: The repository 'file:/srv/apt bookworm InRelease' is not signed",
     "fix the key or the signature"},
    {"E: Failed to fetch file:/srv/apt/Packages  Hash Sum mismatch\n   Hashes of expected file:\n"
     "E: Some index files failed to download. They have been ignored, or old ones used instead.\n",
     "E: Failed to fetch file:/srv/apt/Packages Hash Sum mismatch", "wait until that package archive"},
    {"Err:1 http://127.0.0.1:8099 bookworm/main amd64 docker.io amd64 20.10.24\n"
     "  404  Not Found [IP: 127.0.0.1 8099]\n"
     "E: Failed to fetch http://127.0.0.1:8099/pool/docker.io.deb  404  Not Found [IP: 127.0.0.1 8099]\n"
     "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n",
     "E: Failed to fetch http://127.0.0.1:8099/pool/docker.io.deb 404 Not Found [IP: 127.0.0.1 8099]",
     "wait until that package archive"},
    {"Err:10 file:/srv/apt bookworm/main amd64 docker.io amd64 20.10.24\n"
     "  File not found - /srv/apt/pool/docker.io.deb (2: No such file or directory)\n"
     "E: Failed to fetch file:/srv/apt/pool/docker.io.deb  File not found - /srv/apt/pool/docker.io.deb (2: "
     "No "
     "such file or directory)\n"
     "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n",
     "E: Failed to fetch file:/srv/apt/pool/docker.io.deb File not found - /srv/apt/pool/docker.io.deb (2: "
     "No "
     "such file or directory)",
     "wait until that package archive"},
    {"Err:1 http://127.0.0.1:8099 bookworm/main amd64 docker.io amd64 20.10.24\n"
     "  File has unexpected size (1000000 != 36256664). Mirror sync in progress? [IP: 127.0.0.1 8099]\n"
     "  Hashes of expected file:\n   - SHA256:daf8ff8f7aa53e85\n   - Filesize:36256664 [weak]\n"
     "E: Failed to fetch http://127.0.0.1:8099/pool/docker.io.deb  File has unexpected size (1000000 != "
     "36256664). Mirror sync in progress? [IP: 127.0.0.1 8099]\n"
     "   Hashes of expected file:\n    - SHA256:daf8ff8f7aa53e85\n    - Filesize:36256664 [weak]\n"
     "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n",
     "E: Failed to fetch http://127.0.0.1:8099/pool/docker.io.deb File has unexpected size (1000000 != "
     "36256664). Mirror sync in progress? [IP: 127.0.0.1 8099]",
     "wait until that package archive"},
    {"The following NEW packages will be installed:\n  containerd docker.io\n"
     "The following held packages will be changed:\n  docker.io\n0 upgraded, 10 newly installed\n"
     "E: Held packages were changed and -y was used without --allow-change-held-packages.\n",
     "The following held packages will be changed: docker.io "
     "E: Held packages were changed and -y was used without --allow-change-held-packages",
     "release the hold"},
    {"Some packages could not be installed. This may mean that you have\nrequested an impossible "
     "situation\n\n"
     "The following packages have unmet dependencies:\n"
     " docker.io : Depends: containerd (>= 1.4~) but it is not going to be installed\n"
     "             Depends: iptables but it is not going to be installed\n"
     "E: Unable to correct problems, you have held broken packages.\n",
     "The following packages have unmet dependencies: docker.io : Depends: containerd (>= 1.4~) but it is "
     "not "
     "going to be installed Depends: iptables but it is not going to be installed "
     "E: Unable to correct problems, you have held broken packages",
     "release the hold"},
    // Debian 13
    {"The following packages have unmet dependencies:\n"
     " podman-docker : Conflicts: docker.io but 26.1.5 is to be installed\n"
     "E: Error, pkgProblemResolver::Resolve generated breaks, this may be caused by held packages.\n"
     "E: The following information from --solver 3.0 may provide additional context:\n"
     "   Unable to satisfy dependencies. Reached two conflicting decisions:\n",
     "The following packages have unmet dependencies: podman-docker : Conflicts: docker.io but 26.1.5 is to "
     "be "
     "installed E: Error, pkgProblemResolver::Resolve generated breaks, this may be caused by held packages",
     "release the hold"},
    {"E: You don't have enough free space in /var/cache/apt/archives/.\n",
     "E: You don't have enough free space in /var/cache/apt/archives/", "free some space"},
    {"dpkg: error processing archive /tmp/9-docker.io.deb (--unpack):\n"
     " cannot copy extracted data for './usr/sbin/dockerd' to '/usr/sbin/dockerd.dpkg-new': failed to write "
     "(No space left on device)\nErrors were encountered while processing:\n /tmp/9-docker.io.deb\n"
     "E: Sub-process /usr/bin/dpkg returned an error code (1)\n",
     "dpkg: error processing archive /tmp/9-docker.io.deb (--unpack): cannot copy extracted data for "
     "'./usr/sbin/dockerd' to '/usr/sbin/dockerd.dpkg-new': failed to write (No space left on device) "
     "E: Sub-process /usr/bin/dpkg returned an error code (1)",
     "free some space"},
    {"Setting up broken (1) ...\nno such account\ndpkg: error processing package broken (--configure):\n"
     " installed broken package post-installation script subprocess returned error exit status 1\n"
     "Errors were encountered while processing:\n broken\n"
     "E: Sub-process /usr/bin/dpkg returned an error code (1)\n",
     "no such account dpkg: error processing package broken (--configure): installed broken package "
     "post-installation script subprocess returned error exit status 1 "
     "E: Sub-process /usr/bin/dpkg returned an error code (1)",
     "fix that package"},
    {"E: Sub-process /usr/bin/dpkg exited unexpectedly\n", "E: Sub-process /usr/bin/dpkg exited unexpectedly",
     "see what killed dpkg"},
};

TEST(AptFailures, TheErrorExcerptIsTheLinesWithTheCause) {
  for (const Failure& failure : kFailures) {
    EXPECT_NE(kApt.classify({PackageAction::kInstall, false, 100, failure.output}), PackageOutcome::kDone)
        << failure.output;
    EXPECT_EQ(kApt.error_excerpt(failure.output), failure.excerpt);
  }
  EXPECT_EQ(kApt.error_excerpt("Reading package lists...\n"), "");
}

TEST(AptFailures, AnErrorExcerptHasARemedy) {
  for (const Failure& failure : kFailures) {
    EXPECT_THAT(std::string(kApt.cause(failure.excerpt).remedy), StartsWith(failure.remedy))
        << failure.excerpt;
  }
  EXPECT_EQ(&kApt.cause(""), &errors::kPackagesOther);
}

}  // namespace
}  // namespace dockerext
