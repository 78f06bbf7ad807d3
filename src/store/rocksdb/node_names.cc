// Accounts, names, followers and space.
#include "store/rocksdb/blob_files.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/log_reads.h"
#include "store/rocksdb/node.h"
#include "store/rocksdb/requests.h"
#include "store/rocksdb/values.h"

namespace roost::store {
namespace {

constexpr size_t kNameBytesMax = 1000;  // of a space and its name together, and of a follower's name

Result<std::string> name_key(std::string_view space, std::string_view name) {
  if (space.find('\0') != std::string_view::npos) return no(Code::cannot, "a name's space cannot hold a NUL");
  if (space.size() + name.size() > kNameBytesMax) return no(Code::limit, "the name is too long");
  return keys::name(space, name);
}

Result<std::optional<Bytes>> read_name(Engine& engine, const std::string& key) {
  ROOST_TRY(auto stored, engine.tables().get(Family::names, key));
  if (!stored) return stored;
  ROOST_TRY(Bytes value, values::decode_name(*stored));
  return std::optional<Bytes>(std::move(value));
}

Result<std::vector<AccountStore::NameValue>> read_names(Engine& engine, const std::string& space) {
  ROOST_TRY(std::string begin, name_key(space, {}));
  std::vector<AccountStore::NameValue> out;
  Result<> failed;
  auto visit = [&](BytesView key, BytesView stored) {
    auto value = values::decode_name(stored);
    if (!value) {
      failed = Fail(value.error());
      return false;
    }
    out.push_back({std::string(key.substr(begin.size())), *std::move(value)});
    return true;
  };
  ROOST_TRY_VOID(engine.tables().scan(Family::names, begin, keys::space_end(space), visit));
  if (!failed) return Fail(failed.error());
  return out;
}

task<Result<NameOutcome>> change_name(Committer& committer, NameRequest::Kind kind, Result<std::string> key,
                                      Bytes expect, Bytes value) {
  if (!key) co_return Fail(key.error());
  NameRequest request(kind, *std::move(key), std::move(expect), std::move(value));
  co_await committer.submit(request);
  co_return request.result();
}

}  // namespace

task<Result<AccountId>> RocksdbNode::new_account_id() {
  AccountIdRequest request(engine_->last_account());
  co_await engine_->committer().submit(request);
  ROOST_CO_TRY_VOID(outcome(request));
  co_return request.id();
}

task<Result<std::vector<AccountId>>> RocksdbNode::accounts() {
  co_return co_await on_pool([](Engine& engine) { return read_accounts(engine); });
}

// The files first: as long as any is left, the account is still listed, and whoever deletes it tries again.
task<Result<>> RocksdbNode::delete_account(AccountId account) {
  ROOST_CO_TRY_VOID(co_await on_pool([account](Engine& engine) { return engine.blob_files().remove_owner(account); }));
  DeleteAccountRequest request(account);
  co_await engine_->committer().submit(request);
  co_return outcome(request);
}

task<Result<NameOutcome>> RocksdbNode::claim_name(std::string space, std::string name, Bytes value) {
  return change_name(engine_->committer(), NameRequest::Kind::claim, name_key(space, name), {}, std::move(value));
}

task<Result<NameOutcome>> RocksdbNode::release_name(std::string space, std::string name) {
  return change_name(engine_->committer(), NameRequest::Kind::release, name_key(space, name), {}, {});
}

task<Result<NameOutcome>> RocksdbNode::update_name(std::string space, std::string name, Bytes expect, Bytes value) {
  return change_name(engine_->committer(), NameRequest::Kind::update, name_key(space, name), std::move(expect),
                     std::move(value));
}

task<Result<std::optional<Bytes>>> RocksdbNode::find_name(std::string space, std::string name) {
  ROOST_CO_TRY(std::string key, name_key(space, name));
  co_return co_await on_pool([key = std::move(key)](Engine& engine) { return read_name(engine, key); });
}

task<Result<std::vector<AccountStore::NameValue>>> RocksdbNode::list_names(std::string space) {
  co_return co_await on_pool([space = std::move(space)](Engine& engine) { return read_names(engine, space); });
}

task<Result<std::optional<Position>>> RocksdbNode::follower(std::string follower, AccountId account) {
  auto stored = co_await on_pool([key = keys::follower(account, follower)](Engine& engine) {
    return engine.tables().get(Family::followers, key);
  });
  if (!stored) co_return Fail(stored.error());
  if (!*stored) co_return std::optional<Position>();
  ROOST_CO_TRY(uint64_t position, values::decode_number(**stored));
  co_return std::optional<Position>(Position(position));
}

task<Result<>> RocksdbNode::set_follower(std::string follower, AccountId account, Position position) {
  if (follower.size() > kNameBytesMax) co_return no(Code::limit, "the follower's name is too long");
  PlainRequest request;
  request.put(Family::followers, keys::follower(account, follower), values::encode_number(position.value));
  request.not_synced();  // after a power cut it may follow some records again
  request.takes_no_room();
  co_await engine_->committer().submit(request);
  co_return outcome(request);
}

task<Result<Space>> RocksdbNode::space() {
  co_return co_await on_pool([](Engine& engine) { return engine.files().space(engine.config().directory); });
}

}  // namespace roost::store
