// SPDX-License-Identifier: MIT
// JSON as the agent's json.dumps() writes it: ", " and ": " between, everything beyond ASCII escaped, keys in
// insertion order.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace dockerext::contract {

using Json = nlohmann::ordered_json;

std::string DumpAsPython(const Json& value);

// A string without its quotes, everything else as above.
std::string DumpPlain(const Json& value);

// None when the text is not JSON.
std::optional<Json> ParseJson(std::string_view text);

}  // namespace dockerext::contract
