// SPDX-License-Identifier: MIT
// Reads DER as strictly as Go does (golang.org/x/crypto/cryptobyte): BER's other ways to write the same are
// refused. Private to this room.
#pragma once

#include <optional>
#include <string_view>

namespace dockerext {

namespace der {
inline constexpr unsigned char kBoolean = 0x01;
inline constexpr unsigned char kInteger = 0x02;
inline constexpr unsigned char kBitString = 0x03;
inline constexpr unsigned char kOctetString = 0x04;
inline constexpr unsigned char kNull = 0x05;
inline constexpr unsigned char kObjectIdentifier = 0x06;
inline constexpr unsigned char kSequence = 0x30;

// Context-specific, constructed or not: [0], [1], ...
constexpr unsigned char Context(unsigned char number) { return 0x80U | number; }
constexpr unsigned char ContextOfValues(unsigned char number) { return 0xA0U | number; }
}  // namespace der

// The values that are left of a text of DER. Each Take advances behind what it returns, and returns nothing
// where that is not next.
class DerReader {
 public:
  explicit DerReader(std::string_view der) : rest_(der) {}

  bool empty() const { return rest_.empty(); }
  bool IsNext(unsigned char tag) const {
    return !rest_.empty() && static_cast<unsigned char>(rest_[0]) == tag;
  }

  struct Value {
    unsigned char tag = 0;
    std::string_view content;
  };
  std::optional<Value> TakeAny();
  std::optional<std::string_view> Take(unsigned char tag);

  // Whether the next one is what its type allows; it is behind the reader then.
  bool SkipBoolean();
  bool SkipBitString();
  bool SkipObjectIdentifier();                          // Go's: 31 bits for each of its numbers
  bool SkipInteger(unsigned char tag = der::kInteger);  // of 64 bits at most

 private:
  std::string_view rest_;
};

// What follows tag and length of an OBJECT IDENTIFIER.
bool IsObjectIdentifierOfGo(std::string_view content);

}  // namespace dockerext
