// SPDX-License-Identifier: MIT
#include "tests/e2e/suites/handler/anonymous_clients.hpp"

#include <cstdlib>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kBudget{30};

// Connecting is cheap, so closed ports are tried often; the Docker CLI takes tens of milliseconds, so it
// tries open ports only. Ends with its standard input.
constexpr const char* kScript = R"sh(
docker=$1 host=$2
export HOME=/nonexistent DOCKER_CONFIG=/nonexistent
echo begun
while :; do
  for port in 2375 2376 4243 5000; do
    (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null || continue
    for tls in --tls=false --tls; do # docker itself waits for ever for a VM without power
      timeout 20 "$docker" "$tls" -H "tcp://$host:$port" version -f '{{.Server.Version}}' >/dev/null 2>&1 &&
        echo "port $port answered a client without a certificate (docker $tls)"
    done
  done
  read -r -t 0.1 _
  [ $? -gt 128 ] || exit 0
done)sh";

}  // namespace

Result<AnonymousClients> AnonymousClients::Begin(const Vm& vm) {
  const std::string docker = Variable("DX_GUEST_IMAGE") + "/client/usr/bin/docker";
  TRY_LET(guest::Background program,
          guest::Background::Start({Variable("DX_GUEST"), "client", vm.guest().name(), "--", "/bin/bash",
                                    "-c", kScript, "bash", docker, vm.guest().address()}));
  TRY(program.ReadLine(kBudget));
  return AnonymousClients(std::move(program));
}

Result<std::string> AnonymousClients::Stop() { return program_.Finish(kBudget); }

}  // namespace dockerext
