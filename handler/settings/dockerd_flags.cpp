// SPDX-License-Identifier: MIT
#include "handler/settings/dockerd_flags.hpp"

#include <algorithm>
#include <array>

namespace dockerext {
namespace {

using enum FlagValue;

constexpr auto kFlags = std::to_array<DockerdFlag>({
    // Ours: the listener and its TLS.
    {.name = "host", .value = kList, .shorthand = 'H', .key = "hosts", .refusal = &errors::kOptionListens},
    {.name = "tls", .value = kBoolean, .refusal = &errors::kOptionIsSet},
    {.name = "tlsverify", .value = kBoolean, .refusal = &errors::kOptionIsSet},
    {.name = "tlscacert", .refusal = &errors::kOptionSetsCa},
    {.name = "tlscert", .refusal = &errors::kOptionSetsCertificate},
    {.name = "tlskey", .refusal = &errors::kOptionSetsKey},

    // What listens besides, or lets more callers to the API.
    {.name = "metrics-addr", .refusal = &errors::kOptionOpensPort},
    {.name = "network-diagnostic-port", .refusal = &errors::kOptionOpensDiagnostics},
    {.name = "api-cors-header", .refusal = &errors::kOptionLetsPagesIn},
    {.name = "api-enable-cors", .value = kBoolean, .refusal = &errors::kOptionLetsPagesIn},

    // What would bypass the extension's checks.
    {.name = "config-file", .refusal = &errors::kOptionHidesFile},
    {.name = "validate", .value = kBoolean, .refusal = &errors::kOptionExits},
    {.name = "version", .value = kBoolean, .shorthand = 'v', .refusal = &errors::kOptionExits},
    {.name = "help", .value = kBoolean, .shorthand = 'h', .refusal = &errors::kOptionExits},

    // Harmless: the owner's choice. Some concern containers (--seccomp-profile, --userland-proxy, --icc), the
    // ports that these publish (--ip, --iptables, --allow-direct-routing), other machines
    // (--insecure-registry) or who may use the local socket (--group); none of them changes who gets through
    // the port of the API. --authorization-plugin narrows that, --swarm-default-advertise-addr is what a
    // Swarm is told and opens nothing, and --cri-containerd is answered on containerd's socket, root's own.
    {.name = "add-runtime", .value = kList},
    {.name = "allow-direct-routing", .value = kBoolean},
    {.name = "allow-nondistributable-artifacts", .value = kList},
    {.name = "authorization-plugin", .value = kList, .key = "authorization-plugins"},
    {.name = "bip"},
    {.name = "bip6"},
    {.name = "bridge", .shorthand = 'b'},
    {.name = "bridge-accept-fwmark"},
    {.name = "cdi-spec-dir", .value = kList, .key = "cdi-spec-dirs"},
    {.name = "cgroup-parent"},
    {.name = "cluster-advertise"},
    {.name = "cluster-store"},
    {.name = "cluster-store-opt", .value = kList, .key = "cluster-store-opts"},
    {.name = "containerd"},
    {.name = "containerd-namespace"},
    {.name = "containerd-plugins-namespace"},
    {.name = "cpu-rt-period"},
    {.name = "cpu-rt-runtime"},
    {.name = "cri-containerd", .value = kBoolean},
    {.name = "data-root", .shorthand = 'g'},
    {.name = "debug", .value = kBoolean, .shorthand = 'D'},
    {.name = "default-address-pool", .value = kList, .key = "default-address-pools"},
    {.name = "default-cgroupns-mode"},
    {.name = "default-gateway"},
    {.name = "default-gateway-v6"},
    {.name = "default-ipc-mode"},
    {.name = "default-network-opt", .value = kList, .key = "default-network-opts"},
    {.name = "default-runtime"},
    {.name = "default-shm-size"},
    {.name = "default-stop-timeout"},
    {.name = "default-ulimit", .value = kList, .key = "default-ulimits"},
    {.name = "disable-legacy-registry", .value = kBoolean},
    {.name = "dns", .value = kList},
    {.name = "dns-opt", .value = kList, .key = "dns-opts"},
    {.name = "dns-search", .value = kList},
    {.name = "exec-opt", .value = kList, .key = "exec-opts"},
    {.name = "exec-root"},
    {.name = "experimental", .value = kBoolean},
    {.name = "feature", .value = kList, .key = "features"},
    {.name = "firewall-backend"},
    {.name = "fixed-cidr"},
    {.name = "fixed-cidr-v6"},
    {.name = "group", .shorthand = 'G'},
    {.name = "host-gateway-ip", .value = kList},
    {.name = "http-proxy"},
    {.name = "https-proxy"},
    {.name = "icc", .value = kBoolean},
    {.name = "init", .value = kBoolean},
    {.name = "init-path"},
    {.name = "insecure-registry", .value = kList, .key = "insecure-registries"},
    {.name = "ip"},
    {.name = "ip-forward", .value = kBoolean},
    {.name = "ip-forward-no-drop", .value = kBoolean},
    {.name = "ip-masq", .value = kBoolean},
    {.name = "ip6tables", .value = kBoolean},
    {.name = "iptables", .value = kBoolean},
    {.name = "ipv6", .value = kBoolean},
    {.name = "label", .value = kList, .key = "labels"},
    {.name = "live-restore", .value = kBoolean},
    {.name = "log-driver"},
    {.name = "log-format"},
    {.name = "log-level", .shorthand = 'l'},
    {.name = "log-opt", .value = kList, .key = "log-opts"},
    {.name = "max-concurrent-downloads"},
    {.name = "max-concurrent-uploads"},
    {.name = "max-download-attempts"},
    {.name = "mtu"},
    {.name = "network-control-plane-mtu"},
    {.name = "no-new-privileges", .value = kBoolean},
    {.name = "no-proxy"},
    {.name = "node-generic-resource", .value = kList, .key = "node-generic-resources"},
    {.name = "nri-opts"},
    {.name = "oom-score-adjust"},
    {.name = "pidfile", .shorthand = 'p'},
    {.name = "raw-logs", .value = kBoolean},
    {.name = "registry-mirror", .value = kList, .key = "registry-mirrors"},
    {.name = "restart", .value = kBoolean, .shorthand = 'r'},
    {.name = "rootless", .value = kBoolean},
    {.name = "seccomp-profile"},
    {.name = "selinux-enabled", .value = kBoolean},
    {.name = "shutdown-timeout"},
    {.name = "storage-driver", .shorthand = 's'},
    {.name = "storage-opt", .value = kList, .key = "storage-opts"},
    {.name = "swarm-default-advertise-addr"},
    {.name = "userland-proxy", .value = kBoolean},
    {.name = "userland-proxy-path"},
    {.name = "userns-remap"},
});

}  // namespace

const DockerdFlag* FindFlag(std::string_view name) {
  if (name == "graph") name = "data-root";
  const auto* const found = std::ranges::find(kFlags, name, &DockerdFlag::name);
  return found == kFlags.end() ? nullptr : found;
}

const DockerdFlag* FindShorthand(char letter) {
  if (letter == '\0') return nullptr;
  const auto* const found = std::ranges::find(kFlags, letter, &DockerdFlag::shorthand);
  return found == kFlags.end() ? nullptr : found;
}

}  // namespace dockerext
