#include "message/envelope.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <vector>

#include "message/address.h"
#include "message/header.h"
#include "wire/string.h"

namespace roost::message {
namespace {

void write_address(Bytes& out, const Address& address, bool utf8) {
  out += '(';
  wire::write_nstring(out, address.name, utf8);
  out += ' ';
  wire::write_nstring(out, address.route, utf8);
  out += ' ';
  wire::write_nstring(out, address.mailbox, utf8);
  out += ' ';
  wire::write_nstring(out, address.host, utf8);
  out += ')';
}

// "(" 1*address ")" / nil
void write_addresses(Bytes& out, const std::vector<Address>& addresses, bool utf8) {
  if (addresses.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const Address& address : addresses) write_address(out, address, utf8);
  out += ')';
}

struct Envelope {
  std::optional<Bytes> date, subject, in_reply_to, message_id;
  std::vector<Address> from, sender, reply_to, to, cc, bcc;
};

struct TextMember {
  BytesView name;
  std::optional<Bytes> Envelope::* member;
};
struct AddressMember {
  BytesView name;
  std::vector<Address> Envelope::* member;
  bool joins;  // several fields count as one (RFC 5322 4.5.3)
};
constexpr std::array<TextMember, 4> kTexts = {{{"date", &Envelope::date},
                                               {"subject", &Envelope::subject},
                                               {"in-reply-to", &Envelope::in_reply_to},
                                               {"message-id", &Envelope::message_id}}};
constexpr std::array<AddressMember, 6> kAddresses = {{{"from", &Envelope::from, false},
                                                      {"sender", &Envelope::sender, false},
                                                      {"reply-to", &Envelope::reply_to, false},
                                                      {"to", &Envelope::to, true},
                                                      {"cc", &Envelope::cc, true},
                                                      {"bcc", &Envelope::bcc, true}}};

void read_field(Envelope& envelope, const Field& field) {
  for (const TextMember& text : kTexts) {
    if (!equals_ignoring_case(field.name, text.name)) continue;
    auto& member = envelope.*text.member;
    if (!member) member = unfold(field.value);
    return;
  }
  for (const AddressMember& list : kAddresses) {
    if (!equals_ignoring_case(field.name, list.name)) continue;
    auto& member = envelope.*list.member;
    if (!member.empty() && !list.joins) return;
    auto more = parse_addresses(field.value, kAddressCountMax - std::min(kAddressCountMax, member.size()));
    member.insert(member.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    return;
  }
}

}  // namespace

// envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
//            env-in-reply-to SP env-message-id ")"
void write_envelope(Bytes& out, BytesView header, bool utf8) {
  Envelope envelope;
  FieldIterator fields(header);
  while (auto field = fields.next()) read_field(envelope, *field);
  const auto& sender = envelope.sender.empty() ? envelope.from : envelope.sender;
  const auto& reply_to = envelope.reply_to.empty() ? envelope.from : envelope.reply_to;
  out += '(';
  wire::write_nstring(out, envelope.date, utf8);
  out += ' ';
  wire::write_nstring(out, envelope.subject, utf8);
  using List = const std::vector<Address>*;
  for (List list :
       {List(&envelope.from), &sender, &reply_to, List(&envelope.to), List(&envelope.cc), List(&envelope.bcc)}) {
    out += ' ';
    write_addresses(out, *list, utf8);
  }
  out += ' ';
  wire::write_nstring(out, envelope.in_reply_to, utf8);
  out += ' ';
  wire::write_nstring(out, envelope.message_id, utf8);
  out += ')';
}

}  // namespace roost::message
