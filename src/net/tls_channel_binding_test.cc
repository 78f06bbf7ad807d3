#include "net/tls_channel_binding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "net/client_test.h"

namespace roost::net {
namespace {

using ::testing::ElementsAre;

struct Handshake {
  SocketPair pair;
  std::vector<ChannelBinding> bindings;
};

Handshake shake_hands(RunningLoops& loops, int version) {
  Handshake out{make_pair_of_sockets(loops.at(0), {}, test_tls()), {}};
  auto served = loops.start(out.pair.server->start_tls());
  EXPECT_TRUE(out.pair.client->start_tls(version));
  EXPECT_TRUE(served.get());
  out.bindings = out.pair.server->channel_bindings();
  EXPECT_TRUE(out.pair.server->tls()->binds);
  return out;
}

std::vector<std::string> types(const std::vector<ChannelBinding>& bindings) {
  std::vector<std::string> out;
  for (const ChannelBinding& binding : bindings) out.push_back(binding.type);
  return out;
}

Bytes exported(SSL* ssl) {
  Bytes out(32, '\0');
  EXPECT_EQ(
      SSL_export_keying_material(ssl, reinterpret_cast<unsigned char*>(out.data()), out.size(),
                                 "EXPORTER-Channel-Binding", 24, reinterpret_cast<const unsigned char*>(""), 0, 1),
      1);
  return out;
}

Bytes hash_of_certificate(SSL* ssl) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  X509_digest(SSL_get0_peer_certificate(ssl), EVP_sha256(), out, &size);
  return {reinterpret_cast<const char*>(out), size};
}

TEST(ChannelBindings, AreWhatTheClientSeesToo) {
  RunningLoops loops;
  Handshake one = shake_hands(loops, TLS1_3_VERSION);
  SSL* client = one.pair.client->ssl();
  ASSERT_THAT(types(one.bindings), ElementsAre("tls-exporter", "tls-server-end-point"));
  EXPECT_EQ(one.bindings[0].data, exported(client));
  EXPECT_EQ(one.bindings[1].data, hash_of_certificate(client));
  Handshake other = shake_hands(loops, TLS1_3_VERSION);
  EXPECT_NE(other.bindings[0].data, one.bindings[0].data);
  EXPECT_EQ(other.bindings[1].data, one.bindings[1].data);
}

TEST(ChannelBindings, HaveTlsUniqueBeforeTls13) {
  RunningLoops loops;
  Handshake one = shake_hands(loops, TLS1_2_VERSION);
  SSL* client = one.pair.client->ssl();
  ASSERT_THAT(types(one.bindings), ElementsAre("tls-exporter", "tls-unique", "tls-server-end-point"));
  EXPECT_EQ(one.bindings[0].data, exported(client));
  char finished[64];
  EXPECT_EQ(one.bindings[1].data, Bytes(finished, SSL_get_finished(client, finished, sizeof finished)));
}

TEST(ChannelBindings, AreNoneWithoutTls) {
  RunningLoops loops;
  EXPECT_TRUE(make_pair_of_sockets(loops.at(0)).server->channel_bindings().empty());
}

}  // namespace
}  // namespace roost::net
