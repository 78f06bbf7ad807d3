#include "net/tls.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "net/client_test.h"

namespace roost::net {
namespace {

class Tls : public testing::Test {
 protected:
  Tls() : folder_(std::filesystem::temp_directory_path() / ("roost_tls_test_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~Tls() override { std::filesystem::remove_all(folder_); }
  const std::filesystem::path folder_;
};

using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;

X509Ptr parse(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509Ptr out(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr), X509_free);
  BIO_free(bio);
  return out;
}

TEST_F(Tls, ASelfSignedCertificateIsForTheHostAndLocalhost) {
  const auto made = make_self_signed("mail.example.org").value();
  const auto certificate = parse(made.certificate_pem);
  ASSERT_TRUE(certificate);
  EXPECT_EQ(X509_check_host(certificate.get(), "mail.example.org", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(certificate.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_host(certificate.get(), "example.org", 0, 0, nullptr), 0);
  int days = 0;
  int seconds = 0;
  ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get()));
  EXPECT_GE(days, 3650);
}

TEST_F(Tls, ASelfSignedCertificateVerifiesAgainstItself) {
  const auto certificate = parse(make_self_signed("mail.example.org").value().certificate_pem);
  X509_STORE* store = X509_STORE_new();
  X509_STORE_add_cert(store, certificate.get());
  X509_STORE_CTX* context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, certificate.get(), nullptr);
  X509_STORE_CTX_set_default(context, "ssl_server");
  EXPECT_EQ(X509_verify_cert(context), 1);
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
}

TEST_F(Tls, AHostNameThatIsNoneIsRefused) {
  EXPECT_FALSE(make_self_signed("evil,DNS:bank.example"));
  EXPECT_FALSE(make_self_signed(""));
  EXPECT_TRUE(make_self_signed("localhost"));
  EXPECT_TRUE(make_self_signed("192.0.2.1"));
  EXPECT_TRUE(make_self_signed("2001:db8::1"));
}

TEST_F(Tls, WritesFilesThatOnlyTheOwnerReadsAndNeverReplacesThem) {
  const auto certificate = folder_ / "cert.pem";
  const auto key = folder_ / "key.pem";
  ASSERT_TRUE(write_self_signed(certificate, key, "mail.example.org"));
  for (const auto& path : {certificate, key}) {
    struct stat info{};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
  }
  EXPECT_TRUE(load_tls(certificate, key));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 2);
  const auto again = write_self_signed(certificate, key, "mail.example.org");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::already_exists);
}

TEST_F(Tls, AFileThatAnInterruptedStartLeftIsNoObstacle) {
  const auto certificate = folder_ / "cert.pem";
  const auto key = folder_ / "key.pem";
  std::ofstream(folder_ / "key.pem.new") << "half of a";
  ASSERT_TRUE(write_self_signed(certificate, key, "mail.example.org"));
  EXPECT_TRUE(load_tls(certificate, key));
}

