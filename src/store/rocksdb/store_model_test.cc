#include "store/rocksdb/store_model_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "store/contract_test.h"

namespace roost::store {
namespace {

constexpr std::array kKindNames = {"record", "root", "page", "blob", "name", "trim", "account", "account id"};

std::string text(const Slot& slot) {
  return std::string(kKindNames.at(static_cast<size_t>(slot.kind))) + " " + std::to_string(slot.number) +
         " of account " + std::to_string(slot.account);
}

size_t size_of(Kind kind, uint64_t seed) {
  switch (kind) {
    case Kind::blob: return seed % 5 == 0 ? 140'000 + seed % 100'000 : 10 + seed % 8000;
    case Kind::name: return 10 + seed % 40;
    default: return 10 + seed % 2000;
  }
}

bool is_missing(const Error& error) { return error.text == "a blob is missing" || error.text == "a page is missing"; }

}  // namespace

Bytes value_of(Kind kind, uint64_t seed) {
  Bytes value;
  Encoder(value).u64(seed);
  return value + noise(size_of(kind, seed), seed);
}

std::optional<uint64_t> seed_of(Kind kind, BytesView value) {
  Decoder d(value);
  uint64_t seed = d.u64();
  if (d.failed() || value != value_of(kind, seed)) return std::nullopt;
  return seed;
}

void StoreModel::note(const Event& event) {
  switch (event.slot.kind) {
    case Kind::trim: return note_trim(event);
    case Kind::account: return note_deletion(event);
    case Kind::account_id: account_id_ = std::max(account_id_, event.slot.number); return;
    default: break;
  }
  note_value(event, event.slot, event.seed);
  if (event.with_seed == 0) return;
  note_value(event, event.with, event.with_seed);
  if (event.step == Event::Step::begins) {
    partners_[event.seed] = {event.with, event.with_seed};
  } else {
    partners_.erase(event.seed);
  }
}

void StoreModel::note_value(const Event& event, const Slot& slot, uint64_t seed) {
  Value& value = slots_[slot];
  bool settled = slot.kind == Kind::record && value.certain != 0;  // for ever: another is refused
  switch (event.step) {
    case Event::Step::begins:
      if (!settled) value.possible.push_back(seed);
      break;
    case Event::Step::refused: std::erase(value.possible, seed); break;
    case Event::Step::done:
      if (settled) ADD_FAILURE() << text(slot) << " was written twice";
      value.certain = seed;
      value.possible.clear();
      break;
  }
}

void StoreModel::note_trim(const Event& event) {
  Trim& trim = trims_[event.slot.account];
  trim.possible = std::max(trim.possible, event.slot.number);
  if (event.step == Event::Step::done) trim.certain = std::max(trim.certain, event.slot.number);
}

void StoreModel::note_deletion(const Event& event) {
  for (auto& [slot, value] : slots_) {
    if (slot.account != event.slot.account) continue;
    if (event.step == Event::Step::done) value.possible.clear();
    (event.step == Event::Step::done ? value.certain : value.possible.emplace_back()) = 0;
  }
}

std::vector<Slot> StoreModel::slots_of(Kind kind, uint64_t account) const {
  std::vector<Slot> out;
  for (const auto& [slot, value] : slots_) {
    if (slot.kind == kind && slot.account == account) out.push_back(slot);
  }
  return out;
}

std::set<uint64_t> StoreModel::accounts() const {
  std::set<uint64_t> out;
  for (const auto& [slot, value] : slots_) {
    if (slot.kind != Kind::name) out.insert(slot.account);
  }
  return out;
}

void StoreModel::judge(const Slot& slot, uint64_t actual) {
  Value& value = slots_[slot];
  bool allowed = actual == value.certain || std::ranges::find(value.possible, actual) != value.possible.end();
  if (!allowed) {
    ADD_FAILURE() << text(slot) << " is " << (actual == 0 ? "lost" : value.certain == 0 ? "back" : "another one");
  }
  for (uint64_t seed : value.possible) {
    auto partner = partners_.find(seed);
    if (partner == partners_.end()) continue;
    Value& other = slots_[partner->second.slot];
    std::erase(other.possible, partner->second.seed);
    if (seed == actual) other = {partner->second.seed, {}};
  }
  value = {actual, {}};
}

task<> StoreModel::verify(AccountStore& store) {
  for (uint64_t account : accounts()) {
    co_await verify_log(store, AccountId(account));
    co_await verify_pages(store, AccountId(account));
    co_await verify_blobs(store, AccountId(account));
  }
  co_await verify_names(store);
  co_await verify_account_ids(store);
  std::erase_if(slots_, [](const auto& item) { return item.second.certain == 0; });
  partners_.clear();
}

task<> StoreModel::verify_log(AccountStore& store, AccountId account) {
  auto opened = co_await store.open(account);
  auto history = co_await store.history(account, Position(), SIZE_MAX);
  if (!opened || !history) {
    ADD_FAILURE() << "account " << account.value << ": " << (opened ? history.error() : opened.error()).text;
    co_return;
  }
  std::map<uint64_t, uint64_t> found;
  for (const auto* records : {&*history, &opened->tail}) {
    for (const LogRecord& record : *records) {
      auto seed = seed_of(Kind::record, record.record);
      if (!seed) ADD_FAILURE() << "account " << account.value << ", record " << record.position.value << " is damaged";
      found[record.position.value] = seed.value_or(0);
    }
  }
  judge_records(account.value, found, found.empty() ? opened->root_position.value + 1 : found.begin()->first);
  auto root = opened->generation == Generation() ? 0 : seed_of(Kind::root, opened->root);
  if (!root) ADD_FAILURE() << "the root of account " << account.value << " is damaged";
  judge({Kind::root, account.value, 0}, root.value_or(0));
}

// `first`: what is before it has been trimmed.
void StoreModel::judge_records(uint64_t account, const std::map<uint64_t, uint64_t>& found, uint64_t first) {
  Trim& trim = trims_[account];
  if (!found.empty() && first <= trim.certain) ADD_FAILURE() << "history of account " << account << " is back";
  for (const Slot& slot : slots_of(Kind::record, account)) {
    if (slot.number < first && slot.number <= trim.possible) {
      slots_.erase(slot);
      continue;
    }
    auto at = found.find(slot.number);
    judge(slot, at == found.end() ? 0 : at->second);
  }
  for (auto [position, seed] : found) {
    if (!slots_.contains({Kind::record, account, position})) {
      ADD_FAILURE() << "account " << account << ", record " << position << ": nobody wrote it";
    }
  }
  trim = {first - 1, first - 1};
}

task<> StoreModel::verify_pages(AccountStore& store, AccountId account) {
  auto listed = co_await store.list_pages(account);
  EXPECT_TRUE(listed.has_value());
  for (const Slot& slot : slots_of(Kind::page, account.value)) {
    std::vector<PageId> wanted(1, PageId(slot.number));
    auto pages = co_await store.get_pages(account, wanted);
    std::optional<uint64_t> seed;
    if (pages) seed = seed_of(Kind::page, pages->front());
    if (!pages && is_missing(pages.error())) seed = 0;
    if (!seed) ADD_FAILURE() << text(slot) << " is damaged";
    judge(slot, seed.value_or(0));
  }
  for (PageId page : listed.value_or(std::vector<PageId>())) {
    if (!slots_.contains({Kind::page, account.value, page.value})) ADD_FAILURE() << "a page that nobody wrote";
  }
}

task<> StoreModel::verify_blobs(AccountStore& store, AccountId account) {
  std::set<uint64_t> listed;
  auto list = co_await store.list_blobs(account, 0, SIZE_MAX);
  EXPECT_TRUE(list.has_value());
  for (const BlobInfo& blob : list.value_or(std::vector<BlobInfo>())) listed.insert(blob.id.serial);
  for (const Slot& slot : slots_of(Kind::blob, account.value)) {
    Range whole{0, UINT64_MAX};
    auto blob = co_await store.get_blob({account, slot.number}, whole);
    std::optional<uint64_t> seed;
    if (blob) seed = seed_of(Kind::blob, *blob);
    if (!blob && is_missing(blob.error())) seed = 0;
    if (!seed) ADD_FAILURE() << text(slot) << " is damaged: " << (blob ? "other octets" : blob.error().text);
    EXPECT_EQ(listed.erase(slot.number), seed.value_or(0) == 0 ? 0U : 1U) << text(slot);
    judge(slot, seed.value_or(0));
  }
  for (uint64_t serial : listed) ADD_FAILURE() << "a blob that nobody wrote, serial " << serial;
}

task<> StoreModel::verify_names(AccountStore& store) {
  std::map<std::string, uint64_t> found;
  auto names = co_await store.list_names(kNameSpace);
  EXPECT_TRUE(names.has_value());
  for (const auto& [name, value] : names.value_or(std::vector<AccountStore::NameValue>())) {
    auto seed = seed_of(Kind::name, value);
    if (!seed) ADD_FAILURE() << "the name " << name << " is damaged";
    found[name] = seed.value_or(0);
  }
  for (const Slot& slot : slots_of(Kind::name, 0)) {
    auto at = found.find(std::to_string(slot.number));
    judge(slot, at == found.end() ? 0 : at->second);
    if (at != found.end()) found.erase(at);
  }
  for (const auto& [name, seed] : found) ADD_FAILURE() << "the name " << name << ": nobody claimed it";
}

task<> StoreModel::verify_account_ids(AccountStore& store) {
  auto id = co_await store.new_account_id();
  EXPECT_TRUE(id.has_value());
  if (!id) co_return;
  EXPECT_GT(id->value, account_id_) << "an account id was given out twice";
  account_id_ = id->value;
}

}  // namespace roost::store
