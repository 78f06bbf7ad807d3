#include "imap/quota.h"

#include <algorithm>
#include <array>

#include "imap/mailbox_name.h"
#include "imap/number.h"
#include "imap/parser.h"
#include "wire/string.h"

namespace roost::imap {
namespace {

constexpr std::array<std::string_view, 4> kResourceNames = {"STORAGE", "MESSAGE", "MAILBOX", "ANNOTATION-STORAGE"};

// resource-name = "STORAGE" / "MESSAGE" / "MAILBOX" / "ANNOTATION-STORAGE" / resource-name-ext
Result<QuotaResource> parse_resource(Parser& in) {
  ROOST_TRY(BytesView word, in.atom("a resource"));
  std::string name = to_upper(word);
  auto found = std::ranges::find(kResourceNames, name);
  if (found == kResourceNames.end()) return no(Code::cannot, "There is no quota for that resource here.");
  return static_cast<QuotaResource>(found - kResourceNames.begin());
}

// setquota-list = "(" [setquota-resource *(SP setquota-resource)] ")"
Result<> parse_limits(Parser& in, std::vector<SetQuota::Limit>& out) {
  ROOST_TRY_VOID(in.expect('(', "'(' before the limits"));
  if (in.take(')')) return {};
  do {
    SetQuota::Limit limit;
    ROOST_TRY(limit.resource, parse_resource(in));
    ROOST_TRY_VOID(in.space());
    ROOST_TRY(limit.limit, in.number64("a limit"));
    if (std::ranges::find(out, limit.resource, &SetQuota::Limit::resource) != out.end()) {
      return in.wrong("a resource has two limits");
    }
    out.push_back(limit);
  } while (in.take(' '));
  return in.expect(')', "')' after the limits");
}

}  // namespace

Result<GetQuota> parse_get_quota(Parser& in) {
  GetQuota out;
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.root, in.astring("a quota root"));
  ROOST_TRY_VOID(in.end());
  return out;
}

Result<GetQuotaRoot> parse_get_quota_root(Parser& in) {
  GetQuotaRoot out;
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.mailbox, in.mailbox());
  ROOST_TRY_VOID(in.end());
  return out;
}

Result<SetQuota> parse_set_quota(Parser& in) {
  SetQuota out;
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.root, in.astring("a quota root"));
  ROOST_TRY_VOID(in.space());
  ROOST_TRY_VOID(parse_limits(in, out.limits));
  ROOST_TRY_VOID(in.end());
  return out;
}

// quota-response = "QUOTA" SP quota-root-name SP quota-list     RFC 9208 7; 4.2.1: the list may be empty
void write_quota(Bytes& out, BytesView root, std::span<const QuotaState> states) {
  out += "* QUOTA ";
  wire::write_string(out, root);
  out += " (";
  for (const QuotaState& state : states) {
    if (!out.ends_with('(')) out += ' ';
    out += kResourceNames[static_cast<size_t>(state.resource)];
    out += ' ';
    write_number(out, state.usage);
    out += ' ';
    write_number(out, state.limit);
  }
  out += ")\r\n";
}

// quotaroot-response = "QUOTAROOT" SP mailbox *(SP quota-root-name)
void write_quota_root(Bytes& out, BytesView mailbox, std::span<const std::string> roots, bool utf8) {
  out += "* QUOTAROOT ";
  write_mailbox(out, mailbox, utf8);
  for (const std::string& root : roots) {
    out += ' ';
    wire::write_string(out, root);
  }
  out += "\r\n";
}

}  // namespace roost::imap
