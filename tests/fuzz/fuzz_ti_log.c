/* fuzz/fuzz_ti_log: a log of Transaction Import is read within its bounds, and its refusals name lines. */
#include "extract/ti_log.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new();
  struct ti_log log;
  struct err err = { 0 };
  if (!ti_log_read((str){ (const char *)data, size }, arena, &log, &err))
    for (size_t i = 0; i < log.count; i++)
      if (!log.refusals[i].line || log.refusals[i].said.len > TI_LOG_SAID_MOST) abort();
  arena_free(arena);
  return 0;
}
