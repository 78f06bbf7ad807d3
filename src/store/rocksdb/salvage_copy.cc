#include "store/rocksdb/salvage_copy.h"

#include <fmt/format.h>
#include <rocksdb/sst_file_reader.h>

#include "store/rocksdb/keys.h"
#include "store/rocksdb/requests.h"
#include "store/rocksdb/values.h"
#include "store/salvage.h"

namespace roost::store {
namespace {

constexpr size_t kBatchBytes = size_t{1} << 20;
// Account ids that may have been given out and are not known any more.
constexpr uint64_t kAccountsSkipped = 1'000'000;

constexpr std::array<const char*, kFamilies> kWhat = {
    "counters",  "records of the log",     "roots", "pages", "small bodies", "sizes of bodies", "names of things",
    "followers", "pages of search indexes"};

rocksdb::Slice slice(BytesView view) { return {view.data(), view.size()}; }

bool is_index_page(const keys::Pair& key, BytesView value) {
  if (key.number == 0) return values::decode_index_root(key.account, value).has_value();
  return values::decode_index_page(key.account, PageId(key.number), value).has_value();
}

bool is_value(Family family, BytesView key, BytesView value) {
  auto pair = keys::parse_pair(key);
  auto account = keys::parse_account(key);
  switch (family) {
    case Family::log: return pair && values::decode_record(pair->account, Position(pair->number), value);
    case Family::roots: return account && values::decode_root(*account, value);
    case Family::pages: return pair && values::decode_page(pair->account, PageId(pair->number), value);
    case Family::blobs: return pair.has_value();  // a body stays, and damaged
    case Family::sizes: return pair && values::decode_number(value);
    case Family::names: return values::decode_name(value).has_value();
    case Family::followers: return account && values::decode_number(value);
    case Family::index: return pair && is_index_page(*pair, value);
    case Family::meta: return values::decode_number(value).has_value();
  }
  return false;
}

bool is_of_accounts(Family family) { return family != Family::meta && family != Family::names; }

std::string place(Family family, const std::string& key, const char* otherwise) {
  if (key.empty()) return otherwise;
  if (auto pair = keys::parse_pair(key); pair && is_of_accounts(family)) {
    return fmt::format("number {} of account {}", pair->number, pair->account.value);
  }
  if (auto account = keys::parse_account(key); account && is_of_accounts(family)) {
    return fmt::format("account {}", account->value);
  }
  std::string shown;
  for (char c : key) shown += c >= ' ' && c <= '~' ? c : '?';
  return shown;
}

}  // namespace

bool is_sound(Tables& tables) {
  for (size_t i = 0; i < kFamilies; ++i) {
    auto family = static_cast<Family>(i);
    bool sound = true;
    auto visit = [&](BytesView key, BytesView value) { return sound = is_value(family, key, value); };
    if (!tables.scan(family, "", std::string(keys::account_end(AccountId(UINT64_MAX))), visit) || !sound) return false;
  }
  return true;
}

void SalvageCopy::note(const Gap& gap) {
  said_.push_back(fmt::format("the store: {} between {} and {} could not be read: {}",
                              kWhat[static_cast<size_t>(gap.family)], place(gap.family, gap.after, "the beginning"),
                              place(gap.family, gap.before, "the end"), gap.why));
  gaps_.push_back(gap);
}

Result<> SalvageCopy::write() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;  // closing it writes all to tables
  rocksdb::Status status = to_.db().Write(options, &batch_);
  batch_.Clear();
  return status.ok() ? Result<>() : status_error(status);
}

Result<> SalvageCopy::put(Family family, BytesView key, BytesView value) {
  batch_.Put(to_.family(family), slice(key), slice(value));
  return batch_.GetDataSize() < kBatchBytes ? Result<>() : write();
}

Result<> SalvageCopy::copy(Family family) {
  Result<> failed;
  auto visit = [&](BytesView key, BytesView value) {
    if (!failed) return;
    if (!is_value(family, key, value)) return note({family, std::string(key), std::string(key), "it is damaged"});
    if (is_of_accounts(family)) accounts_.insert(keys::parse_account(key)->value);
    failed = put(family, key, value);
    if (!failed || family != Family::blobs) return;
    if (auto size = values::blob_size(value)) failed = put(Family::sizes, key, values::encode_number(*size));
  };
  auto iterator = [&] {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    return std::unique_ptr<rocksdb::Iterator>(sound_.db().NewIterator(options, sound_.family(family)));
  };
  for (const Gap& gap : scan_around_damage(iterator, family, visit)) note(gap);
  return failed;
}

// What is in its sound blocks. Whether a newer value stands elsewhere, the whole database says.
Result<> SalvageCopy::copy_table(const DamagedTable& table) {
  rocksdb::SstFileReader reader(damaged_.db().GetOptions(damaged_.family(table.family)));
  rocksdb::Status opened = reader.Open(damaged_.db().GetName() + "/" + table.file);
  if (!opened.ok()) return status_error(opened);
  Result<> failed;
  auto visit = [&](BytesView key, BytesView) {
    auto value = damaged_.get(table.family, key);
    if (!failed || !value || !*value || !is_value(table.family, key, **value)) return;
    if (is_of_accounts(table.family)) accounts_.insert(keys::parse_account(key)->value);
    failed = put(table.family, key, **value);
  };
  auto iterator = [&] { return std::unique_ptr<rocksdb::Iterator>(reader.NewIterator(rocksdb::ReadOptions())); };
  for (const Gap& gap : scan_around_damage(iterator, table.family, visit)) note(gap);
  return failed;
}

