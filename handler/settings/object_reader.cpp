// SPDX-License-Identifier: MIT
#include "handler/settings/object_reader.hpp"

#include <algorithm>
#include <numeric>

#include "handler/base/redact.hpp"
#include "handler/base/text.hpp"
#include "handler/settings/public_secrets.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

// Levenshtein, one row at a time.
std::size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

// The known key that this one may be a slip of: at most half of its letters differ. Empty when there is none.
std::string Nearest(const std::string& key, const std::vector<std::string>& known) {
  const auto distance = [&](const std::string& name) { return EditDistance(key, name); };
  const std::string& nearest = *std::ranges::min_element(known, {}, distance);
  return distance(nearest) * 2 <= std::max(key.size(), nearest.size()) ? nearest : std::string();
}

bool Contains(const std::vector<std::string>& keys, const std::string& key) {
  return std::ranges::find(keys, key) != keys.end();
}

// What is left of a key when neither capitals nor the signs between words count: PowerShell's hash tables are
// written with capitals, and its unquoted keys have no dash.
std::string WithoutSpelling(std::string_view key) {
  std::string plain;
  for (const char c : key) {
    if (c == '-' || c == '_' || c == ' ') continue;
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return plain;
}

std::string WithoutBlanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

// The known key that this one spells in another way; empty when there is none.
std::string MeantBy(const std::string& key, const std::vector<std::string>& known) {
  const auto found = std::ranges::find(known, WithoutSpelling(key), WithoutSpelling);
  return found == known.end() ? std::string() : *found;
}

// The key of a section that stands beside it instead of in it: "port", "Docker.Port".
std::string MeantInside(const std::string& key, const std::vector<std::string>& inner) {
  const std::string plain = WithoutSpelling(key);
  const auto found = std::ranges::find_if(inner, [&](const std::string& known) {
    return plain == WithoutSpelling(known) || plain == WithoutSpelling(known.substr(known.find('.') + 1));
  });
  return found == inner.end() ? std::string() : *found;
}

// A key that stands beside its section. The name of one with a dot cannot be moved as it is.
Error Misplaced(const std::string& key, const std::string& inside, const std::vector<std::string>& sections) {
  const auto dot = inside.find('.');
  const std::string section = inside.substr(0, dot);
  if (key.find('.') == std::string::npos || !Contains(sections, section))
    return MakeError<errors::kOtherPlace>(inside);
  return MakeError<errors::kDottedName>(section, inside.substr(dot + 1));
}

// The key of which this one is another name, a file's name, or a slip.
std::string OtherNameOf(const std::string& key, const Keys& keys) {
  std::string plain = WithoutSpelling(key);
  for (const std::string_view ending : {".pem", ".crt", ".cer", ".key"}) {
    if (plain.ends_with(ending)) plain.resize(plain.size() - ending.size());
  }
  if (Contains(keys.names, plain)) return plain;
  const auto other = keys.other_names.find(plain);
  return other == keys.other_names.end() ? Nearest(key, keys.names) : other->second;
}

// Where the "[2]" of an element of a list begins, or the end.
std::size_t IndexOf(const std::string& key) {
  const auto bracket = key.ends_with(']') ? key.rfind('[') : std::string::npos;
  if (bracket == std::string::npos) return key.size();
  const std::string number = key.substr(bracket + 1, key.size() - bracket - 2);
  return ParseUnsigned(number) ? bracket : key.size();
}

}  // namespace

std::string Shown(const std::string& value) {
  constexpr std::size_t kLongest = 16;  // more is no port and no policy, and may be a key's body
  if (HoldsPem(value)) return "a certificate or a key";
  return value.size() <= kLongest ? Quoted(Redacted(value))
                                  : "a text of " + std::to_string(value.size()) + " bytes";
}

std::string TypeName(const json& value) {
  switch (value.type()) {
    case json::value_t::object:
      return "an object";
    case json::value_t::array:
      return "a list";
    case json::value_t::string:
      return "a string";
    case json::value_t::boolean:
      return "a boolean";
    case json::value_t::null:
      return "null";
    default:
      return "a number";
  }
}

ObjectReader::ObjectReader(const json& object, std::string path, const Keys& keys, Findings& findings)
    : findings_(findings), object_(object), path_(std::move(path)) {
  for (const auto& item : object_.items()) {
    const bool is_known = Contains(keys.names, item.key()) || Contains(keys.without_effect, item.key());
    if (!is_known) TellUnknown(item.key(), keys);
  }
  for (const std::string& key : keys.without_effect) {
    if (Has(key)) AddWarning(key, "has no effect in this version of the extension");
  }
}

void ObjectReader::TellUnknown(const std::string& key, const Keys& keys) {
  if (const auto error = Has(key) ? ErrorOfUnknown(key, keys) : std::nullopt) return AddError(key, *error);
  std::vector<std::string> known = keys.names;
  known.insert(known.end(), keys.without_effect.begin(), keys.without_effect.end());
  const std::string nearest = Nearest(key, known);
  AddWarning(key, "is not a known setting and was ignored" +
                      (nearest.empty() ? std::string() : "; did you mean " + nearest));
}

