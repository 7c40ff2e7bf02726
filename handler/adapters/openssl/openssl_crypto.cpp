// SPDX-License-Identifier: MIT
#include "handler/adapters/openssl/openssl_crypto.hpp"

#include <openssl/cms.h>
#include <openssl/crypto.h>

#include <array>
#include <map>

#include "handler/adapters/openssl/inspect.hpp"
#include "handler/adapters/openssl/key_check.hpp"
#include "handler/adapters/openssl/pem.hpp"
#include "handler/adapters/openssl/verify_client.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/agent_files.hpp"
#include "handler/errors/certificates.hpp"

namespace dockerext {
namespace {

using CmsPtr = Handle<CMS_ContentInfo, CMS_ContentInfo_free>;

constexpr std::size_t kEnvelopeLimit = std::size_t{64} << 20U;

// A BIO whose memory is wiped when it is freed.
BioPtr SecretSink() {
  BioPtr sink(BIO_new(BIO_s_secmem()));
  return sink ? std::move(sink) : BioPtr(BIO_new(BIO_s_mem()));
}

Error CannotOpen() { return MakeError<errors::kCannotDecrypt>(TakeReasons()); }

}  // namespace

void InitialiseOpensslWithoutConfiguration() { OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr); }

struct OpensslCrypto::Decoded {
  std::map<std::string, std::vector<X509Ptr>> certificates;  // by their PEM text

  Result<const std::vector<X509Ptr>*> CertificatesOf(const std::string& pem) {
    const auto known = certificates.find(pem);
    if (known != certificates.end()) return &known->second;
    TRY_LET(auto read, ReadCertificates(pem));
    return &certificates.emplace(pem, std::move(read)).first->second;
  }
};

OpensslCrypto::OpensslCrypto() : decoded_(std::make_unique<Decoded>()) {}
OpensslCrypto::~OpensslCrypto() = default;

std::string OpensslCrypto::Sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  const void* start = digest.data();
  return HexEncode({static_cast<const char*>(start), size});
}

Result<std::vector<CertificateFacts>> OpensslCrypto::InspectCertificates(const std::string& pem) {
  TRY_LET(const auto* certificates, decoded_->CertificatesOf(pem));
  std::vector<CertificateFacts> facts;
  facts.reserve(certificates->size());
  for (const X509Ptr& certificate : *certificates) facts.push_back(FactsOf(certificate.get()));
  return facts;
}

Result<KeyFacts> OpensslCrypto::InspectKey(const Secret& pem) {
  TRY_LET(const KeyPtr key, ReadPrivateKey(pem));
  if (!IsWhole(key.get())) return MakeError<errors::kKeyDamaged>();
  return FactsOf(key.get());
}

Result<std::optional<std::size_t>> OpensslCrypto::FindCertificateOf(const Secret& key_pem,
                                                                    const std::string& certificate_pem) {
  TRY_LET(const auto* certificates, decoded_->CertificatesOf(certificate_pem));
  TRY_LET(const KeyPtr key, ReadPrivateKey(key_pem));
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < certificates->size() && !found; ++i) {
    if (X509_check_private_key((*certificates)[i].get(), key.get()) == 1) found = i;
  }
  TakeReasons();
  return found;
}

Result<ClientVerdict> OpensslCrypto::VerifyAsClient(const std::string& certificate_pem,
                                                    const std::string& ca_pem,
                                                    std::chrono::system_clock::time_point now) {
  TRY_LET(const auto* chain, decoded_->CertificatesOf(certificate_pem));
  TRY_LET(const auto* authorities, decoded_->CertificatesOf(ca_pem));
  const ClientVerdict verdict{IsAcceptedClient(*chain, *authorities, now),
                              HasNamesakeOfIssuer(*chain, *authorities)};
  TakeReasons();
  return verdict;
}

Result<Secret> OpensslCrypto::OpenEnvelope(std::string_view der, const std::string& certificate_pem,
                                           const Secret& key_pem) {
  TRY_LET(const X509Ptr certificate, ReadVmCertificate(certificate_pem).Context("the VM's certificate"));
  TRY_LET(const KeyPtr key, ReadVmKey(key_pem).Context("the VM's key"));
  if (der.size() > kEnvelopeLimit) return MakeError<errors::kProtectedTooLarge>();
  const BioPtr source = ViewOf(der);
  const CmsPtr envelope(d2i_CMS_bio(source.get(), nullptr));
  if (!envelope) return CannotOpen();
  const BioPtr sink = SecretSink();
  // With the certificate given, an envelope for another recipient is an error instead of random bytes.
  if (CMS_decrypt(envelope.get(), key.get(), certificate.get(), nullptr, sink.get(), 0) != 1) {
    return CannotOpen();
  }
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(sink.get(), &bytes);
  Secret opened(std::string(bytes, static_cast<std::size_t>(size)));
  OPENSSL_cleanse(bytes, static_cast<std::size_t>(size));
  return opened;
}

}  // namespace dockerext
