// SPDX-License-Identifier: MIT
#include "handler/settings/key_material.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>

#include "handler/base/secret.hpp"
#include "handler/base/text.hpp"
#include "handler/settings/der_header.hpp"

namespace dockerext {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool Contains(std::string_view text, std::string_view small_letters) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto same = [&](char a, char b) { return lower(a) == b; };
  return std::search(text.begin(), text.end(), small_letters.begin(), small_letters.end(), same) !=
         text.end();
}

// "+" stands for a blank in a form.
bool IsPemOfKey(std::string_view text) {
  return (Contains(text, "-----begin ") && Contains(text, "private key-----")) ||
         (Contains(text, "-----begin+") && Contains(text, "private+key-----"));
}

bool StartsWithOneOf(std::string_view der, auto&& beginnings) {
  return std::ranges::any_of(beginnings, [&](std::string_view begin) { return der.starts_with(begin); });
}

// RFC 5958: the algorithm of a key, and then the key. A certificate of version 1 has a name there.
bool IsPkcs8(std::string_view behind_version) {
  constexpr auto kKeyAlgorithms = std::to_array<std::string_view>(
      {"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01",  // rsaEncryption
       "\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01",          // id-ecPublicKey
       "\x06\x07\x2A\x86\x48\xCE\x38\x04\x01",          // id-dsa
       "\x06\x03\x2B\x65\x6E",                          // X25519, X448, Ed25519, Ed448
       "\x06\x03\x2B\x65\x6F", "\x06\x03\x2B\x65\x70", "\x06\x03\x2B\x65\x71"});
  const auto length = TakeDerHeader(behind_version, kDerSequence);
  if (!length || !StartsWithOneOf(behind_version, kKeyAlgorithms)) return false;
  return behind_version.size() <= *length || behind_version[*length] == kDerOctets;
}

// RFC 5958, EncryptedPrivateKeyInfo: no version, and an algorithm of PKCS#5 or PKCS#12.
bool IsEncryptedPkcs8(std::string_view content) {
  constexpr auto kEncryptions = std::to_array<std::string_view>(
      {"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x05", "\x06\x0A\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x01"});
  return TakeDerHeader(content, kDerSequence) && StartsWithOneOf(content, kEncryptions);
}

// RFC 7292: version 3 and PKCS#7 data, plain or signed.
bool IsPkcs12(std::string_view behind_version) {
  return TakeDerHeader(behind_version, kDerSequence) &&
         behind_version.starts_with("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07");
}

// RFC 5915: a number as long as those of P-224, P-256, P-384 and P-521.
bool IsSec1(std::string_view behind_version) {
  constexpr std::array<std::size_t, 4> kLengths = {28, 32, 48, 66};
  const auto length = TakeDerHeader(behind_version, kDerOctets);
  return length && std::ranges::find(kLengths, *length) != kLengths.end();
}

// RFC 8017: the modulus follows, of no less than 512 bits.
bool IsPkcs1(std::string_view behind_version, std::size_t whole) {
  constexpr std::size_t kShortest = 64;
  const auto length = TakeDerHeader(behind_version, kDerInteger);
  return length && *length >= kShortest && *length < whole;
}

bool BeginsWithKey(std::string_view der) {
  const auto whole = TakeDerHeader(der, kDerSequence);
  if (!whole) return false;
  if (IsEncryptedPkcs8(der)) return true;
  if (TakeDerHeader(der, kDerInteger) != std::size_t{1} || der.empty()) return false;
  const char version = der[0];
  der.remove_prefix(1);
  if (version == 3) return IsPkcs12(der);
  if (version == 1 && IsSec1(der)) return true;
  return (version == 0 || version == 1) && (IsPkcs8(der) || IsPkcs1(der, *whole));
}

bool HoldsDerOfKey(std::string_view bytes) {
  for (auto at = bytes.find(kDerSequence); at != kNone; at = bytes.find(kDerSequence, at + 1)) {
    if (BeginsWithKey(bytes.substr(at))) return true;
  }
  return false;
}

// UTF-16 of ASCII, in either order of bytes.
std::string WithoutNuls(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  std::ranges::copy_if(text, std::back_inserter(plain), [](char c) { return c != '\0'; });
  return plain;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string WithoutUrlEncoding(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_encoded =
        text[i] == '%' && i + 2 < text.size() && HexValue(text[i + 1]) >= 0 && HexValue(text[i + 2]) >= 0;
    plain += is_encoded ? static_cast<char>(HexValue(text[i + 1]) * 16 + HexValue(text[i + 2])) : text[i];
    i += is_encoded ? 2 : 0;
  }
  return plain;
}

bool IsBase64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '-' || c == '_';
}

bool IsLineEnd(char c) { return c == '\n' || c == '\r'; }

// The run of base64, of either alphabet, that begins at `at`, without its line ends; `at` is advanced behind
// it.
std::string TakeRun(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  while (at < text.size() && (IsBase64(text[at]) || IsLineEnd(text[at]))) ++at;
  std::string run;
  run.reserve(at - begin);
  for (const char c : text.substr(begin, at - begin)) {
    if (!IsLineEnd(c)) run += c == '-' ? '+' : c == '_' ? '/' : c;
  }
  return run;
}

bool IsBase64OfKey(const std::string& run, int layers);

constexpr int kMostLayers = 4;

bool HoldsKey(std::string_view text, int layers) {
  constexpr std::size_t kShortestRun = 40;  // no key is shorter
  if (IsPemOfKey(text) || HoldsDerOfKey(text)) return true;
  if (layers == 0) return false;
  const auto holds = [&](std::string inner) {
    const bool found = HoldsKey(inner, layers - 1);
    Secret::Wipe(inner);
    return found;
  };
  if (text.find('\0') != kNone && holds(WithoutNuls(text))) return true;
  if (text.find('%') != kNone && holds(WithoutUrlEncoding(text))) return true;
  bool found = false;
  for (std::size_t at = 0; at < text.size() && !found; ++at) {
    if (!IsBase64(text[at])) continue;
    std::string run = TakeRun(text, at);
    found = run.size() >= kShortestRun && IsBase64OfKey(run, layers - 1);
    Secret::Wipe(run);
  }
  return found;
}

// What precedes base64 may be of its alphabet too, so it may begin at any of four characters.
bool IsBase64OfKey(const std::string& run, int layers) {
  for (std::size_t shift = 0; shift < 4; ++shift) {
    const std::string_view digits = std::string_view(run).substr(shift);
    auto bytes = DecodeBase64(digits.substr(0, digits.size() / 4 * 4));
    const bool found = bytes && HoldsKey(*bytes, layers);
    if (bytes) Secret::Wipe(*bytes);
    if (found) return true;
  }
  return false;
}

}  // namespace

bool HoldsPrivateKey(std::string_view text) { return HoldsKey(text, kMostLayers); }

}  // namespace dockerext
