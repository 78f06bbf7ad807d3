// Writers that use all of a store at once, for the tests that end it in the middle of its work.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "store/rocksdb/scratch_test.h"
#include "store/rocksdb/store_model_test.h"

namespace roost::store {

// Hears of every event as it happens: a beginning before the store does, an answer once it is here. Thread-safe.
using Tell = std::function<void(const Event&)>;

// Every call of the store that writes, by a dozen coroutines, until `stop`: ten with an account and two names each, one
// that makes and deletes accounts, and two nodes that race for the records of one account. With every fourth seed it is
// one coroutine alone, whose writes no other's sync can cover. Goes on from what is there. An error other than a
// conflict ends the writer that met it, and fails the test unless `stop`.
task<> write_all(AccountStore& store, AccountStore& other_node, const std::atomic<bool>& stop, uint64_t seed,
                 Tell tell);

// Opens the store in `directory`, which must succeed, and compares it.
void verify(RealRuntime& runtime, const std::string& directory, StoreModel& model);

}  // namespace roost::store
