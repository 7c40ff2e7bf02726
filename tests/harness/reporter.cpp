// SPDX-License-Identifier: MIT
#include "tests/harness/reporter.hpp"

#include <array>
#include <cstdio>
#include <iomanip>
#include <string>

#include "handler/base/text.hpp"
#include "tests/harness/utf8.hpp"

namespace dockerext::harness {
namespace {

constexpr int kNameWidth = 20;
constexpr int kStateWidth = 13;
constexpr int kTimeWidth = 8;

}  // namespace

void Reporter::Stamp() {
  const auto elapsed = std::chrono::steady_clock::now() - started_;
  out_ << std::right << std::setw(kTimeWidth)
       << FormatSeconds(std::chrono::duration_cast<std::chrono::milliseconds>(elapsed)) << "  ";
}

void Reporter::Event(std::string_view what, std::string_view state, std::string_view detail) {
  Stamp();
  out_ << std::left << std::setw(kNameWidth) << OneLine(what) << "  " << std::setw(kStateWidth)
       << OneLine(state) << "  " << OneLine(detail) << '\n'
       << std::flush;
}

void Reporter::Detail(std::string_view text) {
  for (const std::string& line : Split(Trim(text), '\n')) {
    out_ << std::string(kTimeWidth + 2, ' ') << OneLine(line) << '\n';
  }
  out_ << std::flush;
}

Verdict Reporter::Conclude(Verdict verdict, std::string_view why) {
  Stamp();
  out_ << "verdict: " << (verdict == Verdict::kSuccess ? "success" : "FAILED") << ": " << OneLine(why) << '\n'
       << std::flush;
  return verdict;
}

std::string FormatSeconds(std::chrono::milliseconds duration) {
  std::array<char, 32> text{};
  const double seconds = std::chrono::duration<double>(duration).count();
  const int size = std::snprintf(text.data(), text.size(), "%.1f s", seconds);
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace dockerext::harness
