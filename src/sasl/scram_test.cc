#include "sasl/scram.h"

#include <gtest/gtest.h>

#include "sasl/base64.h"
#include "sasl/scram_client_test.h"
#include "sasl/scram_server.h"

namespace roost::sasl {
namespace {

// RFC 7677 3.
constexpr const char* kClientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
constexpr const char* kServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr const char* kServerFirst =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr const char* kClientFinal =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
constexpr const char* kServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

ScramVerifier pencil() { return derive_scram("pencil", *decode_base64("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096); }

std::string sign(std::string without_proof, std::string_view password, const ScramServer& server) {
  return testing::sign(server.first().bare, server.server_first(), std::move(without_proof), password);
}

ScramServer serve(const char* client_first, const ChannelBinding& offered = {}) {
  return {*parse_client_first(client_first), pencil(), offered.data, kServerNonce};
}

TEST(Scram, FollowsTheExampleOfRfc7677) {
  ScramServer server = serve(kClientFirst);
  EXPECT_EQ(server.server_first(), kServerFirst);
  EXPECT_EQ(server.finish(kClientFinal)->message, kServerFinal);
}

TEST(Scram, RefusesAWrongPassword) {
  ScramServer server = serve(kClientFirst);
  Bytes nonce = server.first().nonce + kServerNonce;
  EXPECT_TRUE(server.finish(sign("c=biws,r=" + nonce, "pencil", server)));
  Result<ScramProven> wrong = server.finish(sign("c=biws,r=" + nonce, "Pencil", server));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::authentication_failed);
}

TEST(Scram, TakesEachOfSeveralPasswordsAndSaysWhich) {
  Bytes salt = *decode_base64("W22ZaJ0SNY7soEsUEjb6gQ==");
  for (ScramHash hash : {ScramHash::sha_1, ScramHash::sha_256}) {
    std::vector<ScramKeys> others;
    for (const char* password : {"brush", "chalk"}) {
      ScramVerifier of = derive_scram(password, salt, 4096, hash);
      others.push_back({of.stored_key, of.server_key});
    }
    ScramServer server(*parse_client_first("n,,n=user,r=abc"), derive_scram("pencil", salt, 4096, hash), {}, "def",
                       others);
    auto finish = [&](const char* password) {
      return server.finish(
          testing::sign(server.first().bare, server.server_first(), "c=biws,r=abcdef", password, hash));
    };
    size_t expected = 0;
    std::vector<Bytes> signatures;
    for (const char* password : {"pencil", "brush", "chalk"}) {
      auto proven = finish(password);
      ASSERT_TRUE(proven) << password;
      EXPECT_EQ(proven->password, expected++);
      signatures.push_back(proven->message);
    }
    EXPECT_NE(signatures[0], signatures[1]) << "the server proves that it knows the password which was used";
    EXPECT_NE(signatures[1], signatures[2]);
    EXPECT_EQ(finish("crayon").error().code, Code::authentication_failed);
  }
}

TEST(Scram, RefusesAnotherNonceThoughSigned) {
  ScramServer server = serve(kClientFirst);
  EXPECT_FALSE(server.finish(sign("c=biws,r=rOprNGfwEbeRWgbNEkqO", "pencil", server)));
}

TEST(Scram, RefusesAnotherGs2HeaderThoughSigned) {
  ScramServer server = serve("y,,n=user,r=abc");
  Bytes nonce = Bytes("abc") + kServerNonce;
  EXPECT_TRUE(server.finish(sign("c=" + encode_base64("y,,") + ",r=" + nonce, "pencil", server)));
  EXPECT_FALSE(server.finish(sign("c=" + encode_base64("n,,") + ",r=" + nonce, "pencil", server)));
}

TEST(Scram, IgnoresExtensionsOfTheFinalMessage) {
  ScramServer server = serve(kClientFirst);
  Bytes nonce = server.first().nonce + kServerNonce;
  EXPECT_TRUE(server.finish(sign("c=biws,r=" + nonce + ",x=1,y=2", "pencil", server)));
}

TEST(Scram, BindsToTheChannelWhereItIsOffered) {
  ChannelBinding offered{"tls-exporter", "secret of the channel"};
  ScramServer server = serve("p=tls-exporter,,n=user,r=abc", offered);
  Bytes nonce = Bytes("abc") + kServerNonce;
  EXPECT_EQ(check_binding(server.first(), true, {offered}), offered.data);
  auto bound_to = [](std::string data) { return "c=" + encode_base64("p=tls-exporter,," + data); };
  EXPECT_TRUE(server.finish(sign(bound_to("secret of the channel") + ",r=" + nonce, "pencil", server)));
  EXPECT_FALSE(server.finish(sign(bound_to("another channel") + ",r=" + nonce, "pencil", server)));
  EXPECT_FALSE(server.finish(sign(bound_to("") + ",r=" + nonce, "pencil", server)));
}

TEST(Scram, TakesBindingFlagsAsRfc5802Section6Says) {
  using Offered = std::vector<ChannelBinding>;
  auto check = [](const char* first, bool plus, const Offered& offered) {
    return check_binding(*parse_client_first(first), plus, offered).has_value();
  };
  Offered none;
  Offered both = {{"tls-exporter", "x"}, {"tls-server-end-point", "y"}};
  EXPECT_TRUE(check("n,,n=user,r=abc", false, none));
  EXPECT_TRUE(check("y,,n=user,r=abc", false, none));
  EXPECT_FALSE(check("p=tls-exporter,,n=user,r=abc", true, none));
  EXPECT_TRUE(check("n,,n=user,r=abc", false, both));
  EXPECT_FALSE(check("y,,n=user,r=abc", false, both)) << "somebody took -PLUS out of the list";
  EXPECT_TRUE(check("p=tls-exporter,,n=user,r=abc", true, both));
  EXPECT_EQ(check_binding(*parse_client_first("p=tls-server-end-point,,n=user,r=abc"), true, both), "y");
  EXPECT_FALSE(check("p=tls-unique,,n=user,r=abc", true, both));
}

TEST(Scram, BindsWithPlusAndOnlyWithIt) {
  std::vector<ChannelBinding> offered = {{"tls-exporter", "x"}};
  auto kind = [&](const char* first, bool plus) {
    return check_binding(*parse_client_first(first), plus, offered).error().kind;
  };
  EXPECT_EQ(kind("p=tls-exporter,,n=user,r=abc", false), Error::Kind::bad);
  EXPECT_EQ(kind("n,,n=user,r=abc", true), Error::Kind::bad);
  EXPECT_EQ(kind("y,,n=user,r=abc", true), Error::Kind::bad);
}

// RFC 5802 5.
TEST(ScramSha1, FollowsTheExampleOfRfc5802) {
  ScramVerifier verifier = derive_scram("pencil", *decode_base64("QSXCR+Q6sek8bf92"), 4096, ScramHash::sha_1);
  ScramServer server(*parse_client_first("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"), verifier, {}, "3rfcNHYJY1ZVvWVs7j");
  EXPECT_EQ(server.server_first(), "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096");
  auto proven = server.finish("c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
  EXPECT_EQ(proven->message, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
}

TEST(ScramSha1, HasVerifiersAndProofsOfItsOwnLength) {
  ScramVerifier verifier = derive_scram("pencil", "salt", 4096, ScramHash::sha_1);
  std::string line = format_scram(verifier);
  EXPECT_TRUE(line.starts_with("$scram-sha-1$i=4096$c2FsdA==$"));
  EXPECT_EQ(parse_scram(line), verifier);
  EXPECT_TRUE(check_scram(verifier, "pencil"));
  EXPECT_FALSE(check_scram(verifier, "pen"));
  EXPECT_FALSE(parse_scram("$scram-sha-256$" + line.substr(line.find("i=")))) << "its keys are too short";
  ScramServer server(*parse_client_first("n,,n=user,r=abc"), verifier, {}, "def");
  EXPECT_EQ(server.finish("c=biws,r=abcdef,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=").error().kind,
            Error::Kind::bad);
}

TEST(ScramVerifier, RoundTripsThroughItsLine) {
  ScramVerifier verifier = pencil();
  std::string line = format_scram(verifier);
  EXPECT_EQ(line,
            "$scram-sha-256$i=4096$W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=$"
            "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
  EXPECT_EQ(parse_scram(line), verifier);
}

TEST(ScramVerifier, ChecksAPlainPassword) {
  EXPECT_TRUE(check_scram(pencil(), "pencil"));
  EXPECT_FALSE(check_scram(pencil(), "pen"));
  EXPECT_FALSE(check_scram(pencil(), ""));
}

TEST(ScramVerifier, IsTheSameForPasswordsThatPrepareToTheSame) {
  ScramVerifier verifier = derive_scram("I\u00ADX\u00AA", "salt", 4096);
  EXPECT_TRUE(check_scram(verifier, "IXa"));
}

TEST(ScramVerifier, RefusesDamagedLines) {
  std::string line = format_scram(pencil());
  for (size_t i = 0; i < line.size(); ++i) EXPECT_FALSE(parse_scram(line.substr(0, i))) << i;
  EXPECT_FALSE(parse_scram(line + "$"));
  EXPECT_FALSE(parse_scram(line + "\n"));
  EXPECT_FALSE(parse_scram("$scram-sha-256$i=4095" + line.substr(line.find("$W22"))));
  EXPECT_FALSE(parse_scram("$scram-sha-256$i=04096" + line.substr(line.find("$W22"))));
  EXPECT_FALSE(parse_scram("$scram-sha-256$i=99999999999" + line.substr(line.find("$W22"))));
}

}  // namespace
}  // namespace roost::sasl
