// What a resynchronising client waits for: FETCH 1:* (UID FLAGS) of 100,000 messages.
#include <benchmark/benchmark.h>

#include "accounts/accounts.h"
#include "auth/local.h"
#include "imap/fetch_response.h"
#include "imapd/keyword_names.h"
#include "imapd/server.h"
#include "imapd/view.h"
#include "net/memory_stream.h"
#include "rt/simulated.h"
#include "store/memory/memory.h"

namespace roost::imapd {
namespace {

inline constexpr uint32_t kMessages = 100'000;

// One account with a large INBOX; every third message has a keyword, and one in a thousand is missing.
class LargeInbox {
 public:
  LargeInbox()
      : simulation(rt::make_simulation(1)),
        store(disk.attach()),
        accounts(accounts::make_accounts({}, *store, simulation->loops(), simulation->pool(), simulation->clock())),
        authenticator(auth::make_memory_authenticator(loop(), simulation->pool())),
        services({}, *accounts, *authenticator) {
    AccountId id = simulation->wait(store->new_account_id()).value();
    simulation->wait(authenticator->add_user("alice", id, auth::Secret("secret"))).value();
    account = simulation->wait(accounts->open(id)).value();
    for (uint32_t done = 0; done < kMessages; done += 1000) append(1000);
    mailbox = account->snapshot()->find("INBOX")->id();
  }
  rt::Loop& loop() { return simulation->loops().at(0); }

  std::unique_ptr<rt::Simulation> simulation;
  store::MemoryDisk disk;
  std::unique_ptr<store::MemoryStore> store;
  std::unique_ptr<accounts::Accounts> accounts;
  std::unique_ptr<auth::Authenticator> authenticator;
  Services services;
  accounts::AccountPtr account;
  MailboxId mailbox;

 private:
  static task<Result<mail::NewMessage>> one(accounts::AccountPtr account) {
    ROOST_CO_TRY(std::unique_ptr<accounts::Upload> upload, co_await account->upload(100));
    ROOST_CO_TRY_VOID(co_await upload->write("Subject: x\r\n\r\nbody\r\n"));
    co_return co_await upload->finish();
  }
  void append(uint32_t count) {
    mail::Append append{.mailbox = "INBOX"};
    mail::NewMessage message = simulation->wait(one(account)).value();
    for (uint32_t i = 0; i < count; ++i) {
      append.messages.push_back(message);
      append.messages.back().flags = SystemFlag::seen;
      if (i % 3 == 0) append.messages.back().keywords = {"$Forwarded"};
    }
    simulation->wait(account->execute(std::move(append))).value();
  }
};

LargeInbox& inbox() {
  static LargeInbox instance;
  return instance;
}

void FormatUidFlags(benchmark::State& state) {
  mail::SnapshotPtr snapshot = inbox().simulation->wait(inbox().account->load(inbox().mailbox)).value();
  mail::Mailbox mailbox = *snapshot->find(inbox().mailbox);
  Bytes out;
  for (auto _ : state) {
    KeywordNames keywords(mailbox);
    uint32_t number = 0;
    mailbox.for_each_hot(Uid(1), Uid(UINT32_MAX), [&](Uid uid, const mail::Hot& hot) {
      imap::write_fetch_flags(out, SeqNum(++number), uid, hot.flags, keywords.of(hot.keywords), false);
      if (out.size() >= 256 * 1024) out.clear();
      return true;
    });
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * kMessages);
}
BENCHMARK(FormatUidFlags)->Unit(benchmark::kMillisecond);

task<> talk(net::Stream& stream, std::string commands, std::string until, size_t& received, bool& done) {
  Result<> written = co_await stream.write(commands);
  std::vector<char> buffer(512 * 1024);
  std::string tail;
  while (written) {
    Result<size_t> got = co_await stream.read(buffer);
    if (!got) break;
    received += *got;
    tail.append(buffer.data() + (*got > 200 ? *got - 200 : 0), std::min<size_t>(*got, 200));
    if (tail.size() > 400) tail.erase(0, tail.size() - 400);
    if (tail.find(until) != std::string::npos) break;
  }
  done = true;
}

// The whole way of the command: frame, parse, view, format, write, and read at the other end of a stream in memory.
void Command(benchmark::State& state, const std::string& command, uint32_t messages) {
  LargeInbox& server = inbox();
  auto [mine, theirs] = net::make_memory_streams(server.loop(), server.loop(), {.buffer_bytes_max = 1 << 20});
  rt::spawn(server.loop(), serve(std::move(theirs), server.services));
  size_t received = 0;
  auto run = [&](std::string commands, std::string until) {
    bool done = false;
    rt::spawn(server.loop(), talk(*mine, std::move(commands), std::move(until), received, done));
    while (!done) server.simulation->run_for(Millis(1));
  };
  run("a LOGIN alice secret\r\nb SELECT INBOX\r\n", "\r\nb OK");
  received = 0;
  for (auto _ : state) run("c " + command + "\r\n", "\r\nc OK");
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * messages);
  state.SetBytesProcessed(static_cast<int64_t>(received));
  mine->abort();
  server.simulation->run_for(Millis(10));
}
BENCHMARK_CAPTURE(Command, fetch_uid_flags, "UID FETCH 1:* (FLAGS)", kMessages)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Command, fetch_fast, "FETCH 1:* FAST", kMessages)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Command, fetch_envelope, "FETCH 1:* (UID ENVELOPE)", kMessages)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Command, fetch_body, "FETCH 1:10000 (UID BODY.PEEK[])", 10'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Command, search_all, "SEARCH ALL", kMessages)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Command, select, "SELECT INBOX", 1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roost::imapd
