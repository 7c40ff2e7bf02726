// SPDX-License-Identifier: MIT
// A release that needs nothing new is in the range of an existing row. os-release and packages are those of
// the distributions' images and archives.
#include <array>

#include "handler/distro/distro.hpp"

namespace dockerext {
namespace {

constexpr const PackageManager* kWithApt[] = {&kApt};
// Fedora made dnf5 its dnf with release 41; Enterprise Linux 8 to 10 have dnf 4.
constexpr const PackageManager* kWithDnf[] = {&kDnf5, &kDnf};
constexpr const PackageManager* kWithTdnf[] = {&kTdnf, &kDnf5, &kDnf};
constexpr const PackageManager* kWithZypper[] = {&kZypper};

constexpr std::string_view kDebian[] = {"debian"};
constexpr std::string_view kUbuntu[] = {"ubuntu"};
constexpr std::string_view kEnterpriseLinux[] = {"rhel", "almalinux", "rocky", "ol", "centos"};
constexpr std::string_view kFedora[] = {"fedora"};
constexpr std::string_view kSuse[] = {"sles", "sles_sap", "opensuse-leap"};
constexpr std::string_view kTumbleweed[] = {"opensuse-tumbleweed"};
constexpr std::string_view kMariner[] = {"mariner"};
constexpr std::string_view kAzureLinux[] = {"azurelinux"};
constexpr std::string_view kFlatcar[] = {"flatcar"};

constexpr Codename kDebianCodenames[] = {
    {"bullseye", "11"}, {"bookworm", "12"}, {"trixie", "13"}, {"forky", "14"}};
constexpr Codename kUbuntuCodenames[] = {
    {"focal", "20.04"}, {"jammy", "22.04"}, {"noble", "24.04"}, {"resolute", "26.04"}};

constexpr std::string_view kDockerIo[] = {"docker.io"};
// Debian 13 split the CLI off and only recommends it.
constexpr std::string_view kDockerIoAndCli[] = {"docker.io", "docker-cli"};
constexpr std::string_view kMobyOfFedora[] = {"moby-engine", "docker-cli"};
constexpr std::string_view kMobyOfMariner[] = {"moby-engine", "moby-cli"};
constexpr std::string_view kMobyOfAzureLinux[] = {"moby-engine", "docker-cli"};
constexpr std::string_view kMobyPlugins[] = {"moby-buildx", "moby-compose"};
constexpr std::string_view kDockerOfSuse[] = {"docker"};
constexpr std::string_view kPlugins[] = {"docker-buildx", "docker-compose"};
// docker-compose is the first Compose here, which is no plugin.
constexpr std::string_view kPluginsOfUbuntu[] = {"docker-buildx", "docker-compose-v2"};

constexpr std::array kDistros = std::to_array<Distro>({
    {.name = "Debian",
     .ids = kDebian,
     .min_version = "11",
     .below_version = "13",
     .derivatives = Derivatives::kByCodename,
     .codenames = kDebianCodenames,
     .packages = kWithApt,
     .docker_packages = kDockerIo,
     .upstream = "debian"},
    {.name = "Debian",
     .ids = kDebian,
     .min_version = "13",
     .derivatives = Derivatives::kByCodename,
     .codenames = kDebianCodenames,
     .packages = kWithApt,
     .docker_packages = kDockerIoAndCli,
     .docker_plugins = kPlugins,
     .upstream = "debian"},
    {.name = "Ubuntu",
     .ids = kUbuntu,
     .min_version = "20.04",
     .derivatives = Derivatives::kByCodename,
     .codenames = kUbuntuCodenames,
     .packages = kWithApt,
     .docker_packages = kDockerIo,
     .docker_plugins = kPluginsOfUbuntu,
     .upstream = "ubuntu"},
    // Docker's folder rhel has packages for all of them; that of CentOS 8 is no longer changed.
    {.name = "RHEL, AlmaLinux, Rocky Linux, Oracle Linux, CentOS Stream",
     .ids = kEnterpriseLinux,
     .min_version = "8",
     .below_version = "11",
     .derivatives = Derivatives::kSameVersion,
     .packages = kWithDnf,
     .upstream = "rhel"},
    {.name = "Fedora",
     .ids = kFedora,
     .min_version = "41",
     .packages = kWithDnf,
     .docker_packages = kMobyOfFedora,
     .docker_plugins = kPlugins,
     .upstream = "fedora"},
    {.name = "SLES, openSUSE Leap",
     .ids = kSuse,
     .min_version = "15",
     .below_version = "17",
     .packages = kWithZypper,
     .docker_packages = kDockerOfSuse,
     .docker_plugins = kPlugins},
    {.name = "openSUSE Tumbleweed",
     .ids = kTumbleweed,
     .packages = kWithZypper,
     .docker_packages = kDockerOfSuse,
     .docker_plugins = kPlugins},
    {.name = "CBL-Mariner",
     .ids = kMariner,
     .min_version = "2",
     .below_version = "3",
     .packages = kWithTdnf,
     .docker_packages = kMobyOfMariner,
     .docker_plugins = kMobyPlugins},
    {.name = "Azure Linux",
     .ids = kAzureLinux,
     .min_version = "3",
     .below_version = "4",
     .packages = kWithTdnf,
     .docker_packages = kMobyOfAzureLinux,
     .docker_plugins = kPlugins},
    // /usr is read-only, and Docker is part of it.
    {.name = "Flatcar", .ids = kFlatcar},
});

}  // namespace

std::span<const Distro> SupportedDistros() { return kDistros; }

}  // namespace dockerext
