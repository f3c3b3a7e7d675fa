/* fuzz/spec: any bytes as a schema, a column list, a transform or a feed: no crash, no hang, and every
 * complaint has a place. */
#include "job/feed_internal.h"

#include <stdlib.h>

static const char settlement[] = "schema amazon.settlement  format tsv, charset auto, decimal auto\n"
                                 "  record row\n"
                                 "    settlement-id, currency, sku, order-id text(64)\n"
                                 "    transaction-type, amount-type, amount-description text(80)\n"
                                 "    marketplace-name, fulfillment-id text(80)\n"
                                 "    settlement-start-date, settlement-end-date, deposit-date timestamp\n"
                                 "    posted-date-time timestamp\n"
                                 "    total-amount, amount decimal\n"
                                 "    quantity-purchased integer\n";
static const char journal[] = "schema sl.journal  format ti, screen \"01.010.00\"\n"
                              "  record batch \"Batch\"\n"
                              "    PerPost period(YYYYPP) required\n"
                              "    Handling text(1) = \"H\"\n"
                              "    CrTot decimal(2)\n"
                              "    Descr text(30)\n"
                              "    CuryId text(4)\n"
                              "    record line \"Transaction\"\n"
                              "      CpnyID, Acct, Sub, RefNbr, ExtRefNbr, TranDesc text(30)\n"
                              "      TranDate date\n"
                              "      DrAmt, CrAmt decimal(2) = 0\n";
static const char order[] = "schema order  format csv\n"
                            "  record order key order-id\n"
                            "    order-id text(25) required\n"
                            "    purchase-date timestamp\n"
                            "    record item\n"
                            "      sku text(64)\n"
                            "      quantity integer\n"
                            "      item-price decimal\n";

struct files {
  struct arena *arena;
  struct complaints *wrong;
};

static struct schema *schema_of(void *user, str name, struct place place) {
  static const struct {
    const char *name;
    struct source source;
  } known[] = { { "amazon.settlement", { "settlement", { settlement, sizeof settlement - 1 } } },
                { "sl.journal", { "journal", { journal, sizeof journal - 1 } } },
                { "order", { "order", { order, sizeof order - 1 } } } };
  struct files *files = user;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (str_eq(name, str_of(known[i].name)))
      return schema_parse(&known[i].source, files->arena, files->wrong);
  if (place.source) complain(files->wrong, place, "no schema \"%.*s\"", STR_ARG(name));
  return NULL;
}

static const struct sheet *sheet_of(void *user, str name, struct place place) {
  struct files *files = user;
  complain(files->wrong, place, "no sheet \"%.*s\"", STR_ARG(name));
  return NULL;
}

static bool setting_of(void *user, str name, str *text, struct place *place) {
  (void)user, (void)name, (void)text, (void)place;
  return false;
}

/* Each complaint shown is its place, the line and the caret. */
static void check_places(struct complaints *wrong) {
  struct buf text = buf_new(16 << 20);
  struct err err = { 0 };
  complaints_format(wrong, &text);
  if (complaints_first(wrong, &err) != OUT_OK && (!err.line || !err.column)) abort();
  size_t lines = 0, count = complaints_count(wrong);
  for (size_t i = 0; i < text.len; i++) lines += text.at[i] == '\n';
  size_t shown = count < COMPLAINTS_SHOWN ? count : COMPLAINTS_SHOWN;
  if (lines < shown * 3) abort();
  buf_free(&text);
}

static void as_schema(const struct source *source) {
  struct arena *arena = arena_new();
  struct complaints *wrong = complaints_new(arena);
  struct schema *schema = schema_parse(source, arena, wrong);
  if (!schema && !complaints_count(wrong)) abort();
  if (schema) schema_complete(schema, schema, wrong, arena);
  check_places(wrong);
  arena_free(arena);
}

static void as_table(const struct source *source) {
  struct arena *arena = arena_new();
  struct complaints *wrong = complaints_new(arena);
  struct sql_table *table = sqltable_parse(source, arena, wrong);
  if (!table && !complaints_count(wrong)) abort();
  for (size_t i = 0; table && i < table->column_count; i++)
    if (sqltable_column(table, table->columns[i]->name) != table->columns[i]) abort();
  check_places(wrong);
  arena_free(arena);
}

static void as_transform(const struct source *source) {
  struct arena *arena = arena_new();
  struct complaints *wrong = complaints_new(arena);
  struct files files = { arena, wrong };
  struct check_files callbacks = { &files, schema_of, sheet_of, setting_of, false, false };
  struct transform_spec *spec = transform_parse(source, arena, wrong);
  if (!spec && !complaints_count(wrong)) abort();
  if (spec) transform_check(spec, &callbacks, arena, wrong);
  check_places(wrong);
  arena_free(arena);
}

static void as_feed(const struct source *source) {
  struct arena *arena = arena_new();
  struct complaints *wrong = complaints_new(arena);
  struct parse parse = { .arena = arena, .wrong = wrong };
  struct statement *root = block_parse(source, NULL, arena, wrong);
  if (!feed_parse(&parse, root, STR("settlement")) && !complaints_count(wrong)) abort();
  check_places(wrong);
  arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 64 * 1024) return 0;
  const struct source source = { "fuzz", { (const char *)data, size } };
  as_schema(&source);
  as_table(&source);
  as_transform(&source);
  as_feed(&source);
  return 0;
}
