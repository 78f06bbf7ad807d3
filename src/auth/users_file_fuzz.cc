// The file `users`: what parses is written as something that parses to the same.
#include <cstdlib>

#include "auth/directory.h"
#include "auth/name.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost::auth;
  roost::BytesView input(reinterpret_cast<const char*>(data), size);
  if (auto users = parse_users(input); users && parse_users(format_users(*users)) != users) abort();
  if (auto name = canonical_name(input); name && canonical_name(*name) != name) abort();
  if (auto name = new_name(input); name && canonical_name(*name) != *name) abort();
  return 0;
}
