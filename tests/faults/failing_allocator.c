// Preloaded into a program, it lets one allocation fail: the one of number FAIL_AT, counted from the start of the
// process. With COUNT_INTO=FILE it writes the number of all allocations there at the end. For scripts/inject-faults.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);
extern void* __libc_memalign(size_t, size_t);

static atomic_long made;
static long fail_at = -1;

__attribute__((constructor)) static void begin(void) {
  void* frames[1];
  backtrace(frames, 1);  // loads what it needs now, not within an allocation
  const char* text = getenv("FAIL_AT");
  if (text != NULL) fail_at = atol(text);
}

__attribute__((destructor)) static void end(void) {
  const char* path = getenv("COUNT_INTO");
  if (path == NULL) return;
  const long count = made;
  FILE* file = fopen(path, "w");
  if (file == NULL) return;
  fprintf(file, "%ld", count);
  fclose(file);
}

/// HDF5 1.10 crashes where its own initialisation gets no memory: it reports the error by what is not yet initialised.
static int is_in_hdf5_init(void) {
  void* frames[64];
  const int count = backtrace(frames, 64);
  for (int i = 0; i < count; ++i) {
    Dl_info info;
    if (dladdr(frames[i], &info) != 0 && info.dli_sname != NULL && strcmp(info.dli_sname, "H5_init_library") == 0)
      return 1;
  }
  return 0;
}

static int fails(void) {
  if (atomic_fetch_add(&made, 1) != fail_at) return 0;
  if (is_in_hdf5_init()) {  // the next one, then
    ++fail_at;
    return 0;
  }
  errno = ENOMEM;
  return 1;
}

void* malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return fails() ? NULL : __libc_calloc(count, size); }
void* realloc(void* old, size_t size) { return fails() ? NULL : __libc_realloc(old, size); }
void* memalign(size_t alignment, size_t size) { return fails() ? NULL : __libc_memalign(alignment, size); }
void* aligned_alloc(size_t alignment, size_t size) { return fails() ? NULL : __libc_memalign(alignment, size); }
int posix_memalign(void** to, size_t alignment, size_t size) {
  if (fails()) return ENOMEM;
  *to = __libc_memalign(alignment, size);
  return *to == NULL ? ENOMEM : 0;
}
