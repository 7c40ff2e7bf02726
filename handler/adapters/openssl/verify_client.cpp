// SPDX-License-Identifier: MIT
#include "handler/adapters/openssl/verify_client.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>

#include "handler/adapters/openssl/inspect.hpp"

namespace dockerext {
namespace {

using StorePtr = Handle<X509_STORE, X509_STORE_free>;
using StoreContextPtr = Handle<X509_STORE_CTX, X509_STORE_CTX_free>;
// The certificates stay their owners'.
using StackPtr = Handle<STACK_OF(X509), [](STACK_OF(X509) * stack) { sk_X509_free(stack); }>;

StorePtr StoreOf(const std::vector<X509Ptr>& authorities, std::chrono::system_clock::time_point now) {
  StorePtr store(X509_STORE_new());
  for (const X509Ptr& authority : authorities) X509_STORE_add_cert(store.get(), authority.get());
  X509_VERIFY_PARAM* parameters = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(parameters, std::chrono::system_clock::to_time_t(now));
  X509_VERIFY_PARAM_set_auth_level(parameters, 0);
  return store;
}

StackPtr Behind(const std::vector<X509Ptr>& chain) {
  StackPtr stack(sk_X509_new_null());
  for (std::size_t i = 1; i < chain.size(); ++i) sk_X509_push(stack.get(), chain[i].get());
  return stack;
}

// What Go asks of a certificate of a chain and OpenSSL does not: the client's usage, no critical extension
// that Go does not know, and a signature that is not MD5's or SHA-1's; the anchor's own signature is not
// verified.
bool SatisfiesGo(const CertificateFacts& facts, bool is_first, bool is_anchor) {
  const bool is_weak = facts.signed_with_md5 || facts.signed_with_sha1;
  return facts.may_be_client && !facts.unknown_critical_extension && (is_anchor || !is_weak) &&
         (is_first || facts.may_issue);
}

bool SatisfiesGo(STACK_OF(X509) * verified) {
  const int count = sk_X509_num(verified);
  for (int i = 0; i < count; ++i) {
    if (!SatisfiesGo(FactsOf(sk_X509_value(verified, i)), i == 0, i == count - 1)) return false;
  }
  return true;
}

// OpenSSL takes a certificate for self-signed whose issuer has its own name, as the three of 2014 had.
bool IsIssuedByNamesake(X509* first, X509* authority, std::chrono::system_clock::time_point now) {
  const X509_NAME* name = X509_get_subject_name(first);
  if (X509_NAME_cmp(name, X509_get_issuer_name(first)) != 0 ||
      X509_NAME_cmp(name, X509_get_subject_name(authority)) != 0 ||
      X509_verify(first, X509_get0_pubkey(authority)) != 1)
    return false;
  const CertificateFacts facts = FactsOf(first);
  const CertificateFacts issuer = FactsOf(authority);
  const auto is_valid = [now](const CertificateFacts& certificate) {
    return certificate.not_before <= now && now <= certificate.not_after;
  };
  return is_valid(facts) && is_valid(issuer) && SatisfiesGo(facts, true, false) &&
         SatisfiesGo(issuer, false, true);
}

}  // namespace

bool IsAcceptedClient(const std::vector<X509Ptr>& chain, const std::vector<X509Ptr>& authorities,
                      std::chrono::system_clock::time_point now) {
  X509* first = chain.front().get();
  const auto is_namesake = [&](const X509Ptr& authority) {
    return IsIssuedByNamesake(first, authority.get(), now);
  };
  if (std::any_of(authorities.begin(), authorities.end(), is_namesake)) return true;
  const StorePtr store = StoreOf(authorities, now);
  const StackPtr behind = Behind(chain);
  const StoreContextPtr context(X509_STORE_CTX_new());
  if (X509_STORE_CTX_init(context.get(), store.get(), first, behind.get()) != 1) return false;
  return X509_verify_cert(context.get()) == 1 && SatisfiesGo(X509_STORE_CTX_get0_chain(context.get()));
}

bool HasNamesakeOfIssuer(const std::vector<X509Ptr>& chain, const std::vector<X509Ptr>& authorities) {
  X509* first = chain.front().get();
  bool has_namesake = false;
  for (const X509Ptr& authority : authorities) {
    if (X509_NAME_cmp(X509_get_issuer_name(first), X509_get_subject_name(authority.get())) != 0) continue;
    if (X509_verify(first, X509_get0_pubkey(authority.get())) == 1) return false;
    has_namesake = true;
  }
  return has_namesake;
}

}  // namespace dockerext
