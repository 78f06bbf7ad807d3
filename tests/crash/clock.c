// Loaded before the C library (LD_PRELOAD): the wall clock runs ROOST_CLOCK_AHEAD seconds ahead, so that a test sees what
// the server does when retention times are over. Other clocks are left alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec* now) {
  static int (*real)(clockid_t, struct timespec*);
  if (real == NULL) real = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  int status = real(clock, now);
  const char* ahead = getenv("ROOST_CLOCK_AHEAD");
  if (status == 0 && clock == CLOCK_REALTIME && ahead != NULL) now->tv_sec += atol(ahead);
  return status;
}
