#include <benchmark/benchmark.h>

#include "imap/command.h"
#include "imap/fetch_response.h"
#include "imap/list_pattern.h"
#include "wire/framer.h"

namespace {

using namespace roost;
using namespace roost::imap;

constexpr uint32_t kRows = 100'000;
constexpr size_t kBatchBytes = 256 * 1024;

SystemFlags flags_of(uint32_t i) { return SystemFlags(static_cast<uint8_t>(i * 2654435761U >> 27)); }

// FETCH 1:* (UID FLAGS) of 100,000 messages, in batches as a session writes them.
void fetch_uid_flags(benchmark::State& state) {
  Bytes out;
  for (auto _ : state) {
    for (uint32_t i = 1; i <= kRows; ++i) {
      write_fetch_flags(out, SeqNum(i), Uid(i * 3), flags_of(i));
      if (out.size() < kBatchBytes) continue;
      benchmark::DoNotOptimize(out.data());
      out.clear();
    }
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(fetch_uid_flags);

void fetch_by_items(benchmark::State& state) {
  Bytes out;
  for (auto _ : state) {
    for (uint32_t i = 1; i <= kRows; ++i) {
      FetchWriter w(out, SeqNum(i));
      w.uid(Uid(i * 3));
      w.flags(flags_of(i));
      w.mod_seq(ModSeq(i));
      w.finish();
      if (out.size() < kBatchBytes) continue;
      benchmark::DoNotOptimize(out.data());
      out.clear();
    }
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(fetch_by_items);

void frame_and_parse(benchmark::State& state) {
  Dialect dialect;
  wire::Framer framer;
  size_t errors = 0;
  for (auto _ : state) {
    BytesView input =
        "a1 UID FETCH 297:318,320:416 (UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (Date From To)])\r\n"
        "a2 UID STORE 7 +FLAGS.SILENT (\\Seen $Forwarded)\r\n"
        "a3 NOOP\r\n";
    while (framer.next(input) == wire::Framer::Event::command) {
      if (!parse_command(framer.frame(), dialect)) ++errors;
    }
  }
  if (errors > 0) state.SkipWithError("the commands are not understood");
  state.SetItemsProcessed(state.iterations() * 3);
}
BENCHMARK(frame_and_parse);

void parse_large_set(benchmark::State& state) {
  wire::Frame frame{.text = "t FETCH "};
  for (uint32_t i = 1; i <= kRows; ++i) frame.text += std::to_string(2 * i) + ",";
  frame.text.back() = ' ';
  frame.text += "UID";
  for (auto _ : state) benchmark::DoNotOptimize(parse_command(frame, {}));
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(parse_large_set);

void hostile_pattern(benchmark::State& state) {
  Bytes text;
  for (int i = 0; i < 400; ++i) text += "%*a";
  ListPattern pattern("", text + "b");
  Bytes name(kMailboxNameBytesMax, 'a');
  for (auto _ : state) benchmark::DoNotOptimize(pattern.matches(name));
}
BENCHMARK(hostile_pattern);

}  // namespace
