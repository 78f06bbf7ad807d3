// Makes the certificate that a first start needs.
#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "net/address.h"
#include "net/file_descriptor.h"
#include "net/openssl_ptr.h"
#include "net/tls.h"

namespace roost::net {
namespace {

using BignumPtr = std::unique_ptr<BIGNUM, Free<BN_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;

constexpr long kSecondsPerDay = 24 * 3600;
constexpr long kValidSeconds = 3653 * kSecondsPerDay;
constexpr int kSerialBits = 127;  // RFC 5280 4.1.2.2: positive, at most 20 octets
constexpr size_t kCommonNameBytesMax = 64;

bool set_serial(X509* certificate) {
  const BignumPtr number(BN_new());
  return number && BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_name(X509* certificate, const std::string& host_name) {
  const std::string name = host_name.substr(0, kCommonNameBytesMax);
  X509_NAME* subject = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.data()),
                                    static_cast<int>(name.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1;
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// A host name that could break out of the extension's small language is refused.
bool plausible_host_name(const std::string& name) {
  if (name.empty() || name.size() > 253) return false;
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") == name.npos;
}

std::string alternative_names(const std::string& host_name) {
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  if (parse_address(host_name)) return names + ",IP:" + host_name;
  return host_name == "localhost" ? names : names + ",DNS:" + host_name;
}

X509Ptr sign(EVP_PKEY* key, const std::string& host_name) {
  X509Ptr certificate(X509_new());
  X509* c = certificate.get();
  const bool made =
      c != nullptr && X509_set_version(c, X509_VERSION_3) == 1 && set_serial(c) && set_name(c, host_name) &&
      X509_gmtime_adj(X509_getm_notBefore(c), -kSecondsPerDay) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(c), kValidSeconds) != nullptr && X509_set_pubkey(c, key) == 1 &&
      add_extension(c, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(c, NID_key_usage, "critical,digitalSignature") &&
      add_extension(c, NID_ext_key_usage, "serverAuth") && add_extension(c, NID_subject_key_identifier, "hash") &&
      add_extension(c, NID_subject_alt_name, alternative_names(host_name)) && X509_sign(c, key, EVP_sha256()) > 0;
  if (!made) certificate.reset();
  return certificate;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

Fail failed(const std::filesystem::path& path, Code code = Code::server_bug) {
  return fault(path.string() + ": " + std::strerror(errno), code);
}

Result<> write_synced(const std::filesystem::path& path, BytesView text) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return failed(path);
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0) return failed(path);
    text.remove_prefix(static_cast<size_t>(written));
  }
  if (::fsync(file.get()) != 0) return failed(path);
  return {};
}

Result<> sync_directory_of(const std::filesystem::path& path) {
  const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : ".";
  FileDescriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::fsync(opened.get()) != 0) return failed(directory);
  return {};
}

// Whole or not at all, whatever interrupts it. Code::already_exists where there is such a file.
Result<> create_private(const std::filesystem::path& path, BytesView text) {
  std::filesystem::path unfinished = path;
  unfinished += ".new";
  ROOST_TRY_VOID(write_synced(unfinished, text));
  const bool linked = ::link(unfinished.c_str(), path.c_str()) == 0;
  const Code code = !linked && errno == EEXIST ? Code::already_exists : Code::server_bug;
  Result<> made = linked ? Result<>() : failed(path, code);
  ::unlink(unfinished.c_str());
  if (!made) return made;
  return sync_directory_of(path);
}

}  // namespace

Result<SelfSigned> make_self_signed(const std::string& host_name) {
  if (!plausible_host_name(host_name) && !parse_address(host_name))
    return fault("not a host name: \"" + host_name + "\"");
  const KeyPtr key(EVP_EC_gen("P-256"));
  const X509Ptr certificate = key ? sign(key.get(), host_name) : nullptr;
  const BioPtr certificate_text(BIO_new(BIO_s_mem()));
  const BioPtr key_text(BIO_new(BIO_s_secmem()));
  const bool written = certificate && certificate_text && key_text &&
                       PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1 &&
                       PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  ERR_clear_error();
  if (!written) return fault("cannot make a self-signed certificate");
  return SelfSigned{text_of(certificate_text.get()), text_of(key_text.get())};
}

Result<> write_self_signed(const std::filesystem::path& certificate, const std::filesystem::path& key,
                           const std::string& host_name) {
  ROOST_TRY(const auto made, make_self_signed(host_name));
  ROOST_TRY_VOID(create_private(key, made.key_pem));
  return create_private(certificate, made.certificate_pem);
}

}  // namespace roost::net
