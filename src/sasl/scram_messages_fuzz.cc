// SCRAM's client messages, each alone and as a whole exchange; a second parse of what was kept must agree.
#include <cstdlib>

#include "sasl/scram_server.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost::sasl;
  roost::BytesView input(reinterpret_cast<const char*>(data), size);
  size_t cut = input.find('\n');
  roost::BytesView first_text = input.substr(0, cut);
  roost::BytesView final_text = cut == roost::BytesView::npos ? input : input.substr(cut + 1);

  auto first = parse_client_first(first_text);
  if (first && first->gs2_header + first->bare != first_text) abort();
  auto final = parse_client_final(final_text);
  if (final && !final_text.starts_with(final->without_proof)) abort();
  if (!first || !check_binding(*first, false, {})) return 0;

  ScramVerifier verifier{"0123456789abcdef", 4096, {}, {}};
  ScramServer server(*first, verifier, "", "server");
  if (server.finish(final_text)) abort();  // nobody knows the password
  return 0;
}
