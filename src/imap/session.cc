#include "imap/session.h"

#include "imap/base64.h"
#include "imap/parser.h"

namespace roost::imap {

Result<Login> parse_login(Parser& in) {
  in.hide_input();
  Login login;
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(login.user, in.astring("a user name"));
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(login.password, in.astring("a password"));
  ROOST_TRY_VOID(in.end());
  return login;
}

// initial-resp = base64 / "="     RFC 4959 7; "=" is empty
Result<Authenticate> parse_authenticate(Parser& in) {
  in.hide_input();
  Authenticate out;
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(BytesView mechanism, in.atom("a mechanism"));
  out.mechanism = to_upper(mechanism);
  if (in.at_end()) return out;
  if (!in.dialect().sasl_ir) return in.wrong("an initial response is not allowed");
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(BytesView response, in.atom("an initial response"));
  ROOST_TRY_VOID(in.end());
  if (response == "=") response = {};
  Result<Bytes> octets = decode_base64(response);
  if (!octets) return in.wrong("the initial response is not base64");
  out.initial_response = *std::move(octets);
  return out;
}

Result<Enable> parse_enable(Parser& in) {
  Enable enable;
  do {
    ROOST_TRY_VOID(in.space());
    ROOST_TRY(BytesView capability, in.atom("a capability"));
    if (enable.capabilities.size() < Enable::kCapabilitiesMax) enable.capabilities.push_back(to_upper(capability));
  } while (!in.at_end());
  return enable;
}

// id_params_list = "(" *(string SP nstring) ")" / nil     RFC 2971 4; what exceeds its limits is left out
Result<Id> parse_id(Parser& in) {
  Id id;
  ROOST_TRY_VOID(in.space());
  if (!in.take_word("NIL")) {
    ROOST_TRY_VOID(in.expect('(', "NIL or '('"));
    bool more = !in.take(')');
    while (more) {
      ROOST_TRY(Bytes name, in.string("a field's name"));
      ROOST_TRY_VOID(in.space());
      ROOST_TRY(std::optional<Bytes> value, in.nstring("a field's value"));
      more = in.take(' ');
      if (!more) ROOST_TRY_VOID(in.expect(')', "')' after the fields"));
      bool fits = id.fields.size() < Id::kFieldsMax && name.size() <= Id::kFieldBytesMax &&
                  (!value || value->size() <= Id::kValueBytesMax);
      if (fits) id.fields.emplace_back(std::move(name), std::move(value));
    }
  }
  ROOST_TRY_VOID(in.end());
  return id;
}

Result<Compress> parse_compress(Parser& in) {
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(BytesView algorithm, in.atom("an algorithm"));
  ROOST_TRY_VOID(in.end());
  return Compress{to_upper(algorithm)};
}

}  // namespace roost::imap
