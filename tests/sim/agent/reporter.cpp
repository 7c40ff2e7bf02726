// SPDX-License-Identifier: MIT
#include "tests/sim/agent/reporter.hpp"

#include <array>
#include <cstdio>
#include <iomanip>
#include <string>

#include "handler/base/text.hpp"
#include "tests/sim/contract/utf8.hpp"

namespace dockerext::agent_simulator {
namespace {

constexpr int kNameWidth = 20;
constexpr int kStateWidth = 13;
constexpr int kTimeWidth = 8;

}  // namespace

Reporter::Reporter(std::ostream& out) : out_(out), started_(std::chrono::steady_clock::now()) {
  for (const char* list : {"calls", "statuses", "events"}) document_[list] = contract::Json::array();
}

std::chrono::milliseconds Reporter::Elapsed() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started_);
}

void Reporter::Stamp() { out_ << std::right << std::setw(kTimeWidth) << FormatSeconds(Elapsed()) << "  "; }

void Reporter::Append(const char* key, const contract::Json& object) {
  contract::Json stamped = {{"atSeconds", Seconds(Elapsed())}};
  stamped.update(object);
  document_[key].push_back(std::move(stamped));
}

void Reporter::Event(std::string_view what, std::string_view state, std::string_view detail) {
  Stamp();
  out_ << std::left << std::setw(kNameWidth) << contract::OneLine(what) << "  " << std::setw(kStateWidth)
       << contract::OneLine(state) << "  " << contract::OneLine(detail) << '\n'
       << std::flush;
  Append("events", {{"what", what}, {"state", state}, {"detail", detail}});
}

void Reporter::Detail(std::string_view text) {
  for (const std::string& line : Split(Trim(text), '\n')) {
    out_ << std::string(kTimeWidth + 2, ' ') << contract::OneLine(line) << '\n';
  }
  out_ << std::flush;
  if (!document_["events"].empty()) document_["events"].back()["text"] = text;
}

ExitCode Reporter::Conclude(const Outcome& outcome) {
  const bool success = outcome.exit_code == ExitCode::kSuccess;
  Stamp();
  out_ << "verdict: " << (success ? "success" : "FAILED") << ": " << contract::OneLine(outcome.message)
       << '\n'
       << std::flush;
  Set("verdict", success ? "success" : "failed");
  Set("why", outcome.message);
  Set("exitCode", static_cast<int>(outcome.exit_code));
  return outcome.exit_code;
}

double Seconds(std::chrono::milliseconds duration) { return std::chrono::duration<double>(duration).count(); }

std::string FormatSeconds(std::chrono::milliseconds duration) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.1f s", Seconds(duration));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace dockerext::agent_simulator
