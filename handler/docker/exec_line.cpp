// SPDX-License-Identifier: MIT
#include "handler/docker/exec_line.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "handler/base/utf8.hpp"

namespace dockerext {
namespace {

constexpr std::string_view kWhiteSpace = " \t\n\r";
constexpr std::string_view kPrefixes = "-@:+!|";

bool IsBlank(char c) { return kWhiteSpace.find(c) != std::string_view::npos; }

void SkipBlanks(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kWhiteSpace), rest.size()));
}

// A number of exactly so many digits; 0, which systemd refuses, where there is none.
std::uint32_t ParseDigits(std::string_view text, std::size_t digits, int base) {
  std::uint32_t number = 0;
  if (text.size() < digits) return 0;
  const char* const end = text.data() + digits;
  const auto parsed = std::from_chars(text.data(), end, number, base);
  return parsed.ptr == end ? number : 0;
}

struct DecodedEscape {
  std::string text;
  std::size_t length;  // behind the backslash
};

std::optional<DecodedEscape> DecodeNumber(std::string_view rest) {
  const char kind = rest.front();
  const bool octal = kind >= '0' && kind <= '7';
  if (octal || kind == 'x') {
    const std::uint32_t byte = octal ? ParseDigits(rest, 3, 8) : ParseDigits(rest.substr(1), 2, 16);
    if (byte == 0 || byte > 0xFF) return std::nullopt;
    return DecodedEscape{{static_cast<char>(byte)}, 3};
  }
  if (kind != 'u' && kind != 'U') return std::nullopt;
  const std::size_t digits = kind == 'u' ? 4 : 8;
  const std::uint32_t character = ParseDigits(rest.substr(1), digits, 16);
  std::string text = EncodeUtf8(character);
  if (character == 0 || text.empty()) return std::nullopt;
  return DecodedEscape{std::move(text), digits + 1};
}

std::optional<DecodedEscape> Decode(std::string_view rest) {
  static const std::map<char, char> kEscapes = {{'a', '\a'}, {'b', '\b'},  {'f', '\f'}, {'n', '\n'},
                                                {'r', '\r'}, {'t', '\t'},  {'v', '\v'}, {'s', ' '},
                                                {'"', '"'},  {'\'', '\''}, {'\\', '\\'}};
  if (rest.empty()) return std::nullopt;
  const auto found = kEscapes.find(rest.front());
  if (found != kEscapes.end()) return DecodedEscape{{found->second}, 1};
  return DecodeNumber(rest);
}

// Removes what follows a backslash from the front of `rest`; false when that is an error.
bool TakeEscape(std::string_view& rest, WordSyntax syntax, std::string& word) {
  const auto decoded = syntax == WordSyntax::kVariable ? std::nullopt : Decode(rest);
  if (decoded) {
    word += decoded->text;
    rest.remove_prefix(decoded->length);
    return true;
  }
  if (syntax == WordSyntax::kAssignments) return false;
  if (syntax == WordSyntax::kCommand) word += '\\';
  word += rest.substr(0, 1);
  rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
  return true;
}

// Removes one word from the front of `rest`; nullopt when it does not parse.
std::optional<std::string> TakeWord(std::string_view& rest, WordSyntax syntax) {
  std::string word;
  char quote = '\0';
  while (!rest.empty() && (quote != '\0' || !IsBlank(rest.front()))) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '\\') {
      if (!TakeEscape(rest, syntax, word)) return std::nullopt;
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    } else {
      word += c;
    }
  }
  if (quote != '\0' && syntax != WordSyntax::kVariable) return std::nullopt;
  return word;
}

// Whether the text begins with this word, unquoted.
bool BeginsWithWord(std::string_view rest, std::string_view word) {
  return rest.starts_with(word) && (rest.size() == word.size() || IsBlank(rest[word.size()]));
}

std::string_view PrefixesOf(std::string_view program) {
  return program.substr(0, program.find_first_not_of(kPrefixes));
}

bool IsPlain(char c) {
  constexpr std::string_view kPlain = "-_./=:,@+~^";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kPlain.find(c) != std::string_view::npos;
}

}  // namespace

std::vector<std::string> SplitExecLine(std::string_view line) {
  std::vector<std::string> args;
  for (SkipBlanks(line); !line.empty(); SkipBlanks(line)) {
    if (BeginsWithWord(line, ";")) return {};  // another command, which only Type=oneshot may have
    if (BeginsWithWord(line, "\\;")) {
      args.emplace_back(";");
      line.remove_prefix(2);
      continue;
    }
    const auto word = TakeWord(line, WordSyntax::kCommand);
    if (!word) return {};
    args.push_back(ResolveSpecifiers(*word));
  }
  if (args.empty()) return {};
  const std::string prefixes(PrefixesOf(args.front()));
  args.front().erase(0, prefixes.size());
  const bool names_itself = prefixes.find('@') != std::string::npos;
  if (args.front().empty() || (names_itself && args.size() < 2)) return {};
  if (names_itself) args.erase(args.begin() + 1);
  return args;
}

bool ExpandsVariables(std::string_view line) {
  SkipBlanks(line);
  const std::string program = TakeWord(line, WordSyntax::kCommand).value_or("");
  return PrefixesOf(program).find(':') == std::string_view::npos;
}

std::vector<std::string> SplitWords(std::string_view text, WordSyntax syntax) {
  std::vector<std::string> words;
  for (SkipBlanks(text); !text.empty(); SkipBlanks(text)) {
    auto word = TakeWord(text, syntax);
    if (!word) break;
    words.push_back(*std::move(word));
  }
  return words;
}

std::string ResolveSpecifiers(std::string_view text) {
  static const std::map<char, std::string_view> kSpecifiers = {
      {'%', "%"},        {'n', "docker.service"}, {'N', "docker"}, {'p', "docker"},
      {'t', "/run"},     {'S', "/var/lib"},       {'E', "/etc"},   {'C', "/var/cache"},
      {'L', "/var/log"}, {'T', "/tmp"},           {'h', "/root"},  {'V', "/var/tmp"},
  };
  std::string resolved;
  while (!text.empty()) {
    const auto found = text.front() == '%' && text.size() > 1 ? kSpecifiers.find(text[1]) : kSpecifiers.end();
    const bool known = found != kSpecifiers.end();
    resolved += known ? found->second : text.substr(0, 1);
    text.remove_prefix(known ? 2 : 1);
  }
  return resolved;
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

std::string QuoteExecArg(std::string_view arg, std::string_view line) {
  const bool expands = ExpandsVariables(line);
  std::string quoted;
  for (const char c : arg) {
    if (c == '%' || (c == '$' && expands)) quoted += c;
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  const bool plain = !arg.empty() && std::all_of(arg.begin(), arg.end(), IsPlain);
  return plain ? quoted : '"' + quoted + '"';
}

}  // namespace dockerext
