#include "message/field_names.h"

#include <algorithm>
#include <array>

#include "message/ascii.h"
#include "message/card.h"
#include "message/header.h"

namespace roost::message {
namespace {

struct KnownField {
  BytesView name;  // lower case
  FieldUse use = FieldUse::card;
};

constexpr FieldUse kBoth = FieldUse::card | FieldUse::envelope;

// What mail clients ask for to draw a list of messages (Thunderbird, Apple Mail, mutt, K-9, Roundcube, Alpine, aerc).
// Sorted by name. Taking a name away or adding one changes what cards say: raise kParserVersion.
constexpr auto kKnownFields = std::to_array<KnownField>({
    {"auto-submitted"},
    {"bcc", kBoth},
    {"cc", kBoth},
    {"chat-version"},
    {"content-class"},
    {"content-description", FieldUse::card | FieldUse::mime},
    {"content-disposition", FieldUse::card | FieldUse::mime},
    {"content-id", FieldUse::card | FieldUse::mime},
    {"content-language", FieldUse::card | FieldUse::mime},
    {"content-location", FieldUse::mime},
    {"content-md5", FieldUse::mime},
    {"content-transfer-encoding", FieldUse::card | FieldUse::mime},
    {"content-type", FieldUse::card | FieldUse::mime},
    {"date", kBoth},
    {"delivered-to"},
    {"disposition-notification-to"},
    {"envelope-to"},
    {"errors-to"},
    {"followup-to"},
    {"from", kBoth},
    {"importance"},
    {"in-reply-to", kBoth},
    {"keywords"},
    {"lines"},
    {"list-archive"},
    {"list-help"},
    {"list-id"},
    {"list-owner"},
    {"list-post"},
    {"list-subscribe"},
    {"list-unsubscribe"},
    {"list-unsubscribe-post"},
    {"mail-followup-to"},
    {"mail-reply-to"},
    {"message-id", kBoth},
    {"mime-version"},
    {"newsgroups"},
    {"organization"},
    {"path"},
    {"precedence"},
    {"priority"},
    {"references"},
    {"reply-to", kBoth},
    {"resent-date"},
    {"resent-from"},
    {"resent-to"},
    {"return-path"},
    {"return-receipt-to"},
    {"sender", kBoth},
    {"status"},
    {"subject", kBoth},
    {"to", kBoth},
    {"user-agent"},
    {"x-draft-info"},
    {"x-k9mail-identity"},
    {"x-label"},
    {"x-mailer"},
    {"x-mozilla-draft-info"},
    {"x-msmail-priority"},
    {"x-original-to"},
    {"x-priority"},
    {"x-spam-flag"},
    {"x-spam-score"},
    {"x-spam-status"},
    {"x-status"},
    {"x-uniform-type-identifier"},
    {"x-universally-unique-identifier"},
    {"xref"},
});
static_assert(std::ranges::is_sorted(kKnownFields, {}, &KnownField::name));

constexpr size_t kNameBytesMax = 32;

}  // namespace

FieldUse field_use(BytesView name) {
  if (name.size() > kNameBytesMax) return FieldUse::none;
  std::array<char, kNameBytesMax> buffer{};
  std::ranges::transform(name, buffer.begin(), lower);
  BytesView wanted(buffer.data(), name.size());
  auto found = std::ranges::lower_bound(kKnownFields, wanted, {}, &KnownField::name);
  return found != kKnownFields.end() && found->name == wanted ? found->use : FieldUse::none;
}

bool is_card_field(BytesView name) { return has_use(field_use(name), FieldUse::card); }

}  // namespace roost::message
