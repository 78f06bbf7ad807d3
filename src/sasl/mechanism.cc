#include "sasl/mechanism.h"

#include <algorithm>
#include <utility>

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
  enum class State : uint8_t { expects_first, asks_first, expects_final, asks_final, expects_empty };

  Result<Step> take(BytesView response) override {
    switch (state_) {
      case State::expects_first: state_ = State::asks_first; return StartScram{Bytes(response)};
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

  State state_ = State::expects_first;
};

bool equal_ignoring_case(std::string_view a, std::string_view upper) {
  auto to_upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return std::ranges::equal(a, upper, {}, to_upper);
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
      response && response->size() <= kSaslMessageBytesMax ? take(*response) : bad("Malformed response.");
  over_ = !next || std::holds_alternative<CheckPassword>(*next) || std::holds_alternative<Finished>(*next);
  return next;
}

Result<Step> Mechanism::answer(Bytes) { return over(); }

std::unique_ptr<Mechanism> make_mechanism(std::string_view name) {
  if (equal_ignoring_case(name, "PLAIN")) return std::make_unique<Plain>();
  if (equal_ignoring_case(name, "LOGIN")) return std::make_unique<TwoQuestions>();
  if (equal_ignoring_case(name, "SCRAM-SHA-256")) return std::make_unique<Scram>();
  return nullptr;
}

}  // namespace roost::sasl
