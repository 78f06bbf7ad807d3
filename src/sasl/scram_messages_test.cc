#include "sasl/scram_messages.h"

#include <gtest/gtest.h>

namespace roost::sasl {
namespace {

TEST(ScramClientFirst, KeepsWhatIsSignedAsItCame) {
  Result<ClientFirst> first = parse_client_first("y,a=o=2Cther,n=us=3Der,r=abc,x=ext=,y=1");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->binding, BindingFlag::unused);
  EXPECT_EQ(first->authzid, "o,ther");
  EXPECT_EQ(first->name, "us=er");
  EXPECT_EQ(first->nonce, "abc");
  EXPECT_EQ(first->gs2_header, "y,a=o=2Cther,");
  EXPECT_EQ(first->bare, "n=us=3Der,r=abc,x=ext=,y=1");
}

TEST(ScramClientFirst, ParsesTheExampleOfRfc5802) {
  Result<ClientFirst> first = parse_client_first("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->binding, BindingFlag::unsupported);
  EXPECT_EQ(first->name, "user");
  EXPECT_EQ(first->nonce, "fyko+d2lbbFgONRv9qkxdawL");
}

TEST(ScramClientFirst, NamesTheBindingThatIsRequired) {
  Result<ClientFirst> first = parse_client_first("p=tls-exporter,,n=user,r=abc");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->binding, BindingFlag::required);
  EXPECT_EQ(first->binding_type, "tls-exporter");
}

TEST(ScramClientFirst, RefusesWhatTheGrammarDoesNotAllow) {
  const char* wrong[] = {
      "",
      "n",
      "n,",
      "n,,",
      "x,,n=user,r=abc",
      "N,,n=user,r=abc",
      "p,,n=user,r=abc",
      "p=,,n=user,r=abc",
      "p=tls_x,,n=user,r=abc",
      "n,user,n=user,r=abc",
      "n,a=,n=user,r=abc",
      "n,,r=abc",
      "n,,n=,r=abc",
      "n,,n=user",
      "n,,n=user,",
      "n,,n=user,r=",
      "n,,n=user,r=a b",
      "n,,n=user,r=abc,",
      "n,,n=user,r=abc,x",
      "n,,n=user,r=abc,x=",
      "n,,n=user,r=abc,1=x",
      "n,,n=us=er,r=abc",
      "n,,n=user=,r=abc",
      "n,,n=user=2,r=abc",
      "n,,n=user=2c,r=abc",
      "n,,m=must,n=user,r=abc",
      "n,,n=user,r=abc,m=must",
      "F,n,,n=user,r=abc",
  };
  for (const char* message : wrong) {
    Result<ClientFirst> first = parse_client_first(message);
    ASSERT_FALSE(first) << message;
    EXPECT_EQ(first.error().kind, Error::Kind::bad) << message;
  }
  EXPECT_FALSE(parse_client_first(std::string("n,,n=us\0er,r=abc", 16)));
  EXPECT_FALSE(parse_client_first("n,,n=user,r=" + std::string(kScramMessageBytesMax, 'x')));
}

TEST(ScramClientFinal, SeparatesTheProofFromWhatIsSigned) {
  std::string proof = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  Result<ClientFinal> final = parse_client_final("c=biws,r=abc,x=y,p=" + proof);
  ASSERT_TRUE(final);
  EXPECT_EQ(final->channel_binding, "n,,");
  EXPECT_EQ(final->nonce, "abc");
  EXPECT_EQ(final->without_proof, "c=biws,r=abc,x=y");
  EXPECT_EQ(final->proof.size(), 32U);
  EXPECT_EQ(final->proof[0], 0x74);
}

TEST(ScramClientFinal, RefusesWhatTheGrammarDoesNotAllow) {
  std::string proof = ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  const std::string wrong[] = {
      "",
      "c=biws,r=abc",
      proof,
      "c=biws" + proof,
      "c=biws," + proof,
      "r=abc,c=biws" + proof,
      "c=bi!s,r=abc" + proof,
      "c=biws,r=" + proof,
      "c=biws,r=abc," + proof,
      "c=biws,r=abc,m=1" + proof,
      "c=biws,r=abc" + proof + ",x=1",
      "c=biws,r=abc,p=",
      "c=biws,r=abc" + proof + "=",
  };
  for (const std::string& message : wrong) EXPECT_FALSE(parse_client_final(message)) << message;
}

}  // namespace
}  // namespace roost::sasl
