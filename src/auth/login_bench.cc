// What logins cost: the hashes, a login from the cache, reading and writing a directory of users.
#include <benchmark/benchmark.h>

#include "auth/app_password.h"
#include "auth/directory.h"
#include "auth/local.h"
#include "auth/login_cache.h"
#include "auth/throttle.h"

namespace roost::auth {
namespace {

constexpr TimePoint kNow = TimePoint() + std::chrono::hours(1);

void check_scram_password(benchmark::State& state) {
  std::string verifier = make_verifier({Scheme::scram_sha_256, kIterationsMin}, "s3cret").value();
  for (auto _ : state) benchmark::DoNotOptimize(matches(verifier, "s3cret"));
}
BENCHMARK(check_scram_password)->Unit(benchmark::kMillisecond);

void check_argon2id_password(benchmark::State& state) {
  std::string verifier = make_verifier({Scheme::argon2id, 0}, "s3cret").value();
  for (auto _ : state) benchmark::DoNotOptimize(matches(verifier, "s3cret"));
}
BENCHMARK(check_argon2id_password)->Unit(benchmark::kMillisecond);

// The last of as many as a user may have.
void check_app_password(benchmark::State& state) {
  std::vector<AppPassword> passwords;
  Recipe recipe{Scheme::scram_sha_256, sasl::kScramIterationsMin};
  for (int64_t i = 1; i <= state.range(0); ++i) {
    std::string device = "device " + std::to_string(i);
    passwords.push_back({device, {}, 0, make_app_verifier(recipe, device, {})});
  }
  for (auto _ : state) benchmark::DoNotOptimize(find_app_password(passwords, passwords.back().device));
}
BENCHMARK(check_app_password)->Arg(1)->Arg(kAppPasswordsPerUserMax)->Unit(benchmark::kMicrosecond);

void find_in_cache(benchmark::State& state) {
  LoginCache cache(4096, Seconds{600});
  std::string verifier = make_verifier({Scheme::scram_sha_256, sasl::kScramIterationsMin}, "s3cret").value();
  cache.add("alice", verifier, "s3cret", kNow);
  for (auto _ : state) benchmark::DoNotOptimize(cache.holds("alice", verifier, "s3cret", kNow));
}
BENCHMARK(find_in_cache);

void throttle_an_attempt(benchmark::State& state) {
  Throttle throttle(65'536);
  for (auto _ : state) throttle.succeeded(throttle.begin("alice", "192.0.2.0/24", kNow).value(), kNow);
}
BENCHMARK(throttle_an_attempt);

Directory directory_of(int64_t users) {
  std::string verifier = make_verifier({Scheme::scram_sha_256, sasl::kScramIterationsMin}, "s3cret").value();
  Directory out;
  for (int64_t i = 1; i <= users; ++i) {
    std::string name = "user" + std::to_string(i) + "@example.org";
    out.apply({name, User{name, AccountId(static_cast<uint64_t>(i)), {1'700'000'000}, false, verifier, {}}});
  }
  return out;
}

void read_users_file(benchmark::State& state) {
  Bytes text = directory_of(state.range(0)).format_with({"", std::nullopt});
  for (auto _ : state) benchmark::DoNotOptimize(parse_users(text));
}
BENCHMARK(read_users_file)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void write_users_file(benchmark::State& state) {
  Directory directory = directory_of(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(directory.format_with({"alice", std::nullopt}));
}
BENCHMARK(write_users_file)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roost::auth
