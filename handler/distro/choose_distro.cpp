// SPDX-License-Identifier: MIT
#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/distro/distro.hpp"
#include "handler/errors/machine.hpp"

namespace dockerext {
namespace {

bool Has(std::span<const std::string_view> ids, std::string_view id) {
  return std::ranges::find(ids, id) != ids.end();
}

bool Supports(const Distro& distro, std::string_view version) {
  if (distro.min_version.empty()) return true;
  return !version.empty() && !IsVersionBelow(version, distro.min_version) &&
         (distro.below_version.empty() || IsVersionBelow(version, distro.below_version));
}

// Empty for a codename that the row does not know.
std::string_view VersionOf(const Distro& distro, std::string_view codename) {
  for (const Codename& known : distro.codenames) {
    if (known.name == codename) return known.version;
  }
  return {};
}

// Debian's testing has a codename and no VERSION_ID.
OsRelease WithVersion(const Distro& distro, OsRelease release) {
  if (release.version_id.empty()) release.version_id = VersionOf(distro, release.codename);
  return release;
}

// As the release that a derivative is made of. Where that has codenames, the derivative's version and
// codename are its own, and the one below it is in UBUNTU_CODENAME or DEBIAN_CODENAME.
OsRelease AsBase(const Distro& distro, OsRelease release) {
  if (distro.derivatives != Derivatives::kByCodename) return release;
  release.version_id.clear();
  for (const std::string& codename : {release.base_codename, release.codename}) {
    const auto version = VersionOf(distro, codename);
    if (version.empty()) continue;
    release.version_id = version;
    release.codename = codename;
    break;
  }
  return release;
}

std::optional<Platform> FindOwn(const OsRelease& release) {
  for (const Distro& distro : SupportedDistros()) {
    if (!Has(distro.ids, release.id)) continue;
    OsRelease own = WithVersion(distro, release);
    if (Supports(distro, own.version_id)) return Platform{.distro = &distro, .release = std::move(own)};
  }
  return std::nullopt;
}

// A distribution that has rows of its own is no derivative: its other releases are not supported.
bool HasOwnRow(const OsRelease& release) {
  return std::ranges::any_of(SupportedDistros(),
                             [&](const Distro& distro) { return Has(distro.ids, release.id); });
}

// ID_LIKE has the closest first.
std::optional<Platform> FindBase(const OsRelease& release) {
  if (HasOwnRow(release)) return std::nullopt;
  for (const std::string& like : release.id_like) {
    for (const Distro& distro : SupportedDistros()) {
      if (distro.derivatives == Derivatives::kNo || !Has(distro.ids, like)) continue;
      OsRelease base = AsBase(distro, release);
      if (Supports(distro, base.version_id)) return Platform{.distro = &distro, .release = std::move(base)};
    }
  }
  return std::nullopt;
}

// "8 to 10" of a row's ends. A row's upper end is a whole number: the first release that is not in it.
std::string RangeOf(std::string_view min, std::string_view below) {
  if (min.empty()) return "";
  if (below.empty()) return " " + std::string(min) + " and later";
  const std::string last = std::to_string(ParseUnsigned(below).value_or(0) - 1);
  return " " + std::string(min) + (last == min ? "" : " to " + last);
}

}  // namespace

std::string SupportedReleases() {
  std::vector<std::string> releases;
  const auto distros = SupportedDistros();
  for (auto first = distros.begin(); first != distros.end();) {
    auto last = first;
    while (std::next(last) != distros.end() && std::next(last)->name == first->name) ++last;
    releases.push_back(std::string(first->name) + RangeOf(first->min_version, last->below_version));
    first = std::next(last);
  }
  return Join(releases, "; ");
}

Result<Platform> ChooseDistro(const OsRelease& release) {
  if (const auto own = FindOwn(release)) return *own;
  if (const auto base = FindBase(release)) return *base;
  const std::string name =
      release.pretty_name.empty() ? release.id + " " + release.version_id : release.pretty_name;
  return MakeError<errors::kUnsupportedDistro>(Quoted(name), release.id, release.version_id,
                                               SupportedReleases());
}

bool IsVersionBelow(std::string_view a, std::string_view b) {
  const auto left = Split(a, '.');
  const auto right = Split(b, '.');
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const auto x = i < left.size() ? ParseUnsigned(left[i]).value_or(0) : 0;
    const auto y = i < right.size() ? ParseUnsigned(right[i]).value_or(0) : 0;
    if (x != y) return x < y;
  }
  return false;
}

}  // namespace dockerext
