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
bool IsInLines(std::string_view text, const Repository& repository) {
  const auto lines = Split(text, '\n');
  return std::ranges::any_of(lines, [&](const std::string& line) {
    const auto words = Words(WithoutComment(line));
    return !words.empty() && words.front() == "deb" && Names(words, repository);
  });
}

// A stanza's fields, whose values may go on in indented lines; a line that begins with # is a comment.
bool IsInStanzas(std::string_view text, const Repository& repository) {
  std::string stanza;
  const auto names_it = [&] {
    const auto words = Words(stanza);
    stanza.clear();
    const auto enabled = std::ranges::find(words, "Enabled:");
    const bool is_disabled = enabled != words.end() && enabled + 1 != words.end() && *(enabled + 1) == "no";
    return !is_disabled && Has(words, "deb") && Names(words, repository);
  };
  for (const std::string& line : Split(text, '\n')) {
    if (Trim(line).empty() && names_it()) return true;
    if (!line.starts_with('#')) stanza += line + "\n";
  }
  return names_it();
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

std::string FindInAptList(std::string_view path, std::string_view text, const Repository& repository) {
  const bool has_it =
      path.ends_with(".sources") ? IsInStanzas(text, repository) : IsInLines(text, repository);
  return has_it ? repository.url : "";
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
std::string FindInRepoFile(std::string_view, std::string_view text, const Repository& repository) {
  std::string section;
  bool names_it = false;
  bool is_enabled = true;
  for (const std::string& line : Split(text, '\n')) {
    if (line.starts_with('[')) {
      if (names_it && is_enabled) return section;
      section = line.substr(1, line.find(']') - 1);
      names_it = false;
      is_enabled = true;
    }
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    const auto key = Trim(std::string_view(line).substr(0, equals));
    const auto value = Trim(std::string_view(line).substr(equals + 1));
    if (key == "baseurl") names_it = IsSameUrl(value, repository.url);
    if (key == "enabled") is_enabled = value != "0" && value != "no" && value != "false";
  }
  return names_it && is_enabled ? section : "";
}

}  // namespace dockerext
