// SPDX-License-Identifier: MIT
#include "handler/adapters/openssl/go_extensions.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "handler/adapters/openssl/der.hpp"
#include "handler/adapters/openssl/go_name_constraints.hpp"
#include "handler/adapters/openssl/go_url.hpp"

namespace dockerext {
namespace {

using std::string_view;

// GeneralName's tags.
constexpr unsigned char kMail = der::Context(1);
constexpr unsigned char kDns = der::Context(2);
constexpr unsigned char kUri = der::Context(6);
constexpr unsigned char kIp = der::Context(7);

bool IsAscii(string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Whether `value` is a SEQUENCE, and `is_read` of each value in it.
template <class IsRead>
bool IsSequenceOf(string_view value, IsRead is_read) {
  const auto content = DerReader(value).Take(der::kSequence);
  if (!content) return false;
  DerReader rest(*content);
  while (!rest.empty()) {
    if (!is_read(rest)) return false;
  }
  return true;
}

// The same, of SEQUENCEs within it.
template <class IsRead>
bool IsSequenceOfSequences(string_view value, IsRead is_read) {
  return IsSequenceOf(value, [&](DerReader& rest) {
    const auto content = rest.Take(der::kSequence);
    return content && is_read(DerReader(*content));
  });
}

bool IsBasicConstraints(string_view value) {
  const auto content = DerReader(value).Take(der::kSequence);
  if (!content) return false;
  DerReader rest(*content);
  if (rest.IsNext(der::kBoolean) && !rest.SkipBoolean()) return false;
  return !rest.IsNext(der::kInteger) || rest.SkipInteger();
}

bool IsAlternativeName(const DerReader::Value& name) {
  if (name.tag == kDns || name.tag == kMail) return IsAscii(name.content);
  if (name.tag == kUri) return IsAscii(name.content) && IsUrlOfGo(name.content);
  return name.tag != kIp || name.content.size() == 4 || name.content.size() == 16;
}

struct AlternativeNames {
  bool are_read = false;
  std::set<unsigned char> tags;
};

AlternativeNames AlternativeNamesOf(string_view value) {
  AlternativeNames names;
  names.are_read = IsSequenceOf(value, [&](DerReader& rest) {
    const auto name = rest.TakeAny();
    if (name) names.tags.insert(name->tag);
    return name && IsAlternativeName(*name);
  });
  return names;
}

bool AreCrlPoints(string_view value) {
  return IsSequenceOfSequences(value, [](DerReader point) {
    if (!point.IsNext(der::ContextOfValues(0))) return true;
    const auto name = point.Take(der::ContextOfValues(0));
    const auto whole = name ? DerReader(*name).Take(der::ContextOfValues(0)) : std::nullopt;
    if (!whole) return false;
    DerReader names(*whole);
    while (names.IsNext(kUri)) {
      if (!names.TakeAny()) return false;
    }
    return true;
  });
}

bool IsAuthorityKeyIdentifier(string_view value) {
  const auto content = DerReader(value).Take(der::kSequence);
  if (!content) return false;
  DerReader rest(*content);
  return !rest.IsNext(der::Context(0)) || rest.TakeAny();
}

// Go 1.24 refuses a policy that is there twice.
bool ArePolicies(string_view value) {
  std::set<string_view> seen;
  return IsSequenceOfSequences(value, [&](DerReader policy) {
    DerReader again = policy;
    const auto id = again.Take(der::kObjectIdentifier);
    return policy.SkipObjectIdentifier() && seen.insert(*id).second;
  });
}

bool IsAuthorityInformation(string_view value) {
  return IsSequenceOfSequences(value, [](DerReader access) {
    return access.SkipObjectIdentifier() && (!access.IsNext(kUri) || access.TakeAny());
  });
}

bool ArePolicyConstraints(string_view value) {
  const auto content = DerReader(value).Take(der::kSequence);
  if (!content) return false;
  DerReader rest(*content);
  return (!rest.IsNext(der::Context(0)) || rest.SkipInteger(der::Context(0))) &&
         (!rest.IsNext(der::Context(1)) || rest.SkipInteger(der::Context(1)));
}

bool ArePolicyMappings(string_view value) {
  return IsSequenceOfSequences(value, [](DerReader mapping) {
    return mapping.Take(der::kObjectIdentifier) && mapping.Take(der::kObjectIdentifier);
  });
}

// What Go makes of one extension.
struct Reading {
  bool is_well_formed = true;
  bool is_known = true;
  bool may_be_critical = true;  // Go 1.24 refuses those that are and that RFC 5280 wants otherwise
};

Reading Read(int nid, string_view value, ExtensionsOfGo& all) {
  switch (nid) {
    case NID_key_usage:
      return {DerReader(value).SkipBitString()};
    case NID_basic_constraints:
      return {IsBasicConstraints(value)};
    case NID_subject_alt_name: {
      const auto [are_read, tags] = AlternativeNamesOf(value);
      all.names_host = tags.contains(kDns) || tags.contains(kIp);
      return {are_read, all.names_host || tags.contains(kMail) || tags.contains(kUri)};
    }
    case NID_name_constraints: {
      const NameConstraintsOfGo names = ReadNameConstraintsAsGo(value);
      return {names.are_read, names.are_known};
    }
    case NID_crl_distribution_points:
      return {AreCrlPoints(value)};
    case NID_authority_key_identifier:
      return {IsAuthorityKeyIdentifier(value), true, false};
    case NID_ext_key_usage:
      return {IsSequenceOf(value, [](DerReader& rest) { return rest.SkipObjectIdentifier(); })};
    case NID_subject_key_identifier:
      return {DerReader(value).Take(der::kOctetString).has_value(), true, false};
    case NID_certificate_policies:
      return {ArePolicies(value)};
    case NID_info_access:
      return {IsAuthorityInformation(value), true, false};
    // Go 1.24 reads these three, hence refuses what is malformed, and Go 1.19 does not know them.
    case NID_policy_constraints:
      return {ArePolicyConstraints(value), false};
    case NID_policy_mappings:
      return {ArePolicyMappings(value), false};
    case NID_inhibit_any_policy:
      return {DerReader(value).SkipInteger(), false};
    default:
      return {true, false};
  }
}

string_view ContentOf(const ASN1_OBJECT* id) {
  const void* bytes = OBJ_get0_data(id);
  return {static_cast<const char*>(bytes), OBJ_length(id)};
}

string_view ContentOf(const ASN1_OCTET_STRING* value) {
  const void* bytes = ASN1_STRING_get0_data(value);
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(ASN1_STRING_length(value))};
}

}  // namespace

ExtensionsOfGo ReadExtensionsAsGo(const X509* certificate) {
  ExtensionsOfGo all;
  if (X509_get_version(certificate) != X509_VERSION_3) return all;
  for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
    X509_EXTENSION* extension = X509_get_ext(certificate, i);
    const ASN1_OBJECT* id = X509_EXTENSION_get_object(extension);
    const int nid = OBJ_obj2nid(id);
    const bool is_critical = X509_EXTENSION_get_critical(extension) != 0;
    const Reading reading = Read(nid, ContentOf(X509_EXTENSION_get_data(extension)), all);
    all.has_unknown_critical = all.has_unknown_critical || (is_critical && !reading.is_known);
    if (!all.why_refused.empty()) continue;
    const std::string name = nid == NID_undef ? "" : OBJ_nid2ln(nid);
    if (!reading.is_well_formed)
      all.why_refused = "its extension " + name + " is malformed";
    else if (is_critical && !reading.may_be_critical)
      all.why_refused = "its extension " + name + " is critical, which Docker 29 refuses";
    else if (!IsObjectIdentifierOfGo(ContentOf(id)))
      all.why_refused = "it has an extension whose identifier has a number of more than 31 bits";
  }
  return all;
}

}  // namespace dockerext
