// SPDX-License-Identifier: MIT
// The encodings in which dockerd takes daemon.json: UTF-8, and since 23.0 whatever a byte order mark says.
// Pure text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dockerext {

enum class TextEncoding { kUtf8, kUtf8WithMark, kUtf16LittleEndian, kUtf16BigEndian };

struct DecodedText {
  std::string
      text;  // without the mark; half a surrogate pair keeps its three bytes, which are no valid UTF-8
  TextEncoding encoding = TextEncoding::kUtf8;
};

// A text without a mark is UTF-8 and stays as it is, valid or not.
DecodedText DecodeText(std::string_view bytes);

// The reverse: EncodeText(DecodeText(x)) is x, unless x is UTF-16 with half a unit at its end.
std::string EncodeText(const DecodedText& decoded);

// The length of the valid UTF-8 sequence at the beginning of a text that is not empty; 0 where there is none.
std::size_t Utf8Length(std::string_view text);

// Where the first invalid sequence begins; npos for valid UTF-8.
std::size_t FindInvalidUtf8(std::string_view text);

// `code` is at most U+10FFFF.
void AppendUtf8(std::string& text, char32_t code);

}  // namespace dockerext
