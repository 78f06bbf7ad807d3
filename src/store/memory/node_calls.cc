// The node's plain calls: a step, the disk's operation, a step.
#include "store/memory/node.h"

namespace roost::store {

task<Result<Opened>> MemoryNode::open(AccountId account) {
  return call_node<Opened>(core_, [account](NodeCore& core) { return core.disk->open(account); });
}

task<Result<Opened>> MemoryNode::since(AccountId account, Position position) {
  return call_node<Opened>(core_, [account, position](NodeCore& core) { return core.disk->since(account, position); });
}

task<Result<bool>> MemoryNode::checkpoint(AccountId account, Generation expect, Root root,
                                          std::span<const NewPage> pages) {
  return call_node<bool>(core_, [account, expect, root = std::move(root),
                                 copies = std::vector(pages.begin(), pages.end())](NodeCore& core) mutable {
    return core.disk->checkpoint(account, expect, std::move(root), std::move(copies));
  });
}

task<Result<std::vector<Bytes>>> MemoryNode::get_pages(AccountId account, std::span<const PageId> pages) {
  return call_node<std::vector<Bytes>>(core_, [account, ids = std::vector(pages.begin(), pages.end())](NodeCore& core) {
    return core.disk->get_pages(account, ids);
  });
}

task<Result<>> MemoryNode::delete_pages(AccountId account, std::span<const PageId> pages) {
  return call_node<void>(core_, [account, ids = std::vector(pages.begin(), pages.end())](NodeCore& core) {
    return core.disk->delete_pages(account, ids);
  });
}

task<Result<std::vector<PageId>>> MemoryNode::list_pages(AccountId account) {
  return call_node<std::vector<PageId>>(core_, [account](NodeCore& core) { return core.disk->list_pages(account); });
}

task<Result<std::vector<LogRecord>>> MemoryNode::history(AccountId account, Position after, size_t bytes_max) {
  return call_node<std::vector<LogRecord>>(
      core_, [account, after, bytes_max](NodeCore& core) { return core.disk->history(account, after, bytes_max); });
}

task<Result<>> MemoryNode::trim_history(AccountId account, Position position) {
  return call_node<void>(core_,
                         [account, position](NodeCore& core) { return core.disk->trim_history(account, position); });
}

task<Result<>> MemoryNode::link_blob(BlobId from, BlobId to) {
  return call_node<void>(core_, [from, to](NodeCore& core) { return core.disk->link_blob(from, to); });
}

task<Result<>> MemoryNode::delete_blobs(std::span<const BlobId> blobs) {
  return call_node<void>(
      core_, [ids = std::vector(blobs.begin(), blobs.end())](NodeCore& core) { return core.disk->delete_blobs(ids); });
}

task<Result<std::vector<BlobInfo>>> MemoryNode::list_blobs(AccountId owner, uint64_t after_serial, size_t count_max) {
  return call_node<std::vector<BlobInfo>>(core_, [owner, after_serial, count_max](NodeCore& core) {
    return core.disk->list_blobs(owner, after_serial, count_max);
  });
}

task<Result<AccountId>> MemoryNode::new_account_id() {
  return call_node<AccountId>(core_, [](NodeCore& core) { return core.disk->new_account_id(); });
}

task<Result<std::vector<AccountId>>> MemoryNode::accounts() {
  return call_node<std::vector<AccountId>>(core_, [](NodeCore& core) { return core.disk->accounts(); });
}

task<Result<>> MemoryNode::delete_account(AccountId account) {
  return call_node<void>(core_, [account](NodeCore& core) { return core.disk->delete_account(account); });
}

task<Result<NameOutcome>> MemoryNode::claim_name(std::string space, std::string name, Bytes value) {
  return call_node<NameOutcome>(core_, [space = std::move(space), name = std::move(name), value = std::move(value)](
                                           NodeCore& core) { return core.disk->claim_name(space, name, value); });
}

task<Result<NameOutcome>> MemoryNode::release_name(std::string space, std::string name) {
  return call_node<NameOutcome>(core_, [space = std::move(space), name = std::move(name)](NodeCore& core) {
    return core.disk->release_name(space, name);
  });
}

task<Result<std::optional<Bytes>>> MemoryNode::find_name(std::string space, std::string name) {
  return call_node<std::optional<Bytes>>(core_, [space = std::move(space), name = std::move(name)](NodeCore& core) {
    return core.disk->find_name(space, name);
  });
}

task<Result<std::vector<AccountStore::NameValue>>> MemoryNode::list_names(std::string space) {
  return call_node<std::vector<NameValue>>(
      core_, [space = std::move(space)](NodeCore& core) { return core.disk->list_names(space); });
}

task<Result<NameOutcome>> MemoryNode::update_name(std::string space, std::string name, Bytes expect, Bytes value) {
  return call_node<NameOutcome>(
      core_, [space = std::move(space), name = std::move(name), expect = std::move(expect),
              value = std::move(value)](NodeCore& core) { return core.disk->update_name(space, name, expect, value); });
}

task<Result<IndexHead>> MemoryNode::read_index(AccountId account) {
  return call_node<IndexHead>(core_, [account](NodeCore& core) { return core.disk->read_index(account); });
}

task<Result<std::vector<std::optional<Bytes>>>> MemoryNode::get_index_pages(AccountId account,
                                                                            std::vector<PageId> pages) {
  return call_node<std::vector<std::optional<Bytes>>>(core_, [account, pages = std::move(pages)](NodeCore& core) {
    return core.disk->get_index_pages(account, pages);
  });
}

task<Result<bool>> MemoryNode::change_index(AccountId account, IndexChange change) {
  return call_node<bool>(core_, [account, change = std::move(change)](NodeCore& core) mutable {
    return core.disk->change_index(account, std::move(change));
  });
}

task<Result<>> MemoryNode::drop_index(AccountId account) {
  return call_node<void>(core_, [account](NodeCore& core) { return core.disk->drop_index(account); });
}

task<Result<std::optional<Position>>> MemoryNode::follower(std::string follower, AccountId account) {
  return call_node<std::optional<Position>>(core_, [follower = std::move(follower), account](NodeCore& core) {
    return core.disk->follower(follower, account);
  });
}

task<Result<>> MemoryNode::set_follower(std::string follower, AccountId account, Position position) {
  return call_node<void>(core_, [follower = std::move(follower), account, position](NodeCore& core) {
    return core.disk->set_follower(follower, account, position);
  });
}

task<Result<Space>> MemoryNode::space() {
  return call_node<Space>(core_, [](NodeCore& core) -> Result<Space> { return core.disk->space(); });
}

// It has no files.
task<Result<std::vector<std::string>>> MemoryNode::damaged_files() {
  using Found = std::vector<std::string>;
  return call_node<Found>(core_, [](NodeCore&) -> Result<Found> { return Found(); });
}

// There is no disk.
task<Result<>> MemoryNode::compact(AccountId) { co_return Result<>(); }
task<Result<std::string>> MemoryNode::freeze(std::string) { co_return no(Code::cannot, "this store has no directory"); }
task<Result<>> MemoryNode::thaw(std::string) { co_return Result<>(); }

}  // namespace roost::store