TEST_F(Tls, SaysWhatIsWrongWithTheFiles) {
  EXPECT_FALSE(load_tls(folder_ / "missing.pem", folder_ / "missing.pem"));
  const auto one = make_self_signed("one").value();
  const auto two = make_self_signed("two").value();
  EXPECT_FALSE(make_tls("not PEM", one.key_pem));
  EXPECT_FALSE(make_tls(one.certificate_pem, "not PEM"));
  EXPECT_FALSE(make_tls(one.certificate_pem, two.key_pem));
  EXPECT_FALSE(
      make_tls(one.certificate_pem + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", one.key_pem));
  EXPECT_TRUE(make_tls(one.certificate_pem + two.certificate_pem, one.key_pem));
}

std::string peer_name(SSL* ssl) {
  X509* certificate = SSL_get1_peer_certificate(ssl);
  char name[256] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
  X509_free(certificate);
  return name;
}

task<bool> secure(Stream& stream) { co_return (co_await stream.start_tls()).has_value(); }

std::string name_shown(RunningLoops& loops, const std::shared_ptr<TlsContext>& tls) {
  auto pair = make_pair_of_sockets(loops.at(0), {}, tls);
  auto secured = loops.start(secure(*pair.server));
  EXPECT_TRUE(pair.client->start_tls());
  EXPECT_TRUE(secured.get());
  const auto name = peer_name(pair.client->ssl());
  loops.at(0).post([stream = std::move(pair.server)]() mutable { stream.reset(); });
  loops.settle();
  return name;
}

TEST_F(Tls, ReloadServesTheNewCertificateAndKeepsTheOldOneOnAnError) {
  const auto certificate = folder_ / "cert.pem";
  const auto key = folder_ / "key.pem";
  ASSERT_TRUE(write_self_signed(certificate, key, "first"));
  const auto tls = load_tls(certificate, key).value();
  RunningLoops loops;
  EXPECT_EQ(name_shown(loops, tls), "first");
  std::filesystem::remove(certificate);
  std::filesystem::remove(key);
  ASSERT_TRUE(write_self_signed(certificate, key, "second"));
  EXPECT_TRUE(tls->reload());
  EXPECT_EQ(name_shown(loops, tls), "second");
  std::ofstream(certificate) << "damaged";
  EXPECT_FALSE(tls->reload());
  EXPECT_EQ(name_shown(loops, tls), "second");
}

task<bool> secure_greet_and_close(Stream& stream) {
  const auto secured = co_await stream.start_tls();
  const auto written = co_await stream.write("* OK\r\n");
  co_await stream.close();
  co_return secured.has_value() && written.has_value();
}

// A connection with `version` at most, resuming `session`; gives back whether it was resumed, and the next session.
std::pair<bool, SSL_SESSION*> connect_with(RunningLoops& loops, const std::shared_ptr<TlsContext>& tls, int version,
                                           SSL_SESSION* session) {
  auto pair = make_pair_of_sockets(loops.at(0), {}, tls);
  auto secured = loops.start(secure_greet_and_close(*pair.server));
  EXPECT_TRUE(pair.client->start_tls(version, session));
  EXPECT_EQ(pair.client->receive_all(), "* OK\r\n");  // TLS 1.3: the ticket comes with it
  std::pair<bool, SSL_SESSION*> seen(SSL_session_reused(pair.client->ssl()) == 1, SSL_get1_session(pair.client->ssl()));
  pair.client.reset();
  EXPECT_TRUE(secured.get());
  loops.at(0).post([stream = std::move(pair.server)]() mutable { stream.reset(); });
  loops.settle();
  return seen;
}

class TlsVersions : public testing::TestWithParam<int> {};

TEST_P(TlsVersions, ATicketResumesASession) {
  const auto tls = test_tls();
  RunningLoops loops;
  const auto [first_resumed, session] = connect_with(loops, tls, GetParam(), nullptr);
  EXPECT_FALSE(first_resumed);
  const auto [second_resumed, next] = connect_with(loops, tls, GetParam(), session);
  EXPECT_TRUE(second_resumed);
  // Another server's tickets are of no use.
  const auto [third_resumed, last] = connect_with(loops, test_tls(), GetParam(), next);
  EXPECT_FALSE(third_resumed);
  for (auto* each : {session, next, last}) SSL_SESSION_free(each);
}

TEST_F(Tls, NothingFollowsTheHandshakeBeforeTheServerWrites) {
  RunningLoops loops;
  auto pair = make_pair_of_sockets(loops.at(0), {}, test_tls());
  auto secured = loops.start(secure(*pair.server));
  ASSERT_TRUE(pair.client->start_tls(TLS1_3_VERSION));
  ASSERT_TRUE(secured.get());
  pollfd ready{.fd = SSL_get_fd(pair.client->ssl()), .events = POLLIN, .revents = 0};
  EXPECT_EQ(::poll(&ready, 1, 0), 0);
  loops.at(0).post([stream = std::move(pair.server)]() mutable { stream.reset(); });
  loops.settle();
}

INSTANTIATE_TEST_SUITE_P(Both, TlsVersions, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

TEST_F(Tls, OldVersionsAreRefused) {
  RunningLoops loops;
  for (int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    auto pair = make_pair_of_sockets(loops.at(0), {}, test_tls());
    auto secured = loops.start(secure(*pair.server));
    EXPECT_FALSE(pair.client->start_tls(version));
    EXPECT_FALSE(secured.get());
    loops.at(0).post([stream = std::move(pair.server)]() mutable { stream.reset(); });
    loops.settle();
  }
}

}  // namespace
}  // namespace roost::net
