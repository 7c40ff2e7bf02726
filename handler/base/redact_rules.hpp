// SPDX-License-Identifier: MIT
// The rules of redact.cpp: each adds the parts of a text that it finds to be secret. Private to this room.
#pragma once

#include "handler/base/redact_scan.hpp"

namespace dockerext::redact {

// redact_urls.cpp
void FindUrls(const Source& source, Spans& spans);
void FindEncodedUrls(const Source& source, Spans& spans);
void FindBareAuthorities(const Source& source, Spans& spans);
void FindBareUserParts(const Source& source, Spans& spans);
// The user part of a proxy, whatever it holds; host and port are kept. Empty when there is none.
Span ProxyUserPart(std::string_view text, Span proxy);

// redact_keys.cpp
void FindKeys(const Source& source, Spans& spans);

// redact_tokens.cpp
void FindSchemes(const Source& source, Spans& spans);
void FindSignedQueries(const Source& source, Spans& spans);
void FindQueryValues(const Source& source, Spans& spans);
void FindTokens(const Source& source, Spans& spans);
void FindPrivateKeys(const Source& source, Spans& spans);

// redact_dockerd.cpp
void FindMaps(const Source& source, Spans& spans);
void FindConflicts(const Source& source, Spans& spans);
void FindInvalidPorts(const Source& source, Spans& spans);

}  // namespace dockerext::redact
