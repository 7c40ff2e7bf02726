// SPDX-License-Identifier: MIT
#include "handler/firewall/firewall_manager.hpp"

#include <algorithm>
#include <optional>

#include "handler/base/text.hpp"

namespace dockerext {

std::span<const FirewallManager* const> KnownFirewalls() {
  static constexpr const FirewallManager* kAll[] = {&kFirewalld, &kUfw, &kIptables, &kIp6tables};
  return kAll;
}

const FirewallManager* FindFirewall(std::string_view name) {
  const auto all = KnownFirewalls();
  const auto found =
      std::ranges::find(all, name, [](const FirewallManager* manager) { return manager->name; });
  return found == all.end() ? nullptr : *found;
}

// Iface Destination Gateway Flags RefCnt Use Metric Mask ..., separated by tabs.
std::string DefaultRouteOf(std::string_view proc_net_route) {
  std::string interface;
  std::optional<std::uint64_t> lowest;
  for (const std::string& line : Split(proc_net_route, '\n')) {
    const auto cells = Split(line, '\t');
    if (cells.size() < 8 || cells[1] != "00000000" || cells[7] != "00000000") continue;
    const auto metric = ParseUnsigned(cells[6]);
    if (!metric || (lowest && *lowest <= *metric)) continue;
    lowest = metric;
    interface = cells[0];
  }
  return interface;
}

}  // namespace dockerext
