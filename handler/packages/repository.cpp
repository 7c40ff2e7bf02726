// SPDX-License-Identifier: MIT
#include "handler/packages/repository.hpp"

#include <algorithm>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

constexpr std::string_view kNote =
    "# Added by the Docker VM extension, which removes it when it is uninstalled.\n";
constexpr const char* kAptKey = "/etc/apt/keyrings/docker-extension.asc";

std::string_view WithoutLastSlash(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string& line : Split(text, '\n')) {
    for (const std::string& word : Split(line, ' ')) {
      for (const std::string& part : Split(word, '\t')) {
        if (!Trim(part).empty()) words.emplace_back(Trim(part));
      }
    }
  }
  return words;
}

bool Has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

std::string AsAptPrints(std::string_view url) {
  constexpr std::string_view kFile = "file://";
  const std::string_view plain = WithoutLastSlash(url);
  return plain.starts_with(kFile) ? "file:" + std::string(plain.substr(kFile.size())) : std::string(plain);
}

bool Names(const std::vector<std::string>& words, const Repository& repository) {
  const auto is_url = [&](const std::string& word) { return IsSameAptUrl(word, repository.url); };
  return std::ranges::any_of(words, is_url) && Has(words, repository.suite);
}

std::string WithoutComment(const std::string& line) { return line.substr(0, line.find('#')); }

// "deb [signed-by=/usr/share/keyrings/docker.gpg] https://download.docker.com/linux/debian bookworm stable"
ListedRepository FindInLine(const std::string& line, const Repository& repository) {
  const std::string text = WithoutComment(line);
  const auto words = Words(text);
  if (words.empty() || words.front() != "deb" || !Names(words, repository)) return {};
  const bool is_trusted = text.find("trusted=yes") != std::string::npos;
  return {.identifier = repository.url, .unchecked = is_trusted ? "trusted=yes" : ""};
}

// Whether the field stands there with this value.
bool HasField(const std::vector<std::string>& words, std::string_view field, std::string_view value) {
  const auto found = std::ranges::find(words, field);
  return found != words.end() && found + 1 != words.end() && *(found + 1) == value;
}

// A stanza's fields, whose values may go on in indented lines.
ListedRepository FindInStanza(const std::string& stanza, const Repository& repository) {
  const auto words = Words(stanza);
  if (HasField(words, "Enabled:", "no") || !Has(words, "deb") || !Names(words, repository)) return {};
  const bool is_trusted = HasField(words, "Trusted:", "yes");
  return {.identifier = repository.url, .unchecked = is_trusted ? "Trusted: yes" : ""};
}

// The stanzas, which blank lines separate; a line that begins with # is a comment.
std::vector<std::string> StanzasOf(std::string_view text) {
  std::vector<std::string> stanzas(1);
  for (const std::string& line : Split(text, '\n')) {
    if (Trim(line).empty()) stanzas.emplace_back();
    if (!line.starts_with('#')) stanzas.back() += line + "\n";
  }
  return stanzas;
}

// As apt names a file after a URL: without scheme, user and password, "/" as "_", and some characters as %XX.
std::string AsAptFileName(std::string_view url) {
  constexpr std::string_view kQuoted = "\\|{}[]<>\"^~_=!@#$%^&*";
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto scheme = url.find(':');
  std::string_view rest = url.substr(scheme + 1);
  const bool has_host = rest.starts_with("//") && !rest.starts_with("///");
  while (has_host ? rest.starts_with('/') : rest.starts_with("//")) rest.remove_prefix(1);
  const auto user = rest.find('@');
  if (has_host && user < rest.find('/')) rest.remove_prefix(user + 1);
  std::string name;
  for (const char c : WithoutLastSlash(rest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (kQuoted.find(c) != std::string_view::npos || byte <= ' ' || byte >= 0x7f)
      (name += '%').append({kDigits[byte >> 4U], kDigits[byte & 0xfU]});
    else
      name += c == '/' ? '_' : c;
  }
  return name;
}

// "https://example.org/9/$basearch/stable" -> its parts between slashes, a variable being empty.
std::vector<std::string> PartsOfUrl(std::string_view url) {
  auto parts = Split(WithoutLastSlash(url), '/');
  for (std::string& part : parts) {
    if (part.find('$') != std::string::npos) part.clear();
  }
  return parts;
}

bool IsSameUrl(std::string_view a, std::string_view b) {
  const auto left = PartsOfUrl(a);
  const auto right = PartsOfUrl(b);
  if (left.size() != right.size()) return false;
  for (std::size_t i = 3; i < left.size(); ++i) {
    if (left[i] != right[i] && !left[i].empty() && !right[i].empty()) return false;
  }
  return std::equal(left.begin(), left.begin() + std::min<std::ptrdiff_t>(3, std::ssize(left)),
                    right.begin());
}

std::string RpmText(const Repository& repository, std::string_view more) {
  return std::string(kNote) +
         "[docker-extension]\nname=Docker, for the Docker VM extension\nbaseurl=" + repository.url +
         "\nenabled=1\ngpgcheck=1\ngpgkey=file://" + std::string(kRpmKeyFile) + "\n" + std::string(more);
}

}  // namespace

