// Each struct's fields are listed once, in fields(), for both directions.
#include "auth/protocol.h"

#include <array>
#include <type_traits>
#include <utility>

namespace roost::auth::protocol {
namespace {

constexpr uint8_t kKinds = static_cast<uint8_t>(Error::Kind::closed) + 1;
constexpr uint8_t kCodes = static_cast<uint8_t>(Code::unknown_cte) + 1;

template <class T>
void fields(auto& io, T& value);

class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}

  void operator()(const auto&... values) { (put(values), ...); }

 private:
  void put(bool v) { out_.u8(v ? 1 : 0); }
  void put(uint32_t v) { out_.varint(v); }
  void put(uint64_t v) { out_.varint(v); }
  void put(int64_t v) { out_.zigzag(v); }
  void put(const std::string& v) { out_.bytes(v); }
  void put(const Secret& v) { out_.bytes(v.view()); }
  void put(std::monostate) {}
  template <class T>
    requires std::is_enum_v<T>
  void put(T v) {
    out_.u8(static_cast<uint8_t>(v));
  }
  template <class T>
  void put(const std::optional<T>& v) {
    put(v.has_value());
    if (v) put(*v);
  }
  template <class T>
  void put(const std::vector<T>& v) {
    out_.varint(v.size());
    for (const T& item : v) put(item);
  }
  template <class... Ts>
  void put(const std::variant<Ts...>& v) {
    out_.u8(static_cast<uint8_t>(v.index()));
    std::visit([this](const auto& alternative) { this->put(alternative); }, v);
  }
  template <class T>
    requires std::is_class_v<T>
  void put(const T& v) {
    fields(*this, v);
  }

  Encoder out_;
};

class Reader {
 public:
  explicit Reader(BytesView in) : in_(in) {}

  void operator()(auto&... values) { (get(values), ...); }
  Result<> finish() const { return in_.finish("auth message"); }
  void fail() { in_.fail(); }

 private:
  void get(bool& v) {
    uint8_t octet = in_.u8();
    if (octet > 1) in_.fail();
    v = octet == 1;
  }
  void get(uint32_t& v) {
    uint64_t wide = in_.varint();
    if (wide > UINT32_MAX) in_.fail();
    v = static_cast<uint32_t>(wide);
  }
  void get(uint64_t& v) { v = in_.varint(); }
  void get(int64_t& v) { v = in_.zigzag(); }
  void get(std::string& v) { v = in_.bytes(); }
  void get(Secret& v) { v = Secret(in_.bytes()); }
  void get(std::monostate&) {}
  void get(Scheme& v) { get_enum(v, 2); }
  void get(sasl::ScramHash& v) { get_enum(v, 2); }
  void get(Error::Kind& v) { get_enum(v, kKinds); }
  void get(Code& v) { get_enum(v, kCodes); }
  template <class T>
  void get_enum(T& v, uint8_t count) {
    uint8_t octet = in_.u8();
    if (octet >= count) in_.fail();
    v = in_.failed() ? T{} : static_cast<T>(octet);
  }
  template <class T>
  void get(std::optional<T>& v) {
    bool present = false;
    get(present);
    if (present) get(v.emplace());
  }
  template <class T>
  void get(std::vector<T>& v) {
    uint64_t count = in_.count(4);
    v.clear();  // of what a default put there
    for (uint64_t i = 0; i < count && !in_.failed(); ++i) get(v.emplace_back());
  }
  template <class... Ts>
  void get(std::variant<Ts...>& v) {
    uint8_t index = in_.u8();
    if (index >= sizeof...(Ts)) return in_.fail();
    [this, &v, index]<size_t... I>(std::index_sequence<I...>) {
      ((I == index ? this->get(v.template emplace<I>()) : void()), ...);
    }(std::index_sequence_for<Ts...>{});
  }
  template <class T>
    requires std::is_class_v<T>
  void get(T& v) {
    fields(*this, v);
  }

  Decoder in_;
};

template <class T, class Of>
concept Is = std::same_as<std::remove_const_t<T>, Of>;

