// SPDX-License-Identifier: MIT
#include "handler/settings/docker_options.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "handler/base/text.hpp"
#include "handler/base/utf8.hpp"
#include "handler/settings/dockerd_flags.hpp"
#include "handler/settings/public_secrets.hpp"

namespace dockerext {
namespace {

// Linux starts no program with a longer argument, and systemd reads no line of more than 1 MiB, where quoting
// may double what we write.
constexpr std::size_t kLimit = 128 * 1024 - 1;

bool HasControlCharacter(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// "-D", "--debug"; a number (--shutdown-timeout -1) and a lone dash are values.
bool IsFlag(std::string_view word) {
  return word.size() > 1 && word[0] == '-' && !(word[1] >= '0' && word[1] <= '9');
}

bool IsFlagName(std::string_view name) {
  return !name.empty() && name[0] != '-' && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool IsBoolean(const DockerdFlag* flag) { return flag != nullptr && flag->value == FlagValue::kBoolean; }

bool IsRefused(const DockerdFlag* flag) { return flag != nullptr && flag->refusal != nullptr; }

Error Refused(const ErrorRow& row, std::string_view name) { return MakeError(row, &name, 1); }

bool NeedsValue(const DockerdFlag* flag) { return flag != nullptr && flag->value != FlagValue::kBoolean; }

// The words of an element. The earlier extension passed elements on unquoted, so one may hold a flag and its
// value, or several flags; "--name=value" is one word, whatever blanks and quotes its value has.
std::vector<std::string> WordsOf(std::string_view element) {
  std::vector<std::string> words;
  for (std::string& word : Split(Trim(element), ' ')) {
    if (!word.empty()) words.push_back(std::move(word));
  }
  const bool is_quoted = element.find_first_of("\"'\\") != std::string_view::npos;
  const bool begins_with_name = !words.empty() && IsFlag(words[0]) && words[0].find('=') == std::string::npos;
  const bool are_flags = !words.empty() && std::ranges::all_of(words, IsFlag);
  if (!is_quoted && (begins_with_name || are_flags)) return words;
  element.remove_prefix(std::min(element.find_first_not_of(' '), element.size()));
  return {std::string(element)};
}

class OptionReader {
 public:
  explicit OptionReader(ObjectReader& docker) : docker_(docker) {}

  std::vector<DockerOption> Read() {
    for (const ListElement& element : docker_.StringList("options")) AddWords(element);
    while (next_ < words_.size()) {
      const Word& word = words_[next_++];
      if (word.text.starts_with("--"))
        ReadLong(word);
      else if (IsFlag(word.text))
        ReadShorthands(word);
      else if (!word.is_rejected)
        RejectForm(word);
    }
    return std::move(options_);
  }

 private:
  struct Word {
    std::string text;
    std::string key;           // "options[2]"
    bool is_rejected = false;  // stands for an element with an error, where a value may be expected
  };

  void AddWords(const ListElement& element) {
    length_ += element.text.size();
    const bool is_told = HoldsPem(element.text);  // by FindPublicSecrets
    const ErrorRow* const error = TextError(element.text);
    if (is_told || error != nullptr) {
      if (!is_told) docker_.AddError(element.key, MakeError(*error, nullptr, 0));
      words_.push_back({.text = {}, .key = element.key, .is_rejected = true});
      return;
    }
    for (std::string& word : WordsOf(element.text)) words_.push_back({std::move(word), element.key});
  }

  // What systemd would refuse in a unit file, or read as something else, is no option.
  const ErrorRow* TextError(std::string_view text) const {
    if (HasControlCharacter(text)) return &errors::kOptionControlCharacter;
    if (!IsCleanUtf8(text)) return &errors::kOptionNoncharacter;
    return length_ <= kLimit ? nullptr : &errors::kOptionsTooLong;
  }

  void ReadLong(const Word& word) {
    const auto equals = word.text.find('=');
    const std::string name = word.text.substr(2, equals == std::string::npos ? equals : equals - 2);
    if (!IsFlagName(name)) return RejectForm(word);
    const DockerdFlag* const flag = FindFlag(name);
    std::optional<std::string> value;
    if (equals != std::string::npos) value = word.text.substr(equals + 1);
    const bool is_apart = !value && IsBoolean(flag) && NextIsTruth();
    if (is_apart || (!value && !IsBoolean(flag))) value = TakeValue();
    if (is_apart && !IsRefused(flag)) return RejectApart(word, *value);
    Add(word, flag, name, value);
  }

  // "-Dl warn": letters without a value, up to one that takes the rest, or the next word, for its value.
  void ReadShorthands(const Word& word) {
    const std::string name = word.text.substr(1, word.text.find('=') - 1);
    if (const DockerdFlag* const flag = FindFlag(name)) return RejectSingleDash(word, *flag);
    for (std::size_t i = 1; i < word.text.size(); ++i) {
      const DockerdFlag* const flag = FindShorthand(word.text[i]);
      if (flag == nullptr) return RejectForm(word);
      const std::string rest = word.text.substr(i + 1);
      const bool has_equals = rest.size() > 1 && rest[0] == '=';
      const bool takes_rest = has_equals || (NeedsValue(flag) && !rest.empty());
      std::optional<std::string> value;
      if (takes_rest)
        value = rest.substr(has_equals ? 1 : 0);
      else if (NeedsValue(flag))
        value = TakeValue();
      Add(word, flag, std::string(flag->name), value);
      if (takes_rest) return;
    }
  }

  // The next word, unless it is a flag: dockerd would take that too, which nobody means.
  std::optional<std::string> TakeValue() {
    if (next_ == words_.size() || IsFlag(words_[next_].text)) return std::nullopt;
    return words_[next_++].text;
  }

  bool NextIsTruth() const {
    return next_ < words_.size() && (words_[next_].text == "true" || words_[next_].text == "false");
  }

  // `flag` is null for a name that is not known.
  void Add(const Word& word, const DockerdFlag* flag, const std::string& written,
           const std::optional<std::string>& value) {
    const std::string name = "--" + (flag == nullptr ? written : std::string(flag->name));
    if (IsRefused(flag)) return docker_.AddError(word.key, Refused(*flag->refusal, name));
    if (NeedsValue(flag) && !value) return docker_.AddError<errors::kOptionNeedsValue>(word.key, name);
    std::string text = name + (value ? "=" + *value : "");
    // The extension always sets live-restore in daemon.json, where it takes effect before the first restart;
    // as an option it would take effect only after it, and dockerd does not start with both.
    if (text == "--live-restore" || text == "--live-restore=true") return;
    options_.push_back({std::move(text), docker_.PathOf(word.key)});
  }

  // Its path tells which; it is not shown: what stands where an option belongs may be half of a password.
  // Once for an element, of whose words there may be several.
  void RejectForm(const Word& word) {
    if (word.key != rejected_) docker_.AddError<errors::kNotAnOption>(word.key);
    rejected_ = word.key;
  }

  void RejectSingleDash(const Word& word, const DockerdFlag& flag) {
    if (NeedsValue(&flag) && word.text.find('=') == std::string::npos) TakeValue();
    docker_.AddError<errors::kOptionOneDash>(word.key, flag.name);
  }

  void RejectApart(const Word& word, const std::string& value) {
    docker_.AddError<errors::kOptionValueApart>(word.key, word.text, value);
  }

  ObjectReader& docker_;
  std::vector<Word> words_;
  std::vector<DockerOption> options_;
  std::string rejected_;  // the last element with a word that is no option
  std::size_t next_ = 0;
  std::size_t length_ = 0;
};

}  // namespace

std::vector<DockerOption> ReadDockerOptions(ObjectReader& docker) { return OptionReader(docker).Read(); }

}  // namespace dockerext
