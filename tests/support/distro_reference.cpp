// SPDX-License-Identifier: MIT
#include "tests/support/distro_reference.hpp"

#include <array>

#include "handler/base/text.hpp"
#include "handler/distro/distro.hpp"

namespace dockerext {
namespace {

// How it was shown, weakest first. What no row below says is held by tests of texts only.
enum class Shown { kGolden, kPlayed, kReal };

struct Evidence {
  std::string_view name;
  std::string_view min_version;
  Shown detected;  // from its os-release
  Shown packages;  // installs and uninstalls
  Shown engine;    // configures and verifies
};

constexpr auto kEvidence = std::to_array<Evidence>({
    {"Debian", "11", Shown::kReal, Shown::kReal, Shown::kReal},
    {"Debian", "13", Shown::kReal, Shown::kReal, Shown::kReal},
    // Debian 12 with Ubuntu's os-release.
    {"Ubuntu", "20.04", Shown::kPlayed, Shown::kPlayed, Shown::kPlayed},
    // Debian 12 and 13 with their dnf as Rocky Linux 9 and 10, and with its zypper as openSUSE Leap 15.6: rpm
    // packages made of Debian's Docker, in local repositories, without apt and dpkg.
    {"RHEL, AlmaLinux, Rocky Linux, Oracle Linux, CentOS Stream", "8", Shown::kPlayed, Shown::kPlayed,
     Shown::kPlayed},
    {"Fedora", "41", Shown::kPlayed, Shown::kPlayed, Shown::kPlayed},
    {"SLES, openSUSE Leap", "15", Shown::kPlayed, Shown::kPlayed, Shown::kPlayed},
});

constexpr Evidence kNoGuest{"", "", Shown::kGolden, Shown::kGolden, Shown::kGolden};

const Evidence& EvidenceOf(const Distro& distro) {
  for (const Evidence& evidence : kEvidence) {
    if (evidence.name == distro.name && evidence.min_version == distro.min_version) return evidence;
  }
  return kNoGuest;
}

std::string NameOf(Shown shown) {
  switch (shown) {
    case Shown::kReal:
      return "real";
    case Shown::kPlayed:
      return "played";
    case Shown::kGolden:
      break;
  }
  return "golden";
}

std::string Releases(const Distro& distro) {
  if (distro.min_version.empty()) return "any";
  if (distro.below_version.empty()) return "from " + std::string(distro.min_version);
  return std::string(distro.min_version) + " to below " + std::string(distro.below_version);
}

std::string ManagersOf(const Distro& distro) {
  std::vector<std::string> names;
  for (const PackageManager* manager : distro.packages)
    names.push_back(manager == &kDnf5 ? "dnf5" : std::string(manager->name));
  return names.empty() ? "none: Docker is part of it" : Join(names, ", ");
}

std::string PackagesOf(const Distro& distro) {
  std::vector<std::string> names;
  for (const std::string_view name : distro.docker_packages) names.push_back("`" + std::string(name) + "`");
  return names.empty() ? "–" : Join(names, ", ");
}

std::string RowOf(const Distro& distro) {
  const Evidence& evidence = EvidenceOf(distro);
  const std::string packages = distro.packages.empty() ? "–" : NameOf(evidence.packages);
  const std::string upstream = distro.upstream.empty() ? "–" : "`" + std::string(distro.upstream) + "`";
  std::vector<std::string> ids;
  for (const std::string_view id : distro.ids) ids.push_back("`" + std::string(id) + "`");
  const std::vector<std::string> cells = {std::string(distro.name),
                                          Join(ids, " "),
                                          Releases(distro),
                                          ManagersOf(distro),
                                          PackagesOf(distro),
                                          upstream,
                                          NameOf(evidence.detected),
                                          packages,
                                          NameOf(evidence.engine),
                                          NameOf(evidence.engine),
                                          packages};
  return "| " + Join(cells, " | ") + " |\n";
}

std::string Table() {
  std::string table =
      "| distribution | `ID` | `VERSION_ID` | package manager | its own Docker | folder of Docker's "
      "repository "
      "| detected | installs | configures | verifies | uninstalls |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Distro& distro : SupportedDistros()) table += RowOf(distro);
  return table;
}

}  // namespace

std::string WithDistroTable(const std::string& document) {
  std::string filled;
  bool is_inside = false;
  for (const std::string& line : Split(document, '\n')) {
    if (line == "<!-- end -->") is_inside = false;
    if (!is_inside) filled += line + "\n";
    if (line != "<!-- distributions -->") continue;
    is_inside = true;
    filled += Table();
  }
  if (filled.ends_with("\n\n") && document.ends_with('\n')) filled.pop_back();
  return filled;
}

}  // namespace dockerext
