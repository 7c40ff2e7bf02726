// SPDX-License-Identifier: MIT
#include "handler/distro/os_release.hpp"

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

std::string Unquote(std::string_view value) {
  if (value.size() < 2 || (value.front() != '"' && value.front() != '\'') || value.back() != value.front()) {
    return std::string(value);
  }
  const bool escapes = value.front() == '"';
  value = value.substr(1, value.size() - 2);
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (escapes && value[i] == '\\' && i + 1 < value.size()) ++i;
    text += value[i];
  }
  return text;
}

}  // namespace

OsRelease ParseOsRelease(std::string_view text) {
  OsRelease release;
  for (const std::string& line : Split(text, '\n')) {
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    const auto key = Trim(std::string_view(line).substr(0, equals));
    std::string value = Unquote(Trim(std::string_view(line).substr(equals + 1)));
    if (key == "ID")
      release.id = std::move(value);
    else if (key == "VERSION_ID")
      release.version_id = std::move(value);
    else if (key == "VERSION_CODENAME")
      release.codename = std::move(value);
    else if (key == "UBUNTU_CODENAME" || key == "DEBIAN_CODENAME")
      release.base_codename = std::move(value);
    else if (key == "PRETTY_NAME")
      release.pretty_name = std::move(value);
    else if (key == "ID_LIKE")
      release.id_like = Split(value, ' ');
  }
  return release;
}

}  // namespace dockerext