void list(auto& io, Is<AccountId> auto& v) { io(v.value); }
void list(auto& io, Is<WallTime> auto& v) { io(v.seconds); }
void list(auto& io, Is<Login> auto& v) { io(v.account, v.name, v.read_only, v.device, v.app_password_id); }
void list(auto& io, Is<Origin> auto& v) { io(v.address_block); }
void list(auto& io, Is<ChannelBinding> auto& v) { io(v.type, v.data); }
void list(auto& io, Is<ScramStart> auto& v) { io(v.hash, v.plus, v.client_first, v.bindings); }
void list(auto& io, Is<ShownToken> auto& v) { io(v.name, v.token); }
void list(auto& io, Is<TokenAnswer> auto& v) { io(v.login, v.why); }
void list(auto& io, Is<CertifiedName> auto& v) { io(v.name); }
void list(auto& io, Is<CramAnswer> auto& v) { io(v.name, v.challenge, v.digest); }
void list(auto&, Is<Nobody> auto&) {}
void list(auto& io, Is<ScramStep> auto& v) { io(v.conversation, v.message); }
void list(auto& io, Is<ScramLogin> auto& v) { io(v.login, v.message); }
void list(auto& io, Is<UserInfo> auto& v) { io(v.name, v.account, v.created, v.disabled); }
void list(auto& io, Is<AppPasswordInfo> auto& v) { io(v.device, v.created, v.used_day, v.id); }
void list(auto& io, Is<NewAppPassword> auto& v) { io(v.info, v.password); }
void list(auto& io, Is<Policy> auto& v) {
  io(v.plain, v.scram_sha_256, v.scram_sha_1, v.cram_md5, v.external, v.anonymous, v.oauth);
}
void list(auto& io, Is<Error> auto& v) { io(v.kind, v.code, v.text); }
void list(auto& io, Is<OauthConfig> auto& v) {
  io(v.keys_file, v.issuer, v.audiences, v.algorithms, v.scope, v.name_claim, v.clock_skew_s_max, v.discovery_url);
  io(v.introspection_url, v.introspection_client_id, v.introspection_secret_file, v.introspection_authorities_file);
  io(v.introspection_ms_max);
}
void list(auto& io, Is<Config> auto& v) {
  io(v.directory, v.user, v.scheme, v.iterations, v.hash_threads, v.hash_queue_max, v.cached_logins_max);
  io(v.cached_login_s_max, v.throttle_entries_max, v.throttle, v.sandbox, v.scram_sha_1, v.cram_md5, v.external);
  io(v.anonymous_user, v.oauth);
}
void list(auto& io, Is<Configure> auto& v) { io(v.config); }
void list(auto& io, Is<CheckPassword> auto& v) { io(v.name, v.password, v.origin); }
void list(auto& io, Is<CheckCredential> auto& v) { io(v.credential, v.origin); }
void list(auto& io, Is<CheckToken> auto& v) { io(v.shown, v.origin); }
void list(auto& io, Is<StartScram> auto& v) { io(v.start, v.origin); }
void list(auto& io, Is<FinishScram> auto& v) { io(v.conversation, v.client_final); }
void list(auto& io, Is<FindUser> auto& v) { io(v.name); }
void list(auto& io, Is<AddUser> auto& v) { io(v.name, v.account, v.password); }
void list(auto& io, Is<SetPassword> auto& v) { io(v.name, v.password); }
void list(auto& io, Is<SetDisabled> auto& v) { io(v.name, v.disabled); }
void list(auto& io, Is<RemoveUser> auto& v) { io(v.name); }
void list(auto& io, Is<ListUsers> auto& v) { io(v.after); }
void list(auto& io, Is<AddAppPassword> auto& v) { io(v.name, v.device); }
void list(auto& io, Is<ListAppPasswords> auto& v) { io(v.name); }
void list(auto& io, Is<RemoveAppPassword> auto& v) { io(v.name, v.device); }

template <class T>
void fields(auto& io, T& value) {
  list(io, value);
}

}  // namespace

Secret encode(uint64_t id, const Request& request) {
  Bytes out;
  out.reserve(8192);  // no password is left behind in a buffer that was outgrown
  Writer writer(out);
  writer(id, request);
  return Secret(std::move(out));
}

Secret encode(uint64_t id, const Reply& reply) {
  Bytes out;
  out.reserve(1024);  // as above
  Writer writer(out);
  writer(id, reply.policy, reply.answer.has_value());
  if (reply.answer) {
    writer(*reply.answer);
  } else {
    writer(reply.answer.error());
  }
  return Secret(std::move(out));
}

Result<Numbered<Request>> decode_request(BytesView message) {
  Numbered<Request> out;
  Reader reader(message);
  reader(out.id, out.body);
  ROOST_TRY_VOID(reader.finish());
  return out;
}

Result<Numbered<Reply>> decode_reply(BytesView message) {
  Numbered<Reply> out;
  Reader reader(message);
  bool answered = false;
  reader(out.id, out.body.policy, answered);
  if (answered) {
    reader(*out.body.answer);
  } else {
    Error error;
    reader(error);
    out.body.answer = std::unexpected(std::move(error));
  }
  ROOST_TRY_VOID(reader.finish());
  return out;
}

}  // namespace roost::auth::protocol