// Bodies of a damaged table, whose keys those of the sizes are: RocksDB shows of such a table nothing by itself.
Result<> SalvageCopy::copy_bodies() {
  Result<> failed;
  uint64_t lost = 0;
  auto visit = [&](BytesView key, BytesView) {
    auto copied = to_.get(Family::blobs, key);
    if (copied && *copied) return true;
    auto value = damaged_.get(Family::blobs, key);
    if (value && *value) {
      failed = put(Family::blobs, key, **value);
    } else {
      ++lost;
    }
    return failed.has_value();
  };
  ROOST_TRY_VOID(write());
  ROOST_TRY_VOID(to_.scan(Family::sizes, "", keys::account_end(AccountId(UINT64_MAX)), visit));
  if (lost > 0) said_.push_back(fmt::format("the store: {} small bodies are lost", lost));
  return failed;
}

// The tail is without gaps: what follows one cannot be folded.
Result<> SalvageCopy::cut_log(AccountId account, uint64_t position) {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  rocksdb::Status status =
      to_.db().DeleteRange(options, to_.family(Family::log), keys::pair(account, position), keys::account_end(account));
  if (!status.ok()) return status_error(status);
  shortened_.insert(account.value);
  said_.push_back(
      fmt::format("account {}: a record is lost, and so is what follows, from record {} on", account.value, position));
  return {};
}

Result<> SalvageCopy::cut_logs() {
  for (uint64_t id : accounts_) {
    AccountId account(id);
    ROOST_TRY(auto root, to_.get(Family::roots, keys::account(account)));
    uint64_t expected = 1;
    if (root) {
      ROOST_TRY(auto stored, values::decode_root(account, *root));
      expected = stored.position.value + 1;
    }
    std::optional<uint64_t> stray;
    auto visit = [&](BytesView key, BytesView) {
      uint64_t position = keys::parse_pair(key)->number;
      if (position != expected++) stray = position;
      return !stray;
    };
    ROOST_TRY_VOID(to_.scan(Family::log, keys::pair(account, expected), keys::account_end(account), visit));
    if (stray) ROOST_TRY_VOID(cut_log(account, *stray));
  }
  return {};
}

// Whose log, or root, may have ended in the gap.
void SalvageCopy::note_accounts(const Gap& gap) {
  if (gap.family != Family::log && gap.family != Family::roots) return;
  auto first = keys::parse_account(gap.after);
  auto last = keys::parse_account(gap.before);
  for (uint64_t id : accounts_) {
    if ((!first || id >= first->value) && (!last || id <= last->value)) shortened_.insert(id);
  }
}

Result<> SalvageCopy::count_accounts() {
  ROOST_TRY(auto stored, to_.get(Family::meta, AccountIdRequest::key()));
  if (stored || accounts_.empty()) return {};
  uint64_t last = *accounts_.rbegin() + kAccountsSkipped;
  said_.push_back(fmt::format("the store: the number of accounts was lost; new ones begin at {}", last + 1));
  return put(Family::meta, AccountIdRequest::key(), values::encode_number(last));
}

Result<> SalvageCopy::leave_names() {
  for (uint64_t id : shortened_) {
    ROOST_TRY_VOID(put(Family::names, keys::name(kShortenedAccounts, std::to_string(id)), values::encode_name("")));
  }
  for (size_t i = 0; i < said_.size(); ++i) {
    ROOST_TRY_VOID(
        put(Family::names, keys::name(kSalvageFindings, fmt::format("{:06}", i)), values::encode_name(said_[i])));
  }
  return write();
}

Result<> SalvageCopy::run(const std::vector<DamagedTable>& tables) {
  for (const DamagedTable& table : tables) {
    if (table.family == Family::index) {
      said_.push_back(fmt::format("the store: {}, of the search indexes, was damaged; they are made anew", table.file));
    } else if (!table.opens) {
      note({table.family, table.first, table.last, table.file + ": " + table.why});
    }
  }
  // Not the search indexes: they are made anew of the messages that are left.
  for (Family family : {Family::meta, Family::roots, Family::log, Family::pages, Family::sizes, Family::blobs,
                        Family::names, Family::followers}) {
    ROOST_TRY_VOID(copy(family));
  }
  for (const DamagedTable& table : tables) {
    if (!table.opens || table.family == Family::blobs || table.family == Family::index) continue;
    ROOST_TRY_VOID(copy_table(table));
  }
  ROOST_TRY_VOID(copy_bodies());
  ROOST_TRY_VOID(write());
  for (const Gap& gap : gaps_) note_accounts(gap);
  ROOST_TRY_VOID(cut_logs());
  ROOST_TRY_VOID(count_accounts());
  if (said_.empty()) said_.emplace_back("the store: a table was damaged, and everything in it that is needed was not");
  return leave_names();
}

}  // namespace roost::store
