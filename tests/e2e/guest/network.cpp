// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/network.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include <string>
#include <vector>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/process.hpp"

namespace dockerext::guest {
namespace {

Status EnterNewNamespace() {
  if (unshare(CLONE_NEWNET) != 0) return ErrnoError("creating a network namespace");
  return {};
}

// One `ip` command per line, in the given namespace, or with -1 in the current one.
Status Ip(int network_namespace, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    std::vector<std::string> argv = Split("ip " + line, ' ');
    argv.front() = FindProgram("ip");
    TRY(RunOrFail({.argv = std::move(argv), .network_namespace = network_namespace}));
  }
  return {};
}

// A kernel answers "unreachable" only for packets that it forwards; without forwarding, connections of the
// guest would hang. The setting is per interface and names one that exists in this namespace only, so it can
// never affect the machine.
Status AnswerUnreachable() {
  return WriteText("/proc/sys/net/ipv4/conf/" + std::string(kOuterInterface) + "/forwarding", "1");
}

// `link`: the command that makes the interface.
Status MakeOtherHost(const std::string& link) {
  const std::string outer = kOuterInterface;
  TRY(Ip(-1, {"link set lo up", link, "address add 192.0.2.1/24 dev " + outer, "link set " + outer + " up",
              "route add unreachable default"}));
  return AnswerUnreachable();
}

}  // namespace

Status MakeNetworkForVm() {
  TRY(EnterNewNamespace());
  const std::string outer = kOuterInterface;
  TRY(Ip(-1, {"tuntap add dev " + outer + " mode tap",
              "link set " + outer + " address 02:00:00:00:02:01"}));  // a resumed VM knows it
  return MakeOtherHost("link show " + outer);
}

Status MakeNetwork() {
  TRY(EnterNewNamespace());
  TRY(WriteText(kGuestNetwork, ""));
  if (mount("/proc/self/ns/net", kGuestNetwork, nullptr, MS_BIND, nullptr) != 0) {
    return ErrnoError(std::string("mounting ") + kGuestNetwork);
  }
  TRY_LET(const UniqueFd inside, Open(kGuestNetwork, O_RDONLY));
  TRY(EnterNewNamespace());
  TRY(MakeOtherHost("link add " + std::string(kOuterInterface) + " type veth peer name eth0 netns " +
                    kGuestNetwork));
  return Ip(inside.get(), {"link set lo up", "address add " + std::string(kGuestAddress) + "/24 dev eth0",
                           "link set eth0 up", "route add default via 192.0.2.1"});
}

}  // namespace dockerext::guest
