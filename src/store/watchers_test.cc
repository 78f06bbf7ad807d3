#include "store/watchers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace roost::store {
namespace {

constexpr AccountId kAlice{1};

TEST(Watchers, MayEndTheirOwnWatchWhileTheyAreCalled) {
  Watchers watchers;
  int calls = 0;
  auto watch = std::make_unique<Watch>();
  *watch = watchers.add(kAlice, nullptr, [&](Position) {
    ++calls;
    watch.reset();
  });
  watchers.notify(kAlice, Position(1));
  watchers.notify(kAlice, Position(2));
  EXPECT_EQ(calls, 1);
}

TEST(Watchers, MayOutliveTheRegistry) {
  auto watchers = std::make_unique<Watchers>();
  Watch watch = watchers->add(kAlice, nullptr, [](Position) {});
  watchers.reset();
}

TEST(Watchers, ForgetANode) {
  Watchers watchers;
  int one = 0;
  int calls = 0;
  Watch mine = watchers.add(kAlice, &one, [&](Position) { ++calls; });
  Watch other = watchers.add(kAlice, nullptr, [&](Position) { ++calls; });
  watchers.forget(&one);
  watchers.notify(kAlice, Position(1));
  EXPECT_EQ(calls, 1);
}

TEST(Watchers, AreNotCalledOnceTheWatchIsGone) {
  Watchers watchers;
  std::atomic<bool> stop = false;
  std::thread notifier([&] {
    while (!stop) watchers.notify(kAlice, Position(1));
  });
  for (int i = 0; i < 2000; ++i) {
    auto alive = std::make_unique<std::atomic<int>>(0);
    Watch watch = watchers.add(kAlice, nullptr, [p = alive.get()](Position) { ++*p; });
    watch = Watch();
    alive.reset();  // a sanitizer tells if it is touched after this
  }
  stop = true;
  notifier.join();
}

}  // namespace
}  // namespace roost::store
