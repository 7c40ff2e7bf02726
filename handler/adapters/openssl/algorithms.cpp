// SPDX-License-Identifier: MIT
// The algorithms of the static program: it defines OpenSSL's default provider in place of libcrypto.a's own,
// which would link every algorithm there is. What is left is what TLS, the agent's CMS and customers'
// certificates use. A symbol that a later libcrypto.a no longer has is an error of the linker.
#include <openssl/bio.h>
#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/params.h>

#include <array>

extern "C" {

extern const OSSL_DISPATCH ossl_aes128ecb_functions[], ossl_aes192ecb_functions[], ossl_aes256ecb_functions[],
    ossl_aes128cbc_functions[], ossl_aes192cbc_functions[], ossl_aes256cbc_functions[],
    ossl_aes128ctr_functions[], ossl_aes192ctr_functions[], ossl_aes256ctr_functions[],
    ossl_aes128gcm_functions[], ossl_aes192gcm_functions[], ossl_aes256gcm_functions[],
    ossl_tdes_ede3_cbc_functions[], ossl_null_functions[];
extern const OSSL_DISPATCH ossl_md5_functions[], ossl_md5_sha1_functions[], ossl_sha1_functions[],
    ossl_sha224_functions[], ossl_sha256_functions[], ossl_sha384_functions[], ossl_sha512_functions[],
    ossl_shake_256_functions[];
extern const OSSL_DISPATCH ossl_hmac_functions[], ossl_mac_legacy_hmac_signature_functions[],
    ossl_mac_legacy_keymgmt_functions[];
extern const OSSL_DISPATCH ossl_kdf_hkdf_functions[], ossl_kdf_tls1_3_kdf_functions[],
    ossl_kdf_tls1_prf_functions[], ossl_kdf_pbkdf2_functions[], ossl_kdf_hkdf_keyexch_functions[],
    ossl_kdf_tls1_prf_keyexch_functions[], ossl_kdf_keymgmt_functions[];
extern const OSSL_DISPATCH ossl_drbg_ctr_functions[], ossl_seed_src_functions[];
extern const OSSL_DISPATCH ossl_dh_keyexch_functions[], ossl_ecdh_keyexch_functions[],
    ossl_x25519_keyexch_functions[], ossl_x448_keyexch_functions[];
extern const OSSL_DISPATCH ossl_rsa_signature_functions[], ossl_dsa_signature_functions[],
    ossl_ecdsa_signature_functions[], ossl_ed25519_signature_functions[], ossl_ed448_signature_functions[],
    ossl_rsa_asym_cipher_functions[];
extern const OSSL_DISPATCH ossl_rsa_keymgmt_functions[], ossl_rsapss_keymgmt_functions[],
    ossl_dsa_keymgmt_functions[], ossl_dh_keymgmt_functions[], ossl_ec_keymgmt_functions[],
    ossl_x25519_keymgmt_functions[], ossl_x448_keymgmt_functions[], ossl_ed25519_keymgmt_functions[],
    ossl_ed448_keymgmt_functions[];
extern const OSSL_DISPATCH ossl_PrivateKeyInfo_der_to_rsa_decoder_functions[],
    ossl_SubjectPublicKeyInfo_der_to_rsa_decoder_functions[],
    ossl_type_specific_keypair_der_to_rsa_decoder_functions[],
    ossl_PrivateKeyInfo_der_to_rsapss_decoder_functions[],
    ossl_SubjectPublicKeyInfo_der_to_rsapss_decoder_functions[],
    ossl_PrivateKeyInfo_der_to_dsa_decoder_functions[],
    ossl_SubjectPublicKeyInfo_der_to_dsa_decoder_functions[],
    ossl_type_specific_der_to_dsa_decoder_functions[], ossl_PrivateKeyInfo_der_to_ec_decoder_functions[],
    ossl_SubjectPublicKeyInfo_der_to_ec_decoder_functions[],
    ossl_type_specific_no_pub_der_to_ec_decoder_functions[],
    ossl_PrivateKeyInfo_der_to_ed25519_decoder_functions[],
    ossl_SubjectPublicKeyInfo_der_to_ed25519_decoder_functions[],
    ossl_PrivateKeyInfo_der_to_ed448_decoder_functions[],
    ossl_SubjectPublicKeyInfo_der_to_ed448_decoder_functions[],
    ossl_PrivateKeyInfo_der_to_x25519_decoder_functions[],
    ossl_SubjectPublicKeyInfo_der_to_x25519_decoder_functions[],
    ossl_PrivateKeyInfo_der_to_x448_decoder_functions[],
    ossl_SubjectPublicKeyInfo_der_to_x448_decoder_functions[],
    ossl_SubjectPublicKeyInfo_der_to_der_decoder_functions[], ossl_pem_to_der_decoder_functions[],
    ossl_EncryptedPrivateKeyInfo_der_to_der_decoder_functions[];

// Of libcrypto's providers/common.
int ossl_prov_bio_from_dispatch(const OSSL_DISPATCH* functions);
int ossl_prov_seeding_from_dispatch(const OSSL_DISPATCH* functions);
int ossl_prov_get_capabilities(void* context, const char* capability, OSSL_CALLBACK* callback,
                               void* argument);
void* ossl_prov_ctx_new();
void ossl_prov_ctx_free(void* context);
void ossl_prov_ctx_set0_libctx(void* context, OSSL_LIB_CTX* library);
void ossl_prov_ctx_set0_handle(void* context, const OSSL_CORE_HANDLE* handle);
void ossl_prov_ctx_set0_core_bio_method(void* context, BIO_METHOD* method);
BIO_METHOD* ossl_prov_ctx_get0_core_bio_method(void* context);
BIO_METHOD* ossl_bio_prov_init_bio_method();

// What this file defines in place of libcrypto's own.
OSSL_provider_init_fn ossl_default_provider_init;
OSSL_provider_init_fn ossl_base_provider_init;
void openssl_add_all_ciphers_int();
void openssl_add_all_digests_int();
}

