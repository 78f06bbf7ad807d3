// What the tests of the RocksDB engine stand on: a directory that goes away, real loops, and damage.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>

#include "base/bytes.h"
#include "rt/loop.h"
#include "rt/real.h"
#include "store/rocksdb/whole_files_test.h"

namespace roost::store {

class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "roost-store-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Two loops on threads of their own, and a pool.
class RealRuntime {
 public:
  RealRuntime() : thread_([this] { loops_->run(); }) {}
  RealRuntime(const RealRuntime&) = delete;
  RealRuntime& operator=(const RealRuntime&) = delete;
  ~RealRuntime() {
    loops_->stop();
    thread_.join();
  }
  rt::Loop& loop(size_t index = 0) { return loops_->at(index); }
  rt::Pool& pool() { return *pool_; }
  // Blocks until `work` is done.
  void run(task<> work) {
    std::binary_semaphore done(0);
    rt::spawn(loop(), finish(std::move(work), done));
    done.acquire();
  }
  // The same, and gives its result.
  template <class T>
  T wait(task<T> work) {
    std::optional<T> value;
    run(collect(std::move(work), value));
    return std::move(value).value();
  }

 private:
  template <class T>
  static task<> collect(task<T> work, std::optional<T>& value) {
    value.emplace(co_await std::move(work));
  }
  static task<> finish(task<> work, std::binary_semaphore& done) {
    co_await std::move(work);
    done.release();
  }

  std::unique_ptr<rt::RealLoops> loops_ = rt::make_loops(2);
  std::unique_ptr<rt::Pool> pool_ = rt::make_pool("test", 4);
  std::thread thread_;
};

// Flips one bit in the middle of every place below `directory` that holds `bytes`; how many there were.
inline int flip_bit_of(const std::string& directory, BytesView bytes) {
  int found = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    Bytes content = read_whole(entry.path());
    size_t at = content.find(bytes);
    if (at == Bytes::npos) continue;
    for (; at != Bytes::npos; at = content.find(bytes, at + 1)) {
      size_t middle = at + bytes.size() / 2;
      content[middle] = static_cast<char>(content[middle] ^ 0x10);
      ++found;
    }
    write_whole(entry.path(), content);
  }
  return found;
}

}  // namespace roost::store
