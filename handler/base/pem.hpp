// SPDX-License-Identifier: MIT
// PEM as Go's encoding/pem reads it, hence dockerd: what its decoder would pass over without a word is told.
// Nothing is decoded or kept: the parts are views into the text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

// From one "-----BEGIN " to its end.
struct PemPart {
  std::string_view label;  // "CERTIFICATE"
  std::string_view body;   // base64 with line ends and blanks
  bool has_headers = false;
  // Why Go's decoder loses this part: "has no line -----END CERTIFICATE-----"; empty for one that it reads.
  std::string defect;
};

// One part for each "-----BEGIN " of the text, in order.
std::vector<PemPart> ReadPemParts(std::string_view text);

// Whether something outside of the parts was meant as one, though its BEGIN is no "-----BEGIN ": a BEGIN or
// END of a certificate in whatever dashes and case, a line of base64 as certificates begin, DER. Of a text
// whose parts have no defect.
bool HoldsLostPart(std::string_view text);

// The part under another label, in lines of 64.
std::string PemText(std::string_view label, std::string_view body);

// The text in lines of its own, where a tool lost line ends, wrote them as \n or as CR alone, indented,
// quoted or joined lines, or put a byte order mark in front: each BEGIN has its END, and nothing but base64
// is between them, so there is one way to read it. Nothing where that is not so, or where Go's decoder reads
// all of it as it is.
std::optional<std::string> RepairedPem(std::string_view text);

}  // namespace dockerext
