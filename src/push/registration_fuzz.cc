// A registration from whoever likes: what is taken is written as it was.
#include "push/registration.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost::push;
  roost::BytesView input(reinterpret_cast<const char*>(data), size);
  auto registration = decode(input);
  if (!registration) return 0;
  auto again = encode(*registration);
  if (!again || decode(*again) != registration || again->size() > size) abort();
  if (!checked(*registration)) abort();
  return 0;
}
