#include "store/rocksdb/log_reads.h"

#include <algorithm>

#include "store/rocksdb/heads.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/tables.h"
#include "store/rocksdb/values.h"

namespace roost::store {
namespace {

// Root and log as they were at one moment.
class Moment {
 public:
  explicit Moment(Tables& tables) : db_(tables.db()), snapshot_(db_.GetSnapshot()) {}
  Moment(const Moment&) = delete;
  Moment& operator=(const Moment&) = delete;
  ~Moment() { db_.ReleaseSnapshot(snapshot_); }
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
};

Result<values::StoredRoot> read_root(Tables& tables, AccountId account, const rocksdb::Snapshot* at) {
  ROOST_TRY(auto value, tables.get(Family::roots, keys::account(account), at));
  if (!value) return values::StoredRoot();
  return values::decode_root(account, *value);
}

struct Span {
  Position first;
  Position last;         // inclusive
  size_t bytes_max = 0;  // but at least one record; 0 is no limit
};

// The records of the span, up to the first that the limit leaves out.
Result<std::vector<LogRecord>> read_records(Tables& tables, AccountId account, Span span, const rocksdb::Snapshot* at) {
  std::vector<LogRecord> records;
  Result<> failed;
  size_t bytes = 0;
  auto visit = [&](BytesView key, BytesView value) {
    auto parsed = keys::parse_pair(key);
    if (!parsed) {
      failed = fault("a log key is damaged", Code::corruption);
      return false;
    }
    auto record = values::decode_record(account, Position(parsed->number), value);
    if (!record) {
      failed = Fail(record.error());
      return false;
    }
    bytes += record->record.size();
    if (span.bytes_max != 0 && bytes > span.bytes_max && !records.empty()) return false;
    records.push_back(*std::move(record));
    return true;
  };
  std::string end =
      span.last.next() == Position() ? keys::account_end(account) : keys::pair(account, span.last.value + 1);
  ROOST_TRY_VOID(tables.scan(Family::log, keys::pair(account, span.first.value), end, visit, at));
  if (!failed) return Fail(failed.error());
  return records;
}

constexpr Position kEnd = Position(UINT64_MAX);

// The tail is without gaps: one would mean that an acknowledged record is gone.
Result<std::vector<LogRecord>> read_tail(Tables& tables, AccountId account, Position after,
                                         const rocksdb::Snapshot* at) {
  ROOST_TRY(auto records, read_records(tables, account, {after.next(), kEnd, 0}, at));
  for (const LogRecord& record : records) {
    if (record.position != after.next()) return fault("a log record is missing", Code::corruption);
    after = record.position;
  }
  return records;
}

Position last_of(const std::vector<LogRecord>& tail, Position otherwise) {
  return tail.empty() ? otherwise : tail.back().position;
}

}  // namespace

Result<Opened> read_account(Engine& engine, AccountId account) {
  uint64_t epoch = engine.heads().epoch();
  Moment moment(engine.tables());
  ROOST_TRY(auto root, read_root(engine.tables(), account, moment.get()));
  Opened opened{root.generation, root.position, std::move(root.data), {}, false};
  ROOST_TRY(opened.tail, read_tail(engine.tables(), account, root.position, moment.get()));
  engine.heads().offer(account, {last_of(opened.tail, root.position), root.generation, root.position}, epoch);
  return opened;
}

Result<Opened> read_since(Engine& engine, AccountId account, Position position) {
  Moment moment(engine.tables());
  ROOST_TRY(auto root, read_root(engine.tables(), account, moment.get()));
  Opened opened{root.generation, root.position, {}, {}, false};
  opened.reopen = position < root.position;
  if (opened.reopen) return opened;
  ROOST_TRY(opened.tail, read_tail(engine.tables(), account, position, moment.get()));
  if (opened.tail.empty() && position > root.position) {
    // Nothing new, or a position that is no longer the log's: the account was deleted and begun again.
    ROOST_TRY(auto stored, engine.tables().get(Family::log, keys::pair(account, position.value), moment.get()));
    opened.reopen = !stored;
  }
  return opened;
}

Result<std::vector<LogRecord>> read_history(Engine& engine, AccountId account, Position after, size_t bytes_max) {
  Moment moment(engine.tables());
  ROOST_TRY(auto root, read_root(engine.tables(), account, moment.get()));
  if (after >= root.position) return std::vector<LogRecord>();
  return read_records(engine.tables(), account, {after.next(), root.position, std::max<size_t>(1, bytes_max)},
                      moment.get());
}

Result<std::vector<Bytes>> read_pages(Engine& engine, AccountId account, const std::vector<PageId>& pages) {
  std::vector<std::string> keys;
  keys.reserve(pages.size());
  for (PageId page : pages) keys.push_back(keys::pair(account, page.value));
  auto found = engine.tables().get_many(Family::pages, keys);
  std::vector<Bytes> out;
  out.reserve(pages.size());
  for (size_t i = 0; i < pages.size(); ++i) {
    if (!found[i]) return std::unexpected(found[i].error());
    if (!*found[i]) return fault("a page is missing", Code::corruption);
    ROOST_TRY(Bytes page, values::decode_page(account, pages[i], (*found[i])->ToStringView()));
    out.push_back(std::move(page));
  }
  return out;
}

Result<std::vector<PageId>> read_page_ids(Engine& engine, AccountId account) {
  std::vector<PageId> out;
  auto visit = [&](BytesView key, BytesView) {
    if (auto parsed = keys::parse_pair(key)) out.emplace_back(parsed->number);
    return true;
  };
  ROOST_TRY_VOID(engine.tables().scan(Family::pages, keys::account(account), keys::account_end(account), visit));
  return out;
}

namespace {

// One seek for each account, however long its log is.
Result<> add_accounts(Tables& tables, Family family, std::vector<AccountId>& out) {
  rocksdb::ReadOptions options;
  std::unique_ptr<rocksdb::Iterator> it(tables.db().NewIterator(options, tables.family(family)));
  it->SeekToFirst();
  while (it->Valid()) {
    auto account = keys::parse_account(it->key().ToStringView());
    if (!account) return fault("a key is damaged", Code::corruption);
    out.push_back(*account);
    it->Seek(keys::account_end(*account));
  }
  if (!it->status().ok()) return status_error(it->status());
  return {};
}

}  // namespace

Result<std::vector<AccountId>> read_accounts(Engine& engine) {
  std::vector<AccountId> out;
  ROOST_TRY_VOID(add_accounts(engine.tables(), Family::roots, out));
  ROOST_TRY_VOID(add_accounts(engine.tables(), Family::log, out));
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

}  // namespace roost::store
