// SPDX-License-Identifier: MIT
#include "tests/sim/contract/python_json.hpp"

#include <utility>

namespace dockerext::contract {
namespace {

// File names may hold any bytes, hence `replace`: the strict handler throws.
std::string Scalar(const Json& value) { return value.dump(-1, ' ', true, Json::error_handler_t::replace); }

void Append(const Json& value, std::string& text) {
  if (!value.is_structured()) {
    text += Scalar(value);
    return;
  }
  text += value.is_object() ? '{' : '[';
  bool first = true;
  for (const auto& [key, item] : value.items()) {
    if (!std::exchange(first, false)) text += ", ";
    if (value.is_object()) text += Scalar(key) + ": ";
    Append(item, text);
  }
  text += value.is_object() ? '}' : ']';
}

}  // namespace

std::string DumpAsPython(const Json& value) {
  std::string text;
  Append(value, text);
  return text;
}

std::string DumpPlain(const Json& value) {
  return value.is_string() ? value.get<std::string>() : DumpAsPython(value);
}

std::optional<Json> ParseJson(std::string_view text) {
  Json parsed = Json::parse(text, nullptr, false);
  if (parsed.is_discarded()) return std::nullopt;
  return parsed;
}

}  // namespace dockerext::contract
