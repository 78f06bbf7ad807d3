// A check that also holds in fuzzers built without assertions.
#pragma once

#include <cstdlib>

#define ROOST_FUZZ_CHECK(condition) \
  do {                              \
    if (!(condition)) std::abort(); \
  } while (false)