// Nothing when it cannot be told what the key was meant to be.
std::optional<Error> ObjectReader::ErrorOfUnknown(const std::string& key, const Keys& keys) {
  if (const std::string meant = MeantBy(key, keys.names); !meant.empty()) {
    ReadAs(meant, key);
    return WithoutBlanks(key) == meant ? MakeError<errors::kBlankInName>(meant)
                                       : MakeError<errors::kOtherSpelling>(meant);
  }
  const std::string wrapper = MeantBy(key, keys.wrappers);
  if (!wrapper.empty() && Find(key)->is_structured()) return MakeError<errors::kWrapped>(wrapper);
  if (const std::string inside = MeantInside(key, keys.inner); !inside.empty())
    return Misplaced(key, inside, keys.names);
  if (!MeantBy(key, keys.elsewhere).empty()) return MakeError(*keys.elsewhere_error, nullptr, 0);
  const std::string other = keys.other_names.empty() ? std::string() : OtherNameOf(key, keys);
  if (other.empty() || object_.contains(other) || spellings_.contains(other)) return std::nullopt;
  ReadAs(other, key);
  return MakeError<errors::kOtherName>(other);
}

// For the errors inside it.
void ObjectReader::ReadAs(const std::string& meant, const std::string& key) {
  if (!object_.contains(meant)) spellings_[meant] = key;
}

const json* ObjectReader::Find(const std::string& key) const {
  const auto found = object_.find(Spelled(key));
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

// An element of a list, "options[2]", has its index behind the name.
std::string ObjectReader::PathOf(const std::string& key) const {
  const std::string spelled = Spelled(key);
  const auto index = IndexOf(spelled);
  const std::string name = spelled.substr(0, index);
  const std::string plain = WithoutBlanks(name);
  const bool is_shown = ShownName(plain) == plain;
  const bool needs_quotes = is_shown && (plain != name || name.find('.') != std::string::npos);
  return path_ + (needs_quotes ? "[\"" + name + "\"]" : "." + ShownName(name)) + spelled.substr(index);
}

std::string ObjectReader::Spelled(const std::string& key) const {
  const auto spelling = spellings_.find(key);
  return spelling == spellings_.end() ? key : spelling->second;
}

const std::string* ObjectReader::String(const std::string& key) {
  const json* value = Find(key);
  if (value == nullptr) return nullptr;
  if (value->is_string()) return value->get_ptr<const std::string*>();
  AddError<errors::kNotAString>(key, TypeName(*value));
  return nullptr;
}

const json* ObjectReader::Object(const std::string& key) {
  const json* value = Find(key);
  if (value == nullptr || value->is_object()) return value;
  AddError<errors::kNotAnObject>(key, TypeName(*value));
  return nullptr;
}

std::optional<std::uint16_t> ObjectReader::Port(const std::string& key) {
  const json* value = Find(key);
  if (value == nullptr) return std::nullopt;
  std::optional<std::uint64_t> number;
  std::string shown = TypeName(*value);
  if (value->is_string()) {
    number = ParseUnsigned(value->get_ref<const std::string&>());
    shown = Shown(value->get_ref<const std::string&>());
  } else if (value->is_number()) {
    if (value->is_number_unsigned()) number = value->get<std::uint64_t>();
    shown = value->dump();
  }
  if (number && *number >= 1 && *number <= 65535) return static_cast<std::uint16_t>(*number);
  AddError<errors::kNotAPort>(key, shown);
  return std::nullopt;
}

std::optional<bool> ObjectReader::Boolean(const std::string& key) {
  const json* value = Find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  if (value->is_string()) {
    const auto& text = value->get_ref<const std::string&>();
    if (text == "true") return true;
    if (text == "false") return false;
  }
  AddError<errors::kNotABoolean>(key, value->is_string() ? "another string" : TypeName(*value));
  return std::nullopt;
}

std::vector<ListElement> ObjectReader::StringList(const std::string& key) {
  const json* value = Find(key);
  if (value == nullptr) return {};
  if (!value->is_array()) {
    AddError<errors::kNotAList>(key, TypeName(*value));
    return {};
  }
  std::vector<ListElement> list;
  for (std::size_t i = 0; i < value->size(); ++i) {
    const json& element = (*value)[i];
    const std::string at = Spelled(key) + "[" + std::to_string(i) + "]";
    if (element.is_string()) {
      list.push_back({element.get<std::string>(), at});
    } else {
      AddError<errors::kNotAString>(at, TypeName(element));
    }
  }
  return list;
}

void ObjectReader::AddError(const std::string& key, const Error& error) {
  findings_.errors.push_back({PathOf(key), error.what, error.remedy});
}

void ObjectReader::AddWarning(const std::string& key, std::string message) {
  findings_.warnings.push_back({PathOf(key), std::move(message)});
}

}  // namespace dockerext
