// Killed in the middle of its work, again and again: what was acknowledged is there.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <random>
#include <thread>

#include "store/contract_test.h"
#include "store/open.h"
#include "store/rocksdb/scratch_test.h"
#include "store/rocksdb/workload_test.h"

namespace roost::store {
namespace {

constexpr uint64_t kAccounts = 8;
constexpr int kRounds = 4;
constexpr int kAckDescriptor = 99;  // of the child, which does not print there
constexpr const char* kDirectoryVariable = "ROOST_CRASH_DIRECTORY";

// One line of what the writing process acknowledges: small enough that a pipe never tears it.
struct AckLine {
  uint64_t account = 0;
  uint64_t position = 0;    // 0 for a checkpoint
  uint64_t generation = 0;  // 0 for a commit
};

void tell(AckLine line) {
  if (::write(kAckDescriptor, &line, sizeof line) != sizeof line) std::abort();
}

task<> write_for_ever(AccountStore& store, const std::atomic<bool>& stop) {
  std::vector<task<>> writers;
  for (uint64_t i = 1; i <= kAccounts; ++i) {
    writers.push_back(write_account(
        store, AccountId(i), stop, [](AccountId a, Position p) { tell({a.value, p.value, 0}); },
        [](AccountId a, Generation g) { tell({a.value, 0, g.value}); }));
  }
  co_await together(std::move(writers));
}

// Not a test: the process that is killed.
TEST(CrashChild, DISABLED_WritesUntilItIsKilled) {
  const char* directory = std::getenv(kDirectoryVariable);  // NOLINT(concurrency-mt-unsafe)
  if (directory == nullptr) GTEST_SKIP();
  RealRuntime runtime;
  StoreConfig config;
  config.directory = directory;
  auto node = open_store(config, runtime.pool()).value()->node();
  std::atomic<bool> stop = false;
  runtime.run(write_for_ever(*node, stop));
}

// The program itself, running the child above with its acknowledgements in a pipe. Threads do not survive a fork.
class Child {
 public:
  explicit Child(const std::string& directory) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], kAckDescriptor);
      ::close(ends[0]);
      ::close(ends[1]);
      ::setenv(kDirectoryVariable, directory.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
      ::execl("/proc/self/exe", "store_test", "--gtest_filter=CrashChild.*", "--gtest_also_run_disabled_tests",
              "--gtest_brief=1", nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ends[0];
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { ::close(output_); }

  // Up to its end if `bytes` is not reached.
  Bytes read(size_t bytes) {
    Bytes out;
    std::array<char, 4096> piece{};
    while (out.size() < bytes) {
      ssize_t n = ::read(output_, piece.data(), std::min(piece.size(), bytes - out.size()));
      if (n <= 0) break;
      out.append(piece.data(), static_cast<size_t>(n));
    }
    return out;
  }
  void kill() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

void note(BytesView lines, std::map<AccountId, Acked>& acked) {
  for (; lines.size() >= sizeof(AckLine); lines.remove_prefix(sizeof(AckLine))) {
    AckLine line;
    __builtin_memcpy(&line, lines.data(), sizeof line);
    Acked& account = acked[AccountId(line.account)];
    account.last = std::max(account.last, Position(line.position));
    account.generation = std::max(account.generation, Generation(line.generation));
  }
}

void verify(const std::string& directory, const std::map<AccountId, Acked>& acked) {
  RealRuntime runtime;
  StoreConfig config;
  config.directory = directory;
  auto opened = open_store(config, runtime.pool());
  ASSERT_TRUE(opened.has_value()) << opened.error().text;
  auto node = (*opened)->node();
  for (const auto& [account, was] : acked) runtime.run(verify_account(*node, account, was));
}

TEST(Crash, LosesNothingThatWasAcknowledged) {
  ScratchDirectory scratch;
  std::map<AccountId, Acked> acked;
  std::mt19937_64 random(testing::UnitTest::GetInstance()->random_seed());
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    Child child(scratch.path());
    Bytes output = child.read((1 + random() % 500) * sizeof(AckLine));
    child.kill();
    output += child.read(SIZE_MAX);
    note(output, acked);
    verify(scratch.path(), acked);
  }
  EXPECT_FALSE(acked.empty());
}

}  // namespace
}  // namespace roost::store
