#include "imapd/features.h"
#include "imapd/history_tree.h"

#include <array>
#include <set>

#include "imapd/features/all.h"
#include "imapd/server.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

// The order is that of CAPABILITY.
constexpr const Feature* kFeatures[] = {
    // clang-format off
    &kCapability,
    &kImap4Rev2,
    &kStartTls,
    &kLogin,
    &kAuthenticate,
    &kId,
    &kEnable,
    &kIdle,
    &kNamespace,
    &kList,
    &kListExtended,
    &kListStatus,
    &kListMetadata,
    &kListMyRights,
    &kLsub,
    &kStatus,
    &kSelect,
    &kClose,
    &kUnselect,
    &kCreate,
    &kDelete,
    &kRename,
    &kSubscribe,
    &kMetadata,
    &kNotify,
    &kAcl,
    &kApplePush,
    &kAppend,
    &kAppendLimit,
    &kCatenate,
    &kFetch,
    &kStore,
    &kSearch,
    &kEsearch,
    &kSearchres,
    &kWithin,
    &kPartial,
    &kMessageLimit,
    &kInProgress,
    &kSort,
    &kThread,
    &kQuota,
    &kStatusSize,
    &kSaveDate,
    &kCondstore,
    &kQresync,
    &kObjectId,
    &kPreview,
    &kBinary,
    &kUtf8Accept,
    &kUidOnly,
    &kUidBatches,
    &kExpunge,
    &kCopy,
    &kMove,
    &kReplace,
    &kCheck,
    &kUnauthenticate,
    &kCompress,
    &kNoop,
    &kLogout,
    // clang-format on
};

using Table = std::array<const CommandRow*, imap::kVerbCount>;

const Table& command_table() {
  static const Table table = [] {
    Table rows{};
    for (const Feature* feature : kFeatures) {
      for (const CommandRow& row : feature->commands) rows[static_cast<size_t>(row.verb)] = &row;
    }
    return rows;
  }();
  return table;
}

// What a capability promises: a command, or something that the parser accepts.
struct CommandPromise {
  std::string_view capability;
  imap::Verb verb;
};
constexpr CommandPromise kCommandPromises[] = {
    {"STARTTLS", imap::Verb::starttls},
    {"ID", imap::Verb::id},
    {"ENABLE", imap::Verb::enable},
    {"IDLE", imap::Verb::idle},
    {"NAMESPACE", imap::Verb::namespace_},
    {"UNSELECT", imap::Verb::unselect},
    {"UIDPLUS", imap::Verb::uid_expunge},
    {"MOVE", imap::Verb::move},
    {"MOVE", imap::Verb::uid_move},
    {"QUOTA", imap::Verb::get_quota},
    {"QUOTA", imap::Verb::get_quota_root},
    {"QUOTASET", imap::Verb::set_quota},
    {"REPLACE", imap::Verb::replace},
    {"REPLACE", imap::Verb::uid_replace},
    {"METADATA", imap::Verb::getmetadata},
    {"METADATA", imap::Verb::setmetadata},
    {"NOTIFY", imap::Verb::notify},
    {"XAPPLEPUSHSERVICE", imap::Verb::xapplepushservice},
    {"COMPRESS=DEFLATE", imap::Verb::compress},
    {"UIDBATCHES", imap::Verb::uid_batches},
    {"UNAUTHENTICATE", imap::Verb::unauthenticate},
    {"XLIST", imap::Verb::xlist},
    {"SORT", imap::Verb::sort},
    {"SORT", imap::Verb::uid_sort},
    {"ACL", imap::Verb::setacl},
    {"ACL", imap::Verb::myrights},
    {"THREAD=REFERENCES", imap::Verb::thread},
    {"THREAD=REFERENCES", imap::Verb::uid_thread},
};

