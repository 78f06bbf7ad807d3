// Loaded before the C library (LD_PRELOAD): the wall clock is ahead by as many seconds as the file ROOST_CLOCK_FILE says
// (eight octets), which may change while the program runs. So a test sees what it does when retention times are over.
// Other clocks are left alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t* ahead;
static int (*real)(clockid_t, struct timespec*);

// Before the program may be forbidden to open files.
__attribute__((constructor)) static void begin(void) {
  real = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  const char* name = getenv("ROOST_CLOCK_FILE");
  int file = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  void* mapped = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) ahead = mapped;
  close(file);
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  if (real == NULL) begin();
  int status = real(clock, now);
  if (status == 0 && clock == CLOCK_REALTIME && ahead != NULL) now->tv_sec += *ahead;
  return status;
}
