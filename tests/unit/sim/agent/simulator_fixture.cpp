// SPDX-License-Identifier: MIT
#include "tests/unit/sim/agent/simulator_fixture.hpp"

#include <sstream>

#include "handler/base/text.hpp"
#include "tests/sim/agent/session.hpp"

namespace dockerext::agent_simulator {
namespace {

constexpr std::string_view kHead = R"sh(
base=$AZURE_GUEST_AGENT_EXTENSION_PATH
version=$AZURE_GUEST_AGENT_EXTENSION_VERSION
echo "$1 $ConfigSequenceNumber $version" >> "$base/../calls.txt"
env > "$base/../$1.env"
status() {
  printf '[{"version":1,"timestampUTC":"","status":{"status":"%s","code":%s,"formattedMessage":{"lang":"en","message":"%s"},"substatus":[{"name":"packages","status":"%s","formattedMessage":{"lang":"en","message":"docker.io"}}]}}]' \
    "$1" "${3:-0}" "$2" "$1" > "$base/status/tmp"
  mv "$base/status/tmp" "$base/status/$ConfigSequenceNumber.status"
}
)sh";

}  // namespace

void AgentSimulatorTest::UsePackage(std::string_view script, const contract::FakeManifest& manifest) {
  Put("x.zip", contract::FakePackage(std::string(kHead) + std::string(script), manifest));
  Put("public.json", R"({"a":1})");
}

int AgentSimulatorTest::Harness(std::vector<std::string> args) {
  if (args.front() == "run") {
    args.insert(args.end(), {"--public", Path("public.json"), "--no-protected"});
  }
  if (args.front() == "run" || args.front() == "update") args.insert(args.end(), {"--zip", Path("x.zip")});
  args.insert(args.end(),
              {"--here", "--lib-dir", Path("lib"), "--log-dir", Path("log"), "--timeout-scale", scale_});
  std::ostringstream out;
  std::ostringstream err;
  const int code = RunHarness(args, {}, out, err);
  out_ = out.str();
  output_ = out_ + err.str();
  return code;
}

std::string AgentSimulatorTest::VersionedCalls() const { return contract::Slurp(Path("lib/calls.txt")); }

std::string AgentSimulatorTest::Calls() const {
  std::string calls;
  for (const std::string& line : Split(Trim(VersionedCalls()), '\n'))
    calls += line.substr(0, line.rfind(' ')) + "\n";
  return calls;
}

contract::Layout AgentSimulatorTest::Version(const std::string& version) const {
  return {Path("lib"), Path("log"), {std::string(contract::kFakeName), version}};
}

}  // namespace dockerext::agent_simulator