struct GrammarPromise {
  std::string_view capability;
  bool imap::Dialect::* grammar;
};
constexpr GrammarPromise kGrammarPromises[] = {
    {"SASL-IR", &imap::Dialect::sasl_ir},
    {"MULTIAPPEND", &imap::Dialect::multiappend},
    {"CATENATE", &imap::Dialect::catenate},
    {"BINARY", &imap::Dialect::binary},
    {"SPECIAL-USE", &imap::Dialect::special_use},
    {"CREATE-SPECIAL-USE", &imap::Dialect::create_special_use},
    {"LIST-EXTENDED", &imap::Dialect::list_extended},
    {"LIST-STATUS", &imap::Dialect::list_status},
    {"LIST-METADATA", &imap::Dialect::list_metadata},
    {"LIST-MYRIGHTS", &imap::Dialect::list_my_rights},
    {"STATUS=SIZE", &imap::Dialect::status_size},
    {"QUOTA=RES-STORAGE", &imap::Dialect::status_deleted_storage},
    {"ESEARCH", &imap::Dialect::esearch},
    {"SEARCHRES", &imap::Dialect::searchres},
    {"WITHIN", &imap::Dialect::within},
    {"PARTIAL", &imap::Dialect::partial},
    {"SORT=DISPLAY", &imap::Dialect::sort_display},
    {"ESORT", &imap::Dialect::esort},
    {"UTF8=ACCEPT", &imap::Dialect::utf8_append},
    {"CONDSTORE", &imap::Dialect::condstore},
    {"QRESYNC", &imap::Dialect::qresync},
    {"OBJECTID", &imap::Dialect::objectid},
    {"SAVEDATE", &imap::Dialect::savedate},
    {"PREVIEW", &imap::Dialect::preview},
};

struct Found {
  std::set<std::string_view> capabilities;
  std::set<imap::Verb> verbs;
  imap::Dialect dialect;
};

Result<> add(Found& found, const Feature& feature) {
  std::string name(feature.name);
  for (const Capability& capability : feature.capabilities) {
    if (!found.capabilities.insert(capability.name).second) return bad(name + ": announced twice");
  }
  for (const CommandRow& row : feature.commands) {
    if (row.run == nullptr) return bad(name + ": a command without a handler");
    if (!found.verbs.insert(row.verb).second) {
      return bad(name + ": " + std::string(imap::verb_name(row.verb)) + " has two rows");
    }
  }
  for (auto grammar : feature.grammar) found.dialect.*grammar = true;
  if (!feature.enables.empty() && feature.enable == nullptr) return bad(name + ": ENABLE would do nothing");
  return {};
}

Result<> check_promises(const Found& found) {
  for (const CommandPromise& promise : kCommandPromises) {
    if (found.capabilities.contains(promise.capability) == found.verbs.contains(promise.verb)) continue;
    return bad(std::string(promise.capability) + " and its command disagree");
  }
  for (const GrammarPromise& promise : kGrammarPromises) {
    if (found.capabilities.contains(promise.capability) == found.dialect.*(promise.grammar)) continue;
    return bad(std::string(promise.capability) + " and its grammar disagree");
  }
  for (size_t i = 0; i < imap::kVerbCount; ++i) {
    auto verb = static_cast<imap::Verb>(i);
    if (!found.verbs.contains(verb)) return bad(std::string(imap::verb_name(verb)) + " has no row");
  }
  return {};
}

}  // namespace

std::span<const Feature* const> all_features() { return kFeatures; }

const CommandRow* find_command(imap::Verb verb) { return command_table()[static_cast<size_t>(verb)]; }

const imap::Dialect& dialect_of_features() {
  static const imap::Dialect dialect = [] {
    imap::Dialect all;
    for (const Feature* feature : kFeatures) {
      for (auto grammar : feature->grammar) all.*grammar = true;
    }
    return all;
  }();
  return dialect;
}

std::vector<std::string> capabilities_of(const Session& session) {
  std::vector<std::string> names;
  auto state = static_cast<uint8_t>(session.state());
  for (const Feature* feature : kFeatures) {
    for (const Capability& capability : feature->capabilities) {
      bool here = (capability.states & state) != 0;
      if (here && (capability.offered == nullptr || capability.offered(session))) names.emplace_back(capability.name);
    }
    if (feature->announce != nullptr) feature->announce(session, names);
  }
  return names;
}

Result<> check_features(std::span<const Feature* const> features) {
  Found found;
  for (const Feature* feature : features) ROOST_TRY_VOID(add(found, *feature));
  return check_promises(found);
}

Result<> check_imapd(const ImapdConfig& config) {
  ROOST_TRY_VOID(check_features(kFeatures));
  if (config.batch_bodies == 0 || config.body_piece_bytes == 0 || config.batch_bytes == 0) {
    return bad("imap: batches cannot be empty");
  }
  // RFC 9738 3
  if (config.messages_per_command_max != 0 && config.messages_saved_max != 0) {
    return bad("imap.messages_saved_max: imap.messages_per_command_max limits COPY and APPEND already");
  }
  if (!config.history_tree.empty() && !is_history_name(config.history_tree)) {
    return bad("imap.history_tree: one level of a mailbox's name, which stands for nothing else");
  }
  // RFC 9051 5.4
  if (config.autologout_ms < Millis(30 * 60'000)) return bad("imap.autologout_ms: half an hour at least");
  return {};
}

}  // namespace roost::imapd
