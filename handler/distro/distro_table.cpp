// SPDX-License-Identifier: MIT
#include <array>

#include "handler/base/text.hpp"
#include "handler/distro/debian.hpp"
#include "handler/distro/distro.hpp"
#include "handler/errors/machine.hpp"

namespace dockerext {
namespace {

bool Supports(const Distro& distro, const OsRelease& release) {
  return distro.id == release.id && !IsVersionBelow(release.version_id, distro.min_version) &&
         (distro.below_version.empty() || IsVersionBelow(release.version_id, distro.below_version));
}

// "debian 11 and later, ubuntu 20.04 and later"
std::string SupportedReleases() {
  std::string releases;
  std::string_view last;
  for (const Distro& distro : SupportedDistros()) {
    if (distro.id == last) continue;
    last = distro.id;
    releases += (releases.empty() ? "" : ", ") + std::string(distro.id) + " " +
                std::string(distro.min_version) + " and later";
  }
  return releases;
}

}  // namespace

std::span<const Distro> SupportedDistros() {
  static const std::array kAll = {kDebian11To12, kDebian13, kUbuntu};
  return kAll;
}

Result<const Distro*> ChooseDistro(const OsRelease& release) {
  for (const Distro& distro : SupportedDistros()) {
    if (Supports(distro, release)) return &distro;
  }
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
