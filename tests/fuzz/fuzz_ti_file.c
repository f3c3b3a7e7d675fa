/* fuzz/fuzz_ti_file: documents of a Transaction Import file lie behind each other, within its lines. */
#include "extract/ti_file.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char spec[] =
    "schema o  format ti\n  record head \"D\"\n    Key text(25)\n    Per period(MM-YYYY)\n"
    "    record line \"T\"\n      Id text(30)\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const fields[] = { "Key", "Per", "Id" };
  struct arena *arena = arena_new();
  struct source source = { "x.schema", str_of(spec) };
  struct schema *schema = schema_parse(&source, arena, complaints_new(arena));
  struct ti_document *all;
  size_t count;
  uint64_t before = 0;
  struct err err = { 0 };
  if (!ti_file_read(schema, (str){ (const char *)data, size }, fields, 3, arena, &all, &count, &err))
    for (size_t i = 0; i < count; i++) {
      if (all[i].first <= before || all[i].last < all[i].first || all[i].lines > all[i].last - all[i].first)
        abort();
      before = all[i].last;
    }
  arena_free(arena);
  return 0;
}