bool IsSameAptUrl(std::string_view one, std::string_view other) {
  return AsAptPrints(one) == AsAptPrints(other);
}

std::vector<RepositoryFile> AptRepositoryFiles(const Repository& repository) {
  return {{kAptKey, repository.key},
          {"/etc/apt/sources.list.d/docker-extension.sources",
           std::string(kNote) + "Types: deb\nURIs: " + repository.url + "\nSuites: " + repository.suite +
               "\nComponents: " + repository.component + "\nSigned-By: " + kAptKey + "\n"}};
}

ListedRepository FindInAptList(std::string_view path, std::string_view text, const Repository& repository) {
  const bool has_stanzas = path.ends_with(".sources");
  for (const std::string& source : has_stanzas ? StanzasOf(text) : Split(text, '\n')) {
    ListedRepository found = has_stanzas ? FindInStanza(source, repository) : FindInLine(source, repository);
    if (!found.identifier.empty()) return found;
  }
  return {};
}

std::vector<std::string> AptKeptLists(const std::vector<RepositoryFile>& files) {
  std::vector<std::string> patterns;
  for (const RepositoryFile& file : files) {
    const auto words = Words(file.text);
    const auto url = std::ranges::find(words, "URIs:");
    if (file.path.ends_with(".sources") && url != words.end() && url + 1 != words.end())
      for (const std::string_view folder : {"", "partial/"})
        patterns.push_back("/var/lib/apt/lists/" + std::string(folder) + AsAptFileName(*(url + 1)) +
                           "_dists_*");
  }
  return patterns;
}

std::vector<RepositoryFile> DnfRepositoryFiles(const Repository& repository) {
  return {{std::string(kRpmKeyFile), repository.key},
          {"/etc/yum.repos.d/docker-extension.repo", RpmText(repository, "skip_if_unavailable=1\n")}};
}

// Docker's own index is signed, that of a mirror may not be: the packages' signatures are what counts.
std::vector<RepositoryFile> ZypperRepositoryFiles(const Repository& repository) {
  return {{std::string(kRpmKeyFile), repository.key},
          {"/etc/zypp/repos.d/docker-extension.repo",
           RpmText(repository, "autorefresh=1\nrepo_gpgcheck=0\npkg_gpgcheck=1\n")}};
}

// "[docker-ce-stable]", "baseurl=https://...", "enabled=0": yum.conf(5). Without "enabled" it is enabled.
ListedRepository FindInRepoFile(std::string_view, std::string_view text, const Repository& repository) {
  struct Section {
    ListedRepository listed;
    bool names_it = false;
    bool is_enabled = true;
  };
  std::vector<Section> sections(1);
  for (const std::string& line : Split(text, '\n')) {
    if (line.starts_with('[')) sections.emplace_back().listed.identifier = line.substr(1, line.find(']') - 1);
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    const auto key = Trim(std::string_view(line).substr(0, equals));
    const auto value = Trim(std::string_view(line).substr(equals + 1));
    const bool is_no = value == "0" || value == "no" || value == "false";
    Section& section = sections.back();
    if (key == "baseurl") section.names_it = IsSameUrl(value, repository.url);
    if (key == "enabled") section.is_enabled = !is_no;
    if (is_no && (key == "gpgcheck" || key == "pkg_gpgcheck"))
      section.listed.unchecked = std::string(key) + "=" + std::string(value);
  }
  const auto found = std::ranges::find_if(
      sections, [](const Section& section) { return section.names_it && section.is_enabled; });
  return found == sections.end() ? ListedRepository{} : found->listed;
}

}  // namespace dockerext
