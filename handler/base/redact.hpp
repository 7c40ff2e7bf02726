// SPDX-License-Identifier: MIT
// Hides secrets in text that leaves the process (status, log, journal, stderr): passwords in URLs and
// proxies, signed queries, Authorization headers, values of keys such as `token`, maps that dockerd prints,
// tokens that are known by their prefix, private keys. Each becomes `***`; the rest of the text stays.
//
// Applied by whatever writes the text, and before any cut: half of a secret has no shape to be found by.
// Idempotent. A secret that has no shape cannot be found; such a one never gets into a message (secret.hpp).
#pragma once

#include <string>
#include <string_view>

namespace dockerext {

std::string Redacted(std::string_view text);

// A name of somebody's JSON for a message: what does not look like one, such as the body of a key, is only
// counted.
std::string ShownName(std::string_view name);

}  // namespace dockerext
