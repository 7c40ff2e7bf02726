// SPDX-License-Identifier: MIT
// Which URI of a certificate's alternative names Go refuses, and with it the whole certificate (net/url's
// Parse, then crypto/x509's look at the host). Private to this room.
#pragma once

#include <string_view>

namespace dockerext {

// As Go 1.25 does it: it wants an IPv6 address between brackets, where Go 1.19 takes any name.
bool IsUrlOfGo(std::string_view url);

}  // namespace dockerext
