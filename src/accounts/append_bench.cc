// Durable appends of 4 KiB messages a second, received, parsed, committed and folded: 64 at once, into one account and
// into 64. The aim is more than 8,000.
#include <benchmark/benchmark.h>

#include "accounts/world_bench.h"

namespace roost::accounts {
namespace {

constexpr int kWriters = 64;
constexpr int kAppendsEach = 100;
using Done = std::counting_semaphore<kWriters>;

std::string message_of(size_t size) {
  std::string text =
      "Return-Path: <a@example.org>\r\nReceived: from a by b; Mon, 7 Feb 1994 23:52:25 -0800\r\n"
      "From: Somebody <somebody@example.org>\r\nTo: Another <another@example.org>\r\n"
      "Subject: A message of some length\r\nMessage-ID: <1@example.org>\r\n"
      "Date: Mon, 7 Feb 1994 23:52:25 -0800\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n\r\n";
  while (text.size() < size)
    text += "The quick brown fox jumps over the lazy dog " + std::to_string(text.size()) + ".\r\n";
  text.resize(size);
  return text;
}

task<> write(BenchWorld* world, std::string text, AccountId id, Done* done) {
  auto account = co_await world->accounts().open(id);
  for (int i = 0; i < kAppendsEach && account; ++i) {
    auto upload = co_await (*account)->upload(1 << 20);
    if (!co_await (*upload)->write(text)) std::abort();
    auto message = co_await (*upload)->finish();
    mail::Append append{std::string("INBOX"), {}};
    append.messages.push_back(*std::move(message));
    if (!co_await (*account)->execute(std::move(append))) std::abort();
  }
  done->release();
}

void append(benchmark::State& state) {
  BenchWorld world;
  std::string text = message_of(4096);
  auto accounts = static_cast<uint64_t>(state.range(0));
  int64_t appends = 0;
  for (auto _ : state) {
    Done done(0);
    for (uint64_t i = 0; i < kWriters; ++i) {
      rt::spawn(world.loops().at(i % kLoops), write(&world, text, AccountId(i % accounts + 1), &done));
    }
    for (int i = 0; i < kWriters; ++i) done.acquire();
    appends += int64_t{kWriters} * kAppendsEach;
  }
  state.counters["appends/s"] = benchmark::Counter(static_cast<double>(appends), benchmark::Counter::kIsRate);
  state.counters["appends/commit"] =
      static_cast<double>(appends) / static_cast<double>(world.accounts().stats().commits);
}
BENCHMARK(append)->Arg(1)->Arg(64)->ArgName("accounts")->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roost::accounts
