#include "auth/protocol.h"

#include <gtest/gtest.h>

namespace roost::auth::protocol {
namespace {

Request round_trip(const Request& request) {
  Secret message = encode(42, request);
  auto decoded = decode_request(message.view());
  EXPECT_TRUE(decoded);
  EXPECT_EQ(decoded->id, 42U);
  EXPECT_EQ(encode(42, decoded->body).view(), message.view());
  for (size_t i = 0; i < message.view().size(); ++i) EXPECT_FALSE(decode_request(message.view().substr(0, i))) << i;
  EXPECT_FALSE(decode_request(std::string(message.view()) + "x"));
  return std::move(decoded->body);
}

Reply round_trip(const Reply& reply) {
  Bytes message(encode(43, reply).view());
  auto decoded = decode_reply(message);
  EXPECT_TRUE(decoded);
  EXPECT_EQ(decoded->id, 43U);
  for (size_t i = 0; i < message.size(); ++i) EXPECT_FALSE(decode_reply(message.substr(0, i))) << i;
  EXPECT_FALSE(decode_reply(message + "x"));
  return std::move(decoded->body);
}

TEST(Protocol, CarriesEveryRequest) {
  Config config;
  config.directory = "/var/lib/roost/auth";
  config.user = "roost-auth";
  config.scheme = Scheme::argon2id;
  config.iterations = 123'456;
  config.hash_threads = 3;
  config.throttle = false;
  config.cram_md5 = true;
  config.anonymous_user = "guest";
  config.oauth.audiences = {"a", "b"};
  config.oauth.introspection_ms_max = 77;
  Config configured = std::get<Configure>(round_trip(Configure{config})).config;
  EXPECT_EQ(configured.directory, config.directory);
  EXPECT_EQ(configured.user, config.user);
  EXPECT_EQ(configured.scheme, config.scheme);
  EXPECT_EQ(configured.iterations, config.iterations);
  EXPECT_EQ(configured.hash_threads, config.hash_threads);
  EXPECT_EQ(configured.throttle, config.throttle);
  EXPECT_EQ(configured.cram_md5, config.cram_md5);
  EXPECT_EQ(configured.anonymous_user, config.anonymous_user);
  EXPECT_EQ(configured.oauth.audiences, config.oauth.audiences);
  EXPECT_EQ(configured.oauth.introspection_ms_max, config.oauth.introspection_ms_max);

  auto check = round_trip(CheckPassword{"alice", "s3\0cret", {"192.0.2.0/24"}});
  EXPECT_EQ(std::get<CheckPassword>(check).name, "alice");
  EXPECT_EQ(std::get<CheckPassword>(check).origin.address_block, "192.0.2.0/24");
  ScramStart scram{sasl::ScramHash::sha_1, true, "n,,n=a,r=b", {{"tls-exporter", "data"}, {"tls-unique", "more"}}};
  auto start = std::get<StartScram>(round_trip(StartScram{scram, {"unix"}})).start;
  EXPECT_EQ(start.hash, sasl::ScramHash::sha_1);
  EXPECT_TRUE(start.plus);
  EXPECT_EQ(start.bindings.at(1).data, "more");
  auto token = std::get<CheckToken>(round_trip(CheckToken{{"alice", "s3cret"}, {"unix"}}));
  EXPECT_EQ(token.shown.token.view(), "s3cret");
  auto shown = [](Credential c) {
    return std::get<CheckCredential>(round_trip(CheckCredential{c, {"unix"}})).credential;
  };
  EXPECT_EQ(std::get<CertifiedName>(shown(CertifiedName{"alice"})).name, "alice");
  EXPECT_EQ(std::get<CramAnswer>(shown(CramAnswer{"alice", "<1@x>", "digest"})).challenge, "<1@x>");
  EXPECT_TRUE(std::holds_alternative<Nobody>(shown(Nobody{})));
  EXPECT_EQ(std::get<FinishScram>(round_trip(FinishScram{99, "final"})).conversation, 99U);
  EXPECT_EQ(std::get<FindUser>(round_trip(FindUser{"alice"})).name, "alice");
  auto add = round_trip(AddUser{"alice", AccountId(7), "s3cret"});
  EXPECT_EQ(std::get<AddUser>(add).account, AccountId(7));
  EXPECT_EQ(std::get<AddUser>(add).password.view(), "s3cret");
  EXPECT_EQ(std::get<SetPassword>(round_trip(SetPassword{"alice", "n3w"})).password.view(), "n3w");
  EXPECT_TRUE(std::get<SetDisabled>(round_trip(SetDisabled{"alice", true})).disabled);
  EXPECT_EQ(std::get<RemoveUser>(round_trip(RemoveUser{"alice"})).name, "alice");
  EXPECT_EQ(std::get<ListUsers>(round_trip(ListUsers{"alice"})).after, "alice");
  EXPECT_EQ(std::get<AddAppPassword>(round_trip(AddAppPassword{"alice", "Phone"})).device, "Phone");
  EXPECT_EQ(std::get<ListAppPasswords>(round_trip(ListAppPasswords{"alice"})).name, "alice");
  EXPECT_EQ(std::get<RemoveAppPassword>(round_trip(RemoveAppPassword{"alice", "Phone"})).device, "Phone");
}

TEST(Protocol, CarriesEveryAnswer) {
  UserInfo info{"alice", AccountId(7), {-5}, true};
  Policy policy{.plain = true, .scram_sha_256 = true, .external = true};
  EXPECT_EQ(round_trip(Reply{policy, Answer{}}).policy, policy);
  auto answer = [&](Answer a) { return *round_trip(Reply{policy, std::move(a)}).answer; };
  EXPECT_EQ(std::get<Login>(answer(Login{AccountId(7), "alice"})).name, "alice");
  EXPECT_TRUE(std::get<Login>(answer(Login{AccountId(7), "guest", true})).read_only);
  Login by_phone{AccountId(7), "alice", false, "Phone", UINT64_MAX};
  EXPECT_EQ(std::get<Login>(answer(by_phone)), by_phone);
  AppPasswordInfo app{"Phone", {1'700'000'000}, 20'000, 1234};
  EXPECT_EQ(std::get<AppPasswordInfo>(answer(app)), app);
  EXPECT_EQ(std::get<std::vector<AppPasswordInfo>>(answer(std::vector{app})), std::vector{app});
  Answer made = answer(NewAppPassword{app, "s3cret"});
  EXPECT_EQ(std::get<NewAppPassword>(made).info, app);
  EXPECT_EQ(std::get<NewAppPassword>(made).password.view(), "s3cret");
  EXPECT_EQ(std::get<TokenAnswer>(answer(TokenAnswer{std::nullopt, "why"})).why, "why");
  EXPECT_EQ(std::get<ScramStep>(answer(ScramStep{5, "first"})).message, "first");
  EXPECT_EQ(std::get<ScramLogin>(answer(ScramLogin{{AccountId(7), "alice"}, "final"})).login.account, AccountId(7));
  EXPECT_EQ(std::get<UserInfo>(answer(info)), info);
  EXPECT_EQ(std::get<std::optional<UserInfo>>(answer(std::optional(info))), info);
  EXPECT_EQ(std::get<std::optional<UserInfo>>(answer(std::optional<UserInfo>())), std::nullopt);
  EXPECT_EQ(std::get<std::vector<UserInfo>>(answer(std::vector{info, info})).size(), 2U);
  EXPECT_TRUE(std::get<std::vector<UserInfo>>(answer(std::vector<UserInfo>())).empty());
  Error error{Error::Kind::no, Code::in_use, "Another process has it."};
  EXPECT_EQ(round_trip(Reply{policy, std::unexpected(error)}).answer.error(), error);
}

TEST(Protocol, RefusesValuesThatAreNone) {
  Secret disabled = encode(1, SetDisabled{"a", true});
  std::string wrong(disabled.view());
  wrong.back() = 2;
  EXPECT_FALSE(decode_request(wrong));
  EXPECT_FALSE(decode_request(std::string("\x01\xff", 2)));
  Bytes reply(encode(1, Reply{{}, std::unexpected(Error{Error::Kind::no, Code::none, ""})}).view());
  for (size_t i = 0; i < reply.size(); ++i) {
    std::string mutated = reply;
    mutated[i] = '\x7f';
    decode_reply(mutated);
  }
}

TEST(Protocol, AllocatesNothingForALie) {
  std::string list("\x01\x01\x00\x01\x06\xff\xff\xff\xff\x0f", 10);
  EXPECT_FALSE(decode_reply(list));
}

}  // namespace
}  // namespace roost::auth::protocol
