// SPDX-License-Identifier: MIT
#include "handler/adapters/openssl/key_check.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>

#include <string>

#include "handler/adapters/openssl/pem.hpp"

namespace dockerext {
namespace {

using ContextPtr = Handle<BN_CTX, BN_CTX_free>;
using KeyContextPtr = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using NumberPtr = Handle<BIGNUM, BN_clear_free>;

NumberPtr NumberOf(const EVP_PKEY* key, const std::string& name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name.c_str(), &number);
  return NumberPtr(number);
}

bool UndoEachOther(const BIGNUM* one, const BIGNUM* other, const BIGNUM* prime, BN_CTX* context) {
  const NumberPtr order(BN_dup(prime));
  const NumberPtr product(BN_new());
  return BN_sub_word(order.get(), 1) == 1 && BN_is_zero(order.get()) == 0 &&
         BN_mod_mul(product.get(), one, other, order.get(), context) == 1 && BN_is_one(product.get()) == 1;
}

bool IsWholeRsa(const EVP_PKEY* key) {
  const ContextPtr context(BN_CTX_secure_new());
  const NumberPtr modulus = NumberOf(key, OSSL_PKEY_PARAM_RSA_N);
  const NumberPtr open = NumberOf(key, OSSL_PKEY_PARAM_RSA_E);
  const NumberPtr secret = NumberOf(key, OSSL_PKEY_PARAM_RSA_D);
  if (!context || !modulus || !open || !secret) return false;
  NumberPtr product(BN_new());
  BN_one(product.get());
  constexpr int kMostPrimes = 10;  // OpenSSL's names for them
  for (int i = 1; i <= kMostPrimes; ++i) {
    const NumberPtr prime = NumberOf(key, "rsa-factor" + std::to_string(i));
    if (!prime) break;
    if (!UndoEachOther(open.get(), secret.get(), prime.get(), context.get()) ||
        BN_mul(product.get(), product.get(), prime.get(), context.get()) != 1)
      return false;
  }
  return BN_cmp(product.get(), modulus.get()) == 0;
}

}  // namespace

bool IsWhole(EVP_PKEY* key) {
  bool is_whole = true;
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
    is_whole = IsWholeRsa(key);
  } else if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
    const KeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    is_whole = context && EVP_PKEY_pairwise_check(context.get()) == 1;
  }
  TakeReasons();
  return is_whole;
}

}  // namespace dockerext