namespace {

constexpr const char* kProperties = "provider=default";
constexpr OSSL_ALGORITHM kEnd{nullptr, nullptr, nullptr, nullptr};

constexpr OSSL_ALGORITHM Named(const char* names, const OSSL_DISPATCH* functions) {
  return {names, kProperties, functions, nullptr};
}

// The names are those of OpenSSL's providers/implementations/include/prov/names.h.
constexpr OSSL_ALGORITHM kCiphers[] = {
    Named("NULL", ossl_null_functions),
    Named("AES-256-ECB:2.16.840.1.101.3.4.1.41", ossl_aes256ecb_functions),
    Named("AES-192-ECB:2.16.840.1.101.3.4.1.21", ossl_aes192ecb_functions),
    Named("AES-128-ECB:2.16.840.1.101.3.4.1.1", ossl_aes128ecb_functions),
    Named("AES-256-CBC:AES256:2.16.840.1.101.3.4.1.42", ossl_aes256cbc_functions),
    Named("AES-192-CBC:AES192:2.16.840.1.101.3.4.1.22", ossl_aes192cbc_functions),
    Named("AES-128-CBC:AES128:2.16.840.1.101.3.4.1.2", ossl_aes128cbc_functions),
    Named("AES-256-CTR", ossl_aes256ctr_functions),
    Named("AES-192-CTR", ossl_aes192ctr_functions),
    Named("AES-128-CTR", ossl_aes128ctr_functions),
    Named("AES-256-GCM:id-aes256-GCM:2.16.840.1.101.3.4.1.46", ossl_aes256gcm_functions),
    Named("AES-192-GCM:id-aes192-GCM:2.16.840.1.101.3.4.1.26", ossl_aes192gcm_functions),
    Named("AES-128-GCM:id-aes128-GCM:2.16.840.1.101.3.4.1.6", ossl_aes128gcm_functions),
    Named("DES-EDE3-CBC:DES3:1.2.840.113549.3.7", ossl_tdes_ede3_cbc_functions),
    kEnd,
};

constexpr OSSL_ALGORITHM kDigests[] = {
    Named("SHA1:SHA-1:SSL3-SHA1:1.3.14.3.2.26", ossl_sha1_functions),
    Named("SHA2-224:SHA-224:SHA224:2.16.840.1.101.3.4.2.4", ossl_sha224_functions),
    Named("SHA2-256:SHA-256:SHA256:2.16.840.1.101.3.4.2.1", ossl_sha256_functions),
    Named("SHA2-384:SHA-384:SHA384:2.16.840.1.101.3.4.2.2", ossl_sha384_functions),
    Named("SHA2-512:SHA-512:SHA512:2.16.840.1.101.3.4.2.3", ossl_sha512_functions),
    Named("SHAKE-256:SHAKE256:2.16.840.1.101.3.4.2.12", ossl_shake_256_functions),  // of Ed448
    Named("MD5:SSL3-MD5:1.2.840.113549.2.5", ossl_md5_functions),
    Named("MD5-SHA1", ossl_md5_sha1_functions),
    kEnd,
};

constexpr OSSL_ALGORITHM kMacs[] = {Named("HMAC", ossl_hmac_functions), kEnd};

constexpr OSSL_ALGORITHM kKdfs[] = {
    Named("HKDF", ossl_kdf_hkdf_functions),
    Named("TLS13-KDF", ossl_kdf_tls1_3_kdf_functions),
    Named("TLS1-PRF", ossl_kdf_tls1_prf_functions),
    Named("PBKDF2:1.2.840.113549.1.5.12", ossl_kdf_pbkdf2_functions),
    kEnd,
};

constexpr OSSL_ALGORITHM kRandom[] = {
    Named("CTR-DRBG", ossl_drbg_ctr_functions),
    Named("SEED-SRC", ossl_seed_src_functions),
    kEnd,
};

constexpr const char* kRsa = "RSA:rsaEncryption:1.2.840.113549.1.1.1";
constexpr const char* kRsaPss = "RSA-PSS:RSASSA-PSS:1.2.840.113549.1.1.10";
constexpr const char* kDsa = "DSA:dsaEncryption:1.2.840.10040.4.1";
constexpr const char* kDh = "DH:dhKeyAgreement:1.2.840.113549.1.3.1";
constexpr const char* kX25519 = "X25519:1.3.101.110";
constexpr const char* kX448 = "X448:1.3.101.111";
constexpr const char* kEd25519 = "ED25519:1.3.101.112";
constexpr const char* kEd448 = "ED448:1.3.101.113";

constexpr OSSL_ALGORITHM kKeys[] = {
    Named(kRsa, ossl_rsa_keymgmt_functions),
    Named(kRsaPss, ossl_rsapss_keymgmt_functions),
    Named(kDsa, ossl_dsa_keymgmt_functions),
    Named(kDh, ossl_dh_keymgmt_functions),
    Named("EC:id-ecPublicKey:1.2.840.10045.2.1", ossl_ec_keymgmt_functions),
    Named(kX25519, ossl_x25519_keymgmt_functions),
    Named(kX448, ossl_x448_keymgmt_functions),
    Named(kEd25519, ossl_ed25519_keymgmt_functions),
    Named(kEd448, ossl_ed448_keymgmt_functions),
    Named("TLS1-PRF", ossl_kdf_keymgmt_functions),
    Named("HKDF", ossl_kdf_keymgmt_functions),
    Named("HMAC", ossl_mac_legacy_keymgmt_functions),
    kEnd,
};

constexpr OSSL_ALGORITHM kExchanges[] = {
    Named(kDh, ossl_dh_keyexch_functions),
    Named("ECDH", ossl_ecdh_keyexch_functions),
    Named(kX25519, ossl_x25519_keyexch_functions),
    Named(kX448, ossl_x448_keyexch_functions),
    Named("TLS1-PRF", ossl_kdf_tls1_prf_keyexch_functions),
    Named("HKDF", ossl_kdf_hkdf_keyexch_functions),
    kEnd,
};

constexpr OSSL_ALGORITHM kSignatures[] = {
    Named(kRsa, ossl_rsa_signature_functions),
    Named(kDsa, ossl_dsa_signature_functions),
    Named("ECDSA", ossl_ecdsa_signature_functions),
    Named(kEd25519, ossl_ed25519_signature_functions),
    Named(kEd448, ossl_ed448_signature_functions),
    Named("HMAC", ossl_mac_legacy_hmac_signature_functions),
    kEnd,
};

constexpr OSSL_ALGORITHM kAsymmetricCiphers[] = {Named(kRsa, ossl_rsa_asym_cipher_functions), kEnd};

constexpr const char* kPkcs8 = "provider=default,input=der,structure=PrivateKeyInfo";
constexpr const char* kSpki = "provider=default,input=der,structure=SubjectPublicKeyInfo";

constexpr OSSL_ALGORITHM Decoder(const char* name, const char* properties, const OSSL_DISPATCH* functions) {
  return {name, properties, functions, nullptr};
}

constexpr OSSL_ALGORITHM kDecoders[] = {
    Decoder("RSA", kPkcs8, ossl_PrivateKeyInfo_der_to_rsa_decoder_functions),
    Decoder("RSA", kSpki, ossl_SubjectPublicKeyInfo_der_to_rsa_decoder_functions),
    Decoder("RSA", "provider=default,input=der,structure=type-specific",
            ossl_type_specific_keypair_der_to_rsa_decoder_functions),
    Decoder("RSA-PSS", kPkcs8, ossl_PrivateKeyInfo_der_to_rsapss_decoder_functions),
    Decoder("RSA-PSS", kSpki, ossl_SubjectPublicKeyInfo_der_to_rsapss_decoder_functions),
    Decoder("DSA", kPkcs8, ossl_PrivateKeyInfo_der_to_dsa_decoder_functions),
    Decoder("DSA", kSpki, ossl_SubjectPublicKeyInfo_der_to_dsa_decoder_functions),
    Decoder("DSA", "provider=default,input=der,structure=type-specific",
            ossl_type_specific_der_to_dsa_decoder_functions),
    Decoder("EC", kPkcs8, ossl_PrivateKeyInfo_der_to_ec_decoder_functions),
    Decoder("EC", kSpki, ossl_SubjectPublicKeyInfo_der_to_ec_decoder_functions),
    Decoder("EC", "provider=default,input=der,structure=type-specific",
            ossl_type_specific_no_pub_der_to_ec_decoder_functions),
    Decoder("ED25519", kPkcs8, ossl_PrivateKeyInfo_der_to_ed25519_decoder_functions),
    Decoder("ED25519", kSpki, ossl_SubjectPublicKeyInfo_der_to_ed25519_decoder_functions),
    Decoder("ED448", kPkcs8, ossl_PrivateKeyInfo_der_to_ed448_decoder_functions),
    Decoder("ED448", kSpki, ossl_SubjectPublicKeyInfo_der_to_ed448_decoder_functions),
    Decoder("X25519", kPkcs8, ossl_PrivateKeyInfo_der_to_x25519_decoder_functions),
    Decoder("X25519", kSpki, ossl_SubjectPublicKeyInfo_der_to_x25519_decoder_functions),
    Decoder("X448", kPkcs8, ossl_PrivateKeyInfo_der_to_x448_decoder_functions),
    Decoder("X448", kSpki, ossl_SubjectPublicKeyInfo_der_to_x448_decoder_functions),
    Decoder("DER", kSpki, ossl_SubjectPublicKeyInfo_der_to_der_decoder_functions),
    Decoder("DER", "provider=default,input=pem", ossl_pem_to_der_decoder_functions),
    Decoder("DER", "provider=default,input=der,structure=EncryptedPrivateKeyInfo",
            ossl_EncryptedPrivateKeyInfo_der_to_der_decoder_functions),
    kEnd,
};

const OSSL_ALGORITHM* Query(void* /*context*/, int operation, int* no_cache) {
  *no_cache = 0;
  switch (operation) {
    case OSSL_OP_CIPHER:
      return kCiphers;
    case OSSL_OP_DIGEST:
      return kDigests;
    case OSSL_OP_MAC:
      return kMacs;
    case OSSL_OP_KDF:
      return kKdfs;
    case OSSL_OP_RAND:
      return kRandom;
    case OSSL_OP_KEYMGMT:
      return kKeys;
    case OSSL_OP_KEYEXCH:
      return kExchanges;
    case OSSL_OP_SIGNATURE:
      return kSignatures;
    case OSSL_OP_ASYM_CIPHER:
      return kAsymmetricCiphers;
    case OSSL_OP_DECODER:
      return kDecoders;
    default:
      return nullptr;
  }
}

void Teardown(void* context) {
  BIO_meth_free(ossl_prov_ctx_get0_core_bio_method(context));
  ossl_prov_ctx_free(context);
}

template <class Function>
void (*Erased(Function* function))() {
  return reinterpret_cast<void (*)()>(function);  // what OSSL_DISPATCH holds
}

const OSSL_DISPATCH* Functions() {
  static const std::array<OSSL_DISPATCH, 4> functions{{
      {OSSL_FUNC_PROVIDER_TEARDOWN, Erased(Teardown)},
      {OSSL_FUNC_PROVIDER_QUERY_OPERATION, Erased(Query)},
      {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, Erased(ossl_prov_get_capabilities)},
      {0, nullptr},
  }};
  return functions.data();
}

}  // namespace

