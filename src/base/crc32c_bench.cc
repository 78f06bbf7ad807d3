// How fast octets are summed: every body that is read, and every octet that RocksDB writes.
#include <benchmark/benchmark.h>

#include "base/bytes.h"

namespace roost {
namespace {

void crc32c_of(benchmark::State& state) {
  Bytes data(static_cast<size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(crc32c(data));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * data.size()));
}
BENCHMARK(crc32c_of)->Arg(64)->Arg(4'096)->Arg(65'536);

}  // namespace
}  // namespace roost
