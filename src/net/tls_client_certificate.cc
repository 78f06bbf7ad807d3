#include "net/tls_client_certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "net/openssl_ptr.h"

namespace roost::net {
namespace {

using InfosPtr =
    std::unique_ptr<STACK_OF(X509_INFO),
                    decltype([](STACK_OF(X509_INFO) * infos) { sk_X509_INFO_pop_free(infos, X509_INFO_free); })>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES_free>>;

constexpr int kChainDepthMax = 8;

int field_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

struct Counts {
  int authorities = 0;
  int revocations = 0;
};

// A certificate, a revocation list, or one of each that follow each other in the file.
bool add(SSL_CTX* ctx, const X509_INFO& info, Counts& counts) {
  X509_STORE* store = SSL_CTX_get_cert_store(ctx);
  if (info.x509 != nullptr) {
    ++counts.authorities;
    if (X509_STORE_add_cert(store, info.x509) != 1 || SSL_CTX_add_client_CA(ctx, info.x509) != 1) return false;
  }
  if (info.crl == nullptr) return true;
  ++counts.revocations;
  return X509_STORE_add_crl(store, info.crl) == 1;
}

// A ticket from before the authorities changed must not stand for a certificate that would be refused now.
bool set_session_context(SSL_CTX* ctx, BytesView authorities_pem) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  return EVP_Digest(authorities_pem.data(), authorities_pem.size(), hash, &size, EVP_sha256(), nullptr) == 1 &&
         SSL_CTX_set_session_id_context(ctx, hash, size) == 1;
}

std::optional<std::string> text_of(const ASN1_STRING* value) {
  unsigned char* octets = nullptr;
  const int size = ASN1_STRING_to_UTF8(&octets, value);
  if (size < 0) return std::nullopt;
  std::string out(reinterpret_cast<const char*>(octets), static_cast<size_t>(size));
  OPENSSL_free(octets);
  if (out.empty() || out.find('\0') != std::string::npos) return std::nullopt;
  return out;
}

std::optional<std::string> subject_field(const X509* certificate, int field) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, field, -1);
  if (at < 0 || X509_NAME_get_index_by_NID(subject, field, at) >= 0) return std::nullopt;
  return text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

std::optional<std::string> email(const X509* certificate) {
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  const ASN1_STRING* found = nullptr;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_EMAIL) continue;
    if (found != nullptr) return std::nullopt;
    found = name->d.rfc822Name;
  }
  return found == nullptr ? std::nullopt : text_of(found);
}

std::optional<std::string> name_in(const X509* certificate, ClientNameField field) {
  switch (field) {
    case ClientNameField::email: return email(certificate);
    case ClientNameField::common_name: return subject_field(certificate, NID_commonName);
    case ClientNameField::user_id: return subject_field(certificate, NID_userId);
  }
  return std::nullopt;
}

}  // namespace

Result<> ask_for_client_certificates(ssl_ctx_st* ctx, BytesView authorities_pem, ClientNameField field) {
  const BioPtr reader(BIO_new_mem_buf(authorities_pem.data(), static_cast<int>(authorities_pem.size())));
  const InfosPtr infos(PEM_X509_INFO_read_bio(reader.get(), nullptr, nullptr, nullptr));
  Counts counts;
  bool used = infos != nullptr;
  for (int i = 0; used && i < sk_X509_INFO_num(infos.get()); ++i) {
    used = add(ctx, *sk_X509_INFO_value(infos.get(), i), counts);
  }
  ERR_clear_error();
  if (!used || counts.authorities == 0) return fault("no certificates of client authorities in PEM");
  if (counts.revocations > 0) X509_STORE_set_flags(SSL_CTX_get_cert_store(ctx), X509_V_FLAG_CRL_CHECK);
  const bool set =
      set_session_context(ctx, authorities_pem) &&
      SSL_CTX_set_ex_data(ctx, field_index(),
                          reinterpret_cast<void*>(static_cast<uintptr_t>(field))) == 1;  // NOLINT: a number
  if (!set) return fault("TLS client certificates");
  SSL_CTX_set_verify_depth(ctx, kChainDepthMax);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, nullptr);
  return {};
}

std::string client_name_of(ssl_st* ssl) {
  if (SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE || SSL_get_verify_result(ssl) != X509_V_OK) return {};
  const X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr || X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0) return {};
  const auto field = reinterpret_cast<uintptr_t>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), field_index()));
  std::string out = name_in(certificate, static_cast<ClientNameField>(field)).value_or(std::string());
  ERR_clear_error();
  return out;
}

}  // namespace roost::net
