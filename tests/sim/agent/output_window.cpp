// SPDX-License-Identifier: MIT
#include "tests/sim/agent/output_window.hpp"

#include <algorithm>

#include "tests/sim/contract/utf8.hpp"

namespace dockerext::agent_simulator {
namespace {

constexpr std::string_view kOutHead = "[stdout]\n";
constexpr std::string_view kErrHead = "\n\n[stderr]\n";
constexpr std::size_t kShare = (kOutputWindow - kOutHead.size() - kErrHead.size()) / 2;

// The share of one stream, plus what the other leaves unused of its own.
std::size_t Allowance(std::size_t other) { return kShare + (other < kShare ? kShare - other : 0); }

}  // namespace

std::string RenderOutput(std::string_view out, std::string_view err) {
  const std::string out_text = contract::BackslashReplace(out.substr(0, kOutputWindow));
  const std::string err_text = contract::BackslashReplace(err.substr(0, kOutputWindow));
  const std::size_t out_size = contract::CountCharacters(out_text);
  const std::size_t err_size = contract::CountCharacters(err_text);
  const bool fits = out_size + err_size < kOutputWindow;
  std::string text(kOutHead);
  text += contract::LastCharacters(out_text, fits ? out_size : Allowance(err_size));
  text += kErrHead;
  text += contract::LastCharacters(err_text, fits ? err_size : Allowance(out_size));
  return text;
}

}  // namespace dockerext::agent_simulator
