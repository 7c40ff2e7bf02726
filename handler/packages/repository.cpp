// SPDX-License-Identifier: MIT
#include "handler/packages/repository.hpp"

#include <algorithm>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

constexpr std::string_view kNote =
    "# Added by the Docker VM extension, which removes it when it is uninstalled.\n";
constexpr const char* kAptKey = "/etc/apt/keyrings/docker-extension.asc";
constexpr const char* kRpmKey = "/etc/pki/rpm-gpg/RPM-GPG-KEY-docker-extension";

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

bool Names(const std::vector<std::string>& words, const Repository& repository) {
  const auto is_url = [&](const std::string& word) {
    return WithoutLastSlash(word) == WithoutLastSlash(repository.url);
  };
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

std::string RpmText(const Repository& repository, std::string_view more) {
  return std::string(kNote) +
         "[docker-extension]\nname=Docker, for the Docker VM extension\nbaseurl=" + repository.url +
         "\nenabled=1\ngpgcheck=1\ngpgkey=file://" + kRpmKey + "\n" + std::string(more);
}

}  // namespace

std::vector<RepositoryFile> AptRepositoryFiles(const Repository& repository) {
  return {{kAptKey, repository.key},
          {"/etc/apt/sources.list.d/docker-extension.sources",
           std::string(kNote) + "Types: deb\nURIs: " + repository.url + "\nSuites: " + repository.suite +
               "\nComponents: " + repository.component + "\nSigned-By: " + kAptKey + "\n"}};
}

bool IsInAptList(std::string_view path, std::string_view text, const Repository& repository) {
  return path.ends_with(".sources") ? IsInStanzas(text, repository) : IsInLines(text, repository);
}

std::vector<RepositoryFile> DnfRepositoryFiles(const Repository& repository) {
  return {{kRpmKey, repository.key},
          {"/etc/yum.repos.d/docker-extension.repo", RpmText(repository, "skip_if_unavailable=1\n")}};
}

std::vector<RepositoryFile> ZypperRepositoryFiles(const Repository& repository) {
  return {{kRpmKey, repository.key},
          {"/etc/zypp/repos.d/docker-extension.repo", RpmText(repository, "autorefresh=1\n")}};
}

}  // namespace dockerext