int ossl_default_provider_init(const OSSL_CORE_HANDLE* handle, const OSSL_DISPATCH* core,
                               const OSSL_DISPATCH** functions, void** context) {
  if (ossl_prov_bio_from_dispatch(core) == 0 || ossl_prov_seeding_from_dispatch(core) == 0) return 0;
  OSSL_FUNC_core_get_libctx_fn* get_library = nullptr;
  for (; core->function_id != 0; ++core)
    if (core->function_id == OSSL_FUNC_CORE_GET_LIBCTX) get_library = OSSL_FUNC_core_get_libctx(core);
  if (get_library == nullptr) return 0;
  void* made = ossl_prov_ctx_new();
  BIO_METHOD* method = made == nullptr ? nullptr : ossl_bio_prov_init_bio_method();
  if (method == nullptr) {
    ossl_prov_ctx_free(made);
    return 0;
  }
  ossl_prov_ctx_set0_libctx(made, reinterpret_cast<OSSL_LIB_CTX*>(get_library(handle)));
  ossl_prov_ctx_set0_handle(made, handle);
  ossl_prov_ctx_set0_core_bio_method(made, method);
  *context = made;
  *functions = Functions();
  return 1;
}

// That provider encodes keys for files, which nothing here does; nobody asks for it.
int ossl_base_provider_init(const OSSL_CORE_HANDLE* /*handle*/, const OSSL_DISPATCH* /*core*/,
                            const OSSL_DISPATCH** /*functions*/, void** /*context*/) {
  return 0;
}

// What is found by the number that ASN.1 has for it.
void openssl_add_all_ciphers_int() {
  for (const EVP_CIPHER* cipher : {EVP_aes_128_cbc(), EVP_aes_192_cbc(), EVP_aes_256_cbc(), EVP_aes_128_gcm(),
                                   EVP_aes_192_gcm(), EVP_aes_256_gcm(), EVP_des_ede3_cbc()})
    EVP_add_cipher(cipher);
}

void openssl_add_all_digests_int() {
  for (const EVP_MD* digest :
       {EVP_md5(), EVP_md5_sha1(), EVP_sha1(), EVP_sha224(), EVP_sha256(), EVP_sha384(), EVP_sha512()})
    EVP_add_digest(digest);
}
