// Any order of messages and answers: the state machines end, and never ask twice for the same.
#include "sasl/mechanism.h"

#include <cstdlib>
#include <iterator>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost::sasl;
  if (size == 0) return 0;
  constexpr const char* kNames[] = {"PLAIN",     "LOGIN",    "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "EXTERNAL",
                                    "ANONYMOUS", "CRAM-MD5", "OAUTHBEARER",   "XOAUTH2"};
  auto mechanism = make_mechanism(kNames[data[0] % std::size(kNames)], "<1@x>");
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
    if (step && step->index() > roost::sasl::Step(FinishScram{}).index()) ++finished;
  }
  if (finished > 1) abort();
  return 0;
}
