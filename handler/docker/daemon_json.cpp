// SPDX-License-Identifier: MIT
#include "handler/docker/daemon_json.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "handler/base/text.hpp"
#include "handler/docker/daemon_json_encoding.hpp"
#include "handler/docker/daemon_json_syntax.hpp"
#include "handler/errors/conflicts.hpp"
#include "handler/settings/dockerd_flags.hpp"

namespace dockerext {
namespace {

constexpr std::string_view kLiveRestore = "live-restore";
constexpr std::string_view kAuthorizationPlugins = "authorization-plugins";
constexpr std::string_view kDataRoot = "data-root";
constexpr std::string_view kMetricsAddress = "metrics-addr";

// Objects that are the value of one option; dockerd reads the keys of every other object as options.
constexpr auto kMaps =
    std::to_array<std::string_view>({"builder", "cluster-store-opts", "default-network-opts",
                                     "default-ulimits", "features", "log-opts", "runtimes"});

// What Go calls white space and JSON does not; engines since 23.0 take both away at the text's ends.
constexpr auto kGoSpaces = std::to_array<std::string_view>({
    " ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u0085", "\u00A0", "\u1680",
    "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
    "\u2009", "\u200A", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000",
});

// How engines read the file: since 23.0 the whole text, decoded by its byte order mark; before, the first
// value in it, whatever follows.
enum class Reading { kFirstValue, kWholeText };

std::size_t SkipGoSpace(std::string_view text) {
  std::string_view rest = text;
  const auto leads = [&rest](std::string_view space) { return rest.starts_with(space); };
  for (auto found = kGoSpaces.begin(); found != kGoSpaces.end();) {
    found = std::find_if(kGoSpaces.begin(), kGoSpaces.end(), leads);
    if (found != kGoSpaces.end()) rest.remove_prefix(found->size());
  }
  return text.size() - rest.size();
}

class Reader {
 public:
  Reader(std::string_view text, Reading reading, const std::string& path)
      : text_(text), reading_(reading), path_(path) {}

  Result<DaemonJson> Read() {
    TRY_LET(const std::size_t begin, FindObject());
    if (begin == text_.size()) return DaemonJson{};
    return ReadObject(begin);
  }

 private:
  Error Invalid(const std::string& what) const {
    return MakeError<errors::kDaemonJsonInvalid>(Quoted(path_), what);
  }

  Error InvalidAt(const std::string& what, std::size_t at) const {
    const std::string_view before = std::string_view(text_).substr(0, at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t column = before.size() - (before.find_last_of('\n') + 1) + 1;
    return Invalid(what + " (line " + std::to_string(line) + ", column " + std::to_string(column) + ")");
  }

  // Where the object begins; the text's end where there is none and dockerd takes that for an empty one.
  Result<std::size_t> FindObject() {
    std::size_t begin = 0;
    if (reading_ == Reading::kWholeText) {
      TRY(Decode());
      begin = SkipGoSpace(text_);
      if (begin == text_.size()) return begin;
    } else {
      if (DecodeText(text_).encoding != TextEncoding::kUtf8) {
        return Invalid("begins with a byte order mark, which dockerd accepts since 23.0 only");
      }
      begin = SkipJsonSpace(text_, 0);
      if (begin == text_.size()) return Invalid("is empty, which dockerd accepts since 23.0 only");
    }
    const JsonScan scan = ScanJsonValue(text_, begin);
    if (!scan.valid) return InvalidAt("is not valid JSON", scan.end);
    if (reading_ == Reading::kWholeText) {
      const std::size_t next = scan.end + SkipGoSpace(std::string_view(text_).substr(scan.end));
      if (next < text_.size()) return InvalidAt("has more text after its JSON value", next);
    }
    if (text_[begin] == '{') return begin;
    if (text_[begin] == 'n') return text_.size();
    return Invalid("is not a JSON object");
  }

  Status Decode() {
    DecodedText decoded = DecodeText(text_);
    text_ = std::move(decoded.text);
    const bool is_utf8 =
        decoded.encoding == TextEncoding::kUtf8 || decoded.encoding == TextEncoding::kUtf8WithMark;
    const std::size_t invalid = is_utf8 ? FindInvalidUtf8(text_) : std::string::npos;
    if (invalid != std::string::npos) return InvalidAt("is not valid UTF-8", invalid);
    return {};
  }

  Result<DaemonJson> ReadObject(std::size_t begin) const {
    DaemonJson read;
    for (const JsonMember& member : JsonMembers(text_, begin)) {
      TRY(AddKeys(member, read.keys));
      TRY(ReadMember(member.key, member.ValueIn(text_), read));
    }
    return read;
  }

  Status ReadMember(const std::string& key, std::string_view value, DaemonJson& read) const {
    if (key == kLiveRestore) return ReadBool(key, value, read.live_restore);
    if (key == kAuthorizationPlugins) return ReadList(key, value, read.authorization_plugins);
    if (key == kDataRoot) return ReadText(key, value, read.data_root);
    if (key == kMetricsAddress) return ReadText(key, value, read.metrics_address);
    return {};
  }

  Status AddKeys(const JsonMember& member, std::vector<std::string>& keys) const {
    const bool is_map = std::find(kMaps.begin(), kMaps.end(), member.key) != kMaps.end();
    if (is_map || member.ValueIn(text_).front() != '{') return AddKey(member.key, keys);
    for (const JsonMember& inner : JsonMembers(text_, member.value_begin)) TRY(AddKey(inner.key, keys));
    return {};
  }

  // dockerd tells upper from lower case in keys, and knows no key with upper case.
  Status AddKey(const std::string& key, std::vector<std::string>& keys) const {
    for (const std::string_view known : {kLiveRestore, kAuthorizationPlugins, kDataRoot, kMetricsAddress}) {
      const bool same = std::equal(key.begin(), key.end(), known.begin(), known.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
      });
      if (same && key != known) {
        return Invalid("has the key " + Quoted(key) + " instead of " + Quoted(known));
      }
    }
    keys.push_back(key);
    return {};
  }

