// SPDX-License-Identifier: MIT
#include "handler/docker/exec_line.hpp"

#include <algorithm>
#include <map>

namespace dockerext {
namespace {

constexpr std::string_view kWhiteSpace = " \t\n\r";

char Unescape(char c) {
  static const std::map<char, char> kEscapes = {{'a', '\a'}, {'b', '\b'}, {'f', '\f'}, {'n', '\n'},
                                                {'r', '\r'}, {'t', '\t'}, {'v', '\v'}, {'s', ' '}};
  const auto found = kEscapes.find(c);
  return found == kEscapes.end() ? c : found->second;
}

// Removes one argument from the front of `rest`.
std::string TakeArg(std::string_view& rest) {
  std::string arg;
  char quote = '\0';
  while (!rest.empty()) {
    const char c = rest.front();
    if (quote == '\0' && kWhiteSpace.find(c) != std::string_view::npos) break;
    rest.remove_prefix(1);
    if (c == '\\' && !rest.empty()) {
      arg += Unescape(rest.front());
      rest.remove_prefix(1);
    } else if (quote != '\0') {
      if (c == quote)
        quote = '\0';
      else
        arg += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else {
      arg += c;
    }
  }
  return arg;
}

bool IsPlain(char c) {
  constexpr std::string_view kPlain = "-_./=:,@+~^";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kPlain.find(c) != std::string_view::npos;
}

}  // namespace

std::vector<std::string> SplitExecLine(std::string_view line) {
  std::vector<std::string> args;
  while (true) {
    const auto start = line.find_first_not_of(kWhiteSpace);
    if (start == std::string_view::npos) break;
    line.remove_prefix(start);
    args.push_back(TakeArg(line));
  }
  if (!args.empty()) args.front().erase(0, args.front().find_first_not_of("-@:+!"));
  return args;
}

std::vector<std::string> ResolveVariables(const std::vector<std::string>& args) {
  std::vector<std::string> replaced;
  for (const std::string& arg : args) {
    if (arg.starts_with('$') && !arg.starts_with("$$")) continue;
    std::string& text = replaced.emplace_back();
    for (std::size_t i = 0; i < arg.size(); ++i) {
      text += arg[i];
      if (arg[i] == '$' && i + 1 < arg.size() && arg[i + 1] == '$') ++i;
    }
  }
  return replaced;
}

std::string QuoteExecArg(std::string_view arg) {
  std::string quoted;
  for (const char c : arg) {
    if (c == '%' || c == '$') quoted += c;
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  const bool plain = !arg.empty() && std::all_of(arg.begin(), arg.end(), IsPlain);
  return plain ? quoted : '"' + quoted + '"';
}

}  // namespace dockerext
