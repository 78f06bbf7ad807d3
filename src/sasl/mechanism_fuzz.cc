// Any order of messages and answers: the state machines end, and never ask twice for the same.
#include "sasl/mechanism.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost::sasl;
  if (size == 0) return 0;
  constexpr const char* kNames[] = {"PLAIN", "LOGIN", "SCRAM-SHA-256"};
  auto mechanism = make_mechanism(kNames[data[0] % 3]);
  roost::BytesView rest(reinterpret_cast<const char*>(data + 1), size - 1);
  int finished = 0;
  for (int turn = 0; turn < 16 && !rest.empty(); ++turn) {
    uint8_t kind = static_cast<uint8_t>(rest[0]);
    size_t take = std::min<size_t>(rest.size() - 1, kind >> 2);
    roost::BytesView message = rest.substr(1, take);
    rest.remove_prefix(1 + take);
    auto step = kind % 4 == 0   ? mechanism->step(std::nullopt)
                : kind % 4 == 1 ? mechanism->answer(roost::Bytes(message))
                                : mechanism->step(message);
    if (step && (std::holds_alternative<CheckPassword>(*step) || std::holds_alternative<Finished>(*step))) ++finished;
  }
  if (finished > 1) abort();
  return 0;
}