  // Of duplicates each must have the right type, the last one counts, and a null leaves what was before it.
  Status ReadBool(const std::string& key, std::string_view value, std::optional<bool>& read) const {
    if (value == "null") return {};
    if (value != "true" && value != "false")
      return Invalid("has a " + key + " that is neither true nor false");
    read = value == "true";
    return {};
  }

  Status ReadText(const std::string& key, std::string_view value, std::string& read) const {
    if (value == "null") return {};
    if (value.front() != '"') return Invalid("has a " + key + " that is not a string");
    read = JsonString(value);
    return {};
  }

  // A null empties a list, and is an empty string in one.
  Status ReadList(const std::string& key, std::string_view value, std::vector<std::string>& read) const {
    read.clear();
    if (value == "null") return {};
    if (value.front() != '[') return Invalid("has " + key + " that are not a list");
    for (const std::string_view element : JsonElements(value)) {
      read.emplace_back();
      TRY(ReadText(key, element, read.back()));
    }
    return {};
  }

  std::string text_;
  Reading reading_;
  const std::string& path_;
};

// A text to edit, and the object in it.
struct Document {
  DecodedText decoded;
  std::size_t begin = 0;  // of the value
  bool has_object = false;
  std::vector<JsonMember> members;
};

Document Open(std::string_view text) {
  Document document;
  document.decoded = DecodeText(text);
  const std::string& decoded = document.decoded.text;
  document.begin = SkipGoSpace(decoded);
  document.has_object =
      decoded.substr(document.begin).starts_with('{') && ScanJsonValue(decoded, document.begin).valid;
  if (document.has_object) document.members = JsonMembers(decoded, document.begin);
  return document;
}

bool IsLiveRestore(const JsonMember& member) { return member.key == kLiveRestore; }

}  // namespace

Result<DaemonJson> ReadDaemonJson(std::string_view text, std::string_view engine_version,
                                  const std::string& path) {
  const auto major = ParseUnsigned(engine_version.substr(0, engine_version.find('.')));
  const bool is_known = major.value_or(0) > 0;
  if (!is_known || *major < 23) {
    auto read = Reader(text, Reading::kFirstValue, path).Read();
    if (is_known || !read.ok()) return read;
  }
  return Reader(text, Reading::kWholeText, path).Read();
}

std::string WithLiveRestore(std::string_view text, bool value) {
  Document document = Open(text);
  std::string& decoded = document.decoded.text;
  const std::string literal = value ? "true" : "false";
  const std::string entry = "\n    \"" + std::string(kLiveRestore) + "\": " + literal;
  if (!document.has_object) {
    const bool is_null = decoded.substr(document.begin).starts_with("null");
    const std::string rest = is_null ? decoded.substr(document.begin + 4) : "";
    decoded = "{" + entry + "\n}" + (rest.empty() ? "\n" : rest);
    return EncodeText(document.decoded);
  }
  const auto& members = document.members;
  const auto last = std::find_if(members.rbegin(), members.rend(), IsLiveRestore);
  if (last != members.rend()) {
    decoded.replace(last->value_begin, last->value_end - last->value_begin, literal);
  } else {
    decoded.insert(document.begin + 1, entry + (members.empty() ? "" : ","));
  }
  return EncodeText(document.decoded);
}

std::string WithoutLiveRestore(std::string_view text) {
  Document document = Open(text);
  std::string& decoded = document.decoded.text;
  const auto& members = document.members;
  const auto ours = std::find_if(members.begin(), members.end(), IsLiveRestore);
  if (ours == members.end()) return std::string(text);
  std::size_t begin = document.begin + 1;
  std::size_t end = ours->value_end;
  if (ours != members.begin()) {
    begin = decoded.find(',', std::prev(ours)->value_end);
  } else if (members.size() > 1) {
    end = decoded.find(',', end) + 1;
  }
  decoded.erase(begin, end - begin);
  return EncodeText(document.decoded);
}

std::string WithoutLiveRestore(std::string_view text, std::string_view original) {
  const bool is_unedited =
      text == WithLiveRestore(original, true) || text == WithLiveRestore(original, false);
  return is_unedited ? std::string(original) : WithoutLiveRestore(text);
}

std::string KeyOfOption(std::string_view option) {
  std::string_view name = option.substr(0, option.find('='));
  name.remove_prefix(std::min<std::size_t>(name.size(), name.find_first_not_of('-')));
  if (name == "add-runtime") return {};
  const DockerdFlag* const known = FindFlag(name);
  if (known == nullptr) return std::string(name);
  return std::string(known->key.empty() ? known->name : known->key);
}

}  // namespace dockerext
