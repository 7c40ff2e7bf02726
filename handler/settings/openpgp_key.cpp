// SPDX-License-Identifier: MIT
#include "handler/settings/openpgp_key.hpp"

#include <cstdint>
#include <optional>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

constexpr std::string_view kPublicKeyEnd = "-----END PGP PUBLIC KEY BLOCK-----";
constexpr std::size_t kMaxSize = std::size_t{64} << 10U;
constexpr unsigned kPublicKeyTag = 6;  // RFC 9580, 5.5.1.1

unsigned Byte(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

// The length of a packet's body, and how many bytes of header stand before it.
struct Header {
  unsigned tag = 0;
  std::size_t size = 0;
  std::size_t body = 0;
};

std::size_t BigEndian(std::string_view text, std::size_t at, std::size_t count) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | Byte(text, at + i);
  return value;
}

// The format until 2007; its length type 3 is an unlimited body, which no key has.
std::optional<Header> OldHeader(std::string_view packets) {
  const unsigned first = Byte(packets, 0);
  const std::size_t length_size = std::size_t{1} << (first & 3U);
  if ((first & 3U) == 3U || packets.size() < 1 + length_size) return std::nullopt;
  return Header{first >> 2 & 15U, 1 + length_size, BigEndian(packets, 1, length_size)};
}

std::optional<Header> NewHeader(std::string_view packets) {
  const unsigned tag = Byte(packets, 0) & 63U;
  if (packets.size() < 6) return std::nullopt;
  const std::size_t length = Byte(packets, 1);
  if (length < 192) return Header{tag, 2, length};
  if (length < 224) return Header{tag, 3, ((length - 192) << 8) + Byte(packets, 2) + 192};
  if (length == 255) return Header{tag, 6, BigEndian(packets, 2, 4)};
  return std::nullopt;  // a part of a body, which only data has
}

}  // namespace

std::string PrimaryKeyBody(std::string_view packets) {
  if (packets.empty() || (Byte(packets, 0) & 128U) == 0) return {};
  const auto header = (Byte(packets, 0) & 64U) != 0 ? NewHeader(packets) : OldHeader(packets);
  if (!header || header->tag != kPublicKeyTag || header->body > packets.size() - header->size) return {};
  return std::string(packets.substr(header->size, header->body));
}

// Armor headers ("Version: ...") end at an empty line; "=abcd" at the end is an optional checksum.
std::string DearmoredKey(std::string_view armored) {
  const auto begin = armored.find(kPublicKeyBegin);
  const auto end = armored.find(kPublicKeyEnd);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  const auto inside = armored.substr(begin + kPublicKeyBegin.size(), end - begin - kPublicKeyBegin.size());
  std::string body;
  for (const std::string& line : Split(inside, '\n')) {
    const auto text = Trim(line);
    if (text.find(':') == std::string_view::npos && !text.starts_with('=')) body += text;
  }
  return DecodeBase64(body).value_or(std::string());
}

std::string FindKeyError(std::string_view armored) {
  if (armored.size() > kMaxSize) return "is over 64 KiB; export only the key that signs the repository";
  if (Trim(armored).find(kPublicKeyBegin) != 0)
    return "must be an OpenPGP public key in ASCII armor (" + std::string(kPublicKeyBegin) +
           "), as `gpg --armor --export` prints it";
  if (PrimaryKeyBody(DearmoredKey(armored)).empty())
    return "is a damaged OpenPGP public key; send it again, whole and with its line ends (\\n)";
  return {};
}

}  // namespace dockerext
