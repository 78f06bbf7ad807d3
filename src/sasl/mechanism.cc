#include "sasl/mechanism.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "sasl/cram_md5.h"
#include "sasl/oauth_messages.h"

namespace roost::sasl {
namespace {

Fail over() { return bad("The exchange is over."); }

// RFC 4616 2: message = [authzid] NUL authcid NUL passwd, in one message, of which none but the first part is empty.
class Plain : public Mechanism {
  Result<Step> take(BytesView response) override {
    size_t first = response.find('\0');
    size_t second = first == BytesView::npos ? first : response.find('\0', first + 1);
    if (second == BytesView::npos || response.find('\0', second + 1) != BytesView::npos) return malformed();
    BytesView name = response.substr(first + 1, second - first - 1);
    BytesView password = response.substr(second + 1);
    if (name.empty() || password.empty()) return malformed();
    return CheckPassword{Bytes(response.substr(0, first)), Bytes(name), Secret(password)};
  }

  static Fail malformed() { return bad("Malformed PLAIN message."); }
};

// draft-murchison-sasl-login: two questions, whose words nobody reads but some clients compare. An initial response
// is the name.
class TwoQuestions : public Mechanism {
  Result<Step> take(BytesView response) override {
    if (response.empty() || response.find('\0') != BytesView::npos) return bad("Malformed LOGIN message.");
    if (!name_) {
      name_ = Bytes(response);
      return Challenge{"Password"};
    }
    return CheckPassword{{}, std::move(*name_), Secret(response)};
  }

  Challenge first_question() const override { return {"User Name"}; }
  bool asks_first() const override { return true; }

  std::optional<Bytes> name_;
};

// RFC 5802 5. In IMAP the server-final message is one more challenge, which the client answers with an empty line
// (RFC 4422 3.6, 5 2b).
class Scram : public Mechanism {
 public:
  Scram(ScramHash hash, bool plus) : hash_(hash), plus_(plus) {}

 private:
  enum class State : uint8_t { expects_first, asks_first, expects_final, asks_final, expects_empty };

  Result<Step> take(BytesView response) override {
    switch (state_) {
      case State::expects_first: state_ = State::asks_first; return StartScram{hash_, plus_, Bytes(response)};
      case State::expects_final: state_ = State::asks_final; return FinishScram{Bytes(response)};
      case State::expects_empty:
        if (!response.empty()) return bad("Expected an empty response.");
        return Finished{};
      case State::asks_first:
      case State::asks_final: break;
    }
    return over();
  }

  Result<Step> answer(Bytes message) override {
    if (state_ != State::asks_first && state_ != State::asks_final) return over();
    state_ = state_ == State::asks_first ? State::expects_final : State::expects_empty;
    return Challenge{std::move(message)};
  }

  ScramHash hash_;
  bool plus_;
  State state_ = State::expects_first;
};

// RFC 4422 A.1: one message, the identity to act as, or nothing.
class External : public Mechanism {
  Result<Step> take(BytesView response) override {
    if (response.find('\0') != BytesView::npos || !is_valid_utf8(response)) return bad("Malformed EXTERNAL message.");
    return CheckCertificate{Bytes(response)};
  }
};

// RFC 4505 2: one message, [ email / token ], a token of up to 255 characters.
class Anonymous : public Mechanism {
  static constexpr size_t kTraceBytesMax = 255 * 4;

  Result<Step> take(BytesView response) override {
    bool is_control = std::ranges::any_of(response, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
    if (response.size() > kTraceBytesMax || is_control || !is_valid_utf8(response))
      return bad("Malformed ANONYMOUS message.");
    return EnterAnonymously{Bytes(response)};
  }
};

// RFC 2195 2: the server's challenge, then the client's name and digest.
class CramMd5 : public Mechanism {
 public:
  explicit CramMd5(BytesView challenge) : challenge_(challenge) {}

 private:
  Result<Step> take(BytesView response) override {
    std::optional<CramResponse> parsed = parse_cram_response(response);
    if (!parsed) return bad("Malformed CRAM-MD5 message.");
    return CheckCram{std::move(parsed->name), std::move(parsed->digest)};
  }

  Challenge first_question() const override { return {challenge_}; }
  bool asks_first() const override { return true; }

  Bytes challenge_;
};

// OAUTHBEARER and XOAUTH2: one message, which `parse` reads.
class Oauth : public Mechanism {
 public:
  using Parse = std::optional<OauthRequest> (*)(BytesView message);
  explicit Oauth(Parse parse) : parse_(parse) {}

 private:
  Result<Step> take(BytesView response) override {
    std::optional<OauthRequest> request = parse_(response);
    if (!request) return bad("Malformed OAuth message.");
    return CheckToken{std::move(request->name), std::move(request->token)};
  }

  size_t response_bytes_max() const override { return kOauthMessageBytesMax; }

  Parse parse_;
};

bool equal_ignoring_case(std::string_view a, std::string_view upper) {
  auto to_upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return std::ranges::equal(a, upper, {}, to_upper);
}

// After these the mechanism has nothing more to say.
bool is_last(const Step& step) {
  return !std::holds_alternative<Challenge>(step) && !std::holds_alternative<StartScram>(step) &&
         !std::holds_alternative<FinishScram>(step);
}

std::unique_ptr<Mechanism> make_scram(std::string_view name) {
  if (equal_ignoring_case(name, "SCRAM-SHA-256")) return std::make_unique<Scram>(ScramHash::sha_256, false);
  if (equal_ignoring_case(name, "SCRAM-SHA-256-PLUS")) return std::make_unique<Scram>(ScramHash::sha_256, true);
  if (equal_ignoring_case(name, "SCRAM-SHA-1")) return std::make_unique<Scram>(ScramHash::sha_1, false);
  if (equal_ignoring_case(name, "SCRAM-SHA-1-PLUS")) return std::make_unique<Scram>(ScramHash::sha_1, true);
  return nullptr;
}

}  // namespace

// Holds for all: a limit, an end, and at most one absent response, the first.
Result<Step> Mechanism::step(std::optional<BytesView> response) {
  if (over_) return over();
  if (!response && !started_) {
    started_ = true;
    return first_question();
  }
  bool too_early = !started_ && asks_first();
  started_ = true;
  if (too_early) {
    over_ = true;
    return bad("The mechanism takes no initial response.");
  }
  Result<Step> next =
      response && response->size() <= response_bytes_max() ? take(*response) : bad("Malformed response.");
  over_ = !next || is_last(*next);
  return next;
}

Result<Step> Mechanism::answer(Bytes) { return over(); }

std::unique_ptr<Mechanism> make_mechanism(std::string_view name, BytesView challenge) {
  if (equal_ignoring_case(name, "PLAIN")) return std::make_unique<Plain>();
  if (equal_ignoring_case(name, "LOGIN")) return std::make_unique<TwoQuestions>();
  if (equal_ignoring_case(name, "EXTERNAL")) return std::make_unique<External>();
  if (equal_ignoring_case(name, "OAUTHBEARER")) return std::make_unique<Oauth>(parse_oauth_bearer);
  if (equal_ignoring_case(name, "XOAUTH2")) return std::make_unique<Oauth>(parse_xoauth2);
  if (equal_ignoring_case(name, "ANONYMOUS")) return std::make_unique<Anonymous>();
  if (equal_ignoring_case(name, "CRAM-MD5")) return std::make_unique<CramMd5>(challenge);
  return make_scram(name);
}

}  // namespace roost::sasl
