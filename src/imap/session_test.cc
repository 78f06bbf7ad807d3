#include "imap/session.h"

#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

TEST(Login, TakesAstrings) {
  Login login = parsed<Login>("LOGIN smith sesame");
  EXPECT_EQ(login.user, "smith");
  EXPECT_EQ(login.password, "sesame");
  login = parsed<Login>("login {11}\r\nFRED FOOBAR {7}\r\nfat man");
  EXPECT_EQ(login.user, "FRED FOOBAR");
  EXPECT_EQ(login.password, "fat man");
  login = parsed<Login>(R"(Login "a\"b" "p\\ü")");
  EXPECT_EQ(login.user, "a\"b");
  EXPECT_EQ(login.password, "p\\ü");
  EXPECT_EQ(parsed<Login>("LOGIN a \"\"").password, "");
  EXPECT_EQ(parsed<Login>("LOGIN a b]c").password, "b]c");
}

TEST(Login, RefusesEverythingElse) {
  expect_bad({"LOGIN", "LOGIN ", "LOGIN a", "LOGIN a ", "LOGIN  a b", "LOGIN a b c", "LOGIN a b ", "LOGIN a (b)",
              "LOGIN a \"b", "LOGIN a \"b\\n\"", "LOGIN a ~{1+}\r\nb", "LOGIN a x\x80", "LOGIN\ta b"});
}

TEST(Login, ShowsNoPasswordInItsErrors) { EXPECT_EQ(refused("LOGIN a b{sesame").find("sesame"), std::string::npos); }

TEST(Authenticate, MayHaveAnInitialResponse) {
  EXPECT_FALSE(parsed<Authenticate>("AUTHENTICATE plain").initial_response);
  Authenticate a = parsed<Authenticate>("AUTHENTICATE PLAIN dGVzdAB0ZXN0AHRlc3Q=");
  EXPECT_EQ(a.mechanism, "PLAIN");
  EXPECT_EQ(a.initial_response, Bytes("test\0test\0test", 14));
  EXPECT_EQ(parsed<Authenticate>("AUTHENTICATE EXTERNAL =").initial_response, "");
  EXPECT_EQ(parsed<Authenticate>("AUTHENTICATE SCRAM-SHA-256").mechanism, "SCRAM-SHA-256");
  expect_bad({"AUTHENTICATE", "AUTHENTICATE PLAIN ", "AUTHENTICATE PLAIN ==", "AUTHENTICATE PLAIN a b",
              "AUTHENTICATE PLAIN abc"});
  expect_bad({"AUTHENTICATE PLAIN dGVzdAB0ZXN0AHRlc3Q="}, Dialect());
}

TEST(Enable, NamesCapabilities) {
  EXPECT_EQ(parsed<Enable>("enable CondStore X-GOOD UTF8=ACCEPT").capabilities,
            (std::vector<std::string>{"CONDSTORE", "X-GOOD", "UTF8=ACCEPT"}));
  expect_bad({"ENABLE", "ENABLE ", "ENABLE (CONDSTORE)", "ENABLE A  B"});
}

TEST(Id, TakesFieldsOrNil) {
  EXPECT_TRUE(parsed<Id>("ID NIL").fields.empty());
  EXPECT_TRUE(parsed<Id>("ID nil").fields.empty());
  EXPECT_TRUE(parsed<Id>("ID ()").fields.empty());
  Id id = parsed<Id>(R"(ID ("name" "sodr" "version" NIL "x" {2})"
                     "\r\nab)");
  ASSERT_EQ(id.fields.size(), 3u);
  EXPECT_EQ(id.fields[0].second, "sodr");
  EXPECT_FALSE(id.fields[1].second);
  EXPECT_EQ(id.fields[2].second, "ab");
  expect_bad({"ID", "ID (name \"x\")", "ID (\"name\")", "ID (\"name\" \"x\"", "ID NILL", "ID (\"a\" \"b\" )"});
}

TEST(Id, LeavesOutWhatIsTooMuch) {
  std::string many = "ID (";
  for (int i = 0; i < 1000; ++i) many += "\"a\" NIL ";
  many.back() = ')';
  EXPECT_EQ(parsed<Id>(many).fields.size(), Id::kFieldsMax);
  EXPECT_TRUE(parsed<Id>("ID (\"a\" \"" + std::string(5000, 'x') + "\")").fields.empty());
}

TEST(Compress, NamesAnAlgorithm) {
  EXPECT_EQ(parsed<Compress>("COMPRESS deflate").algorithm, "DEFLATE");
  expect_bad({"COMPRESS", "COMPRESS DEFLATE x"});
}

}  // namespace
}  // namespace roost::imap
