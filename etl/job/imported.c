/* job/imported: what became of each document of a Transaction Import file: SL is asked, and its log is read.
 */
#include "job/imported.h"
#include "base/map.h"
#include "db/query.h"
#include "extract/ti_log.h"
#include "io/file.h"
#include "io/in.h"
#include "job/feed.h"
#include "job/mirror.h"
#include "job/naming.h"
#include "job/sl.h"

#include <string.h>

enum { FILE_MOST = 256 << 20, LOG_MOST = 64 << 20 };

/* What a document of a screen is found by, and the query for it: the fields, SL's number, how many lines. */
static const struct screen {
  const char *screen, *fields[TI_KEYS_MOST];
  size_t count;
  const char *query;
} screens[] = {
  { "40.100.00",
    { "CustOrdNbr" },
    1,
    "SELECT h.CustOrdNbr, h.OrdNbr, COUNT(l.LineRef) FROM SOHeader h LEFT JOIN SOLine l ON l.CpnyID = "
    "h.CpnyID "
    "AND l.OrdNbr = h.OrdNbr WHERE h.CustOrdNbr IN (?) GROUP BY h.CustOrdNbr, h.OrdNbr" },
  { "01.010.00",
    { "ExtRefNbr", "PerPost", "Descr" },
    3,
    "SELECT t.ExtRefNbr, b.PerPost, b.Descr, b.BatNbr, COUNT(t.LineNbr) FROM GLTran t JOIN Batch b ON "
    "b.Module = "
    "t.Module AND b.BatNbr = t.BatNbr WHERE t.Module = 'GL' AND b.Status <> 'V' AND t.ExtRefNbr IN (?) "
    "GROUP BY t.ExtRefNbr, b.PerPost, b.Descr, b.BatNbr" },
  { "08.010.00",
    { "RefNbr", "DocType", "CustId" },
    3,
    "SELECT d.RefNbr, d.DocType, d.CustId, d.BatNbr, COUNT(t.LineNbr) FROM ARDoc d LEFT JOIN ARTran t ON "
    "t.CustId = d.CustId AND t.TranType = d.DocType AND t.RefNbr = d.RefNbr AND t.BatNbr = d.BatNbr "
    "WHERE d.RefNbr IN (?) GROUP BY d.RefNbr, d.DocType, d.CustId, d.BatNbr" },
  { "08.030.00",
    { "RefNbr", "DocType", "CustId" },
    3,
    "SELECT d.RefNbr, d.DocType, d.CustId, d.BatNbr, COUNT(a.RecordID) FROM ARDoc d LEFT JOIN ARAdjust a ON "
    "a.CustId = d.CustId AND a.AdjgDocType = d.DocType AND a.AdjgRefNbr = d.RefNbr WHERE d.RefNbr IN (?) "
    "GROUP BY d.RefNbr, d.DocType, d.CustId, d.BatNbr" },
  { "08.260.00", { "CustId" }, 1, "SELECT CustId, CustId, 0 FROM Customer WHERE CustId IN (?)" },
};

const char *imported_query(size_t which) {
  return which < sizeof screens / sizeof *screens ? screens[which].query : NULL;
}

struct looking {
  const struct custody *custody;
  struct arena *arena;
  const struct schema *schema;
  const struct screen *screen;
  struct imported *imported;
  struct map *by_key;
};

/* --- the file --- */

static bool has_field(struct record *const *records, size_t count, str name) {
  bool has = false;
  for (size_t i = 0; i < count && !has; i++)
    has = record_field(records[i], name) || has_field(records[i]->kids, records[i]->kid_count, name);
  return has;
}

/* A file that changes documents, by SL's own numbers, has not what new ones are found by: a person looks. */
static const struct screen *screen_of(const struct schema *schema) {
  str name = schema_option_word(schema, "screen", 0);
  for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
    bool found = str_eq(name, str_of(screens[i].screen));
    for (size_t j = 0; j < screens[i].count && found; j++)
      found = has_field(schema->records, schema->record_count, str_of(screens[i].fields[j]));
    if (found) return &screens[i];
  }
  return NULL;
}

/* Of all that the feed writes for Transaction Import: the schema whose words the file begins with. */
static void find_schema(struct looking *looking, str feed, str text) {
  const struct place somewhere = { NULL, 1 };
  const struct feed *opened = feed_open(looking->custody->site->library, feed, somewhere);
  for (size_t i = 0; opened && i < opened->load_count && !looking->schema; i++) {
    const struct schema *schema = opened->loads[i].schema;
    if (schema && schema->format == FORMAT_TI && mirror_knows(schema, text)) looking->schema = schema;
  }
  looking->screen = looking->schema ? screen_of(looking->schema) : NULL;
}

static str key_of(struct arena *arena, const str *cells, size_t count) {
  str key = cells[0];
  for (size_t i = 1; i < count; i++) key = arena_printf(arena, "%.*s\t%.*s", STR_ARG(key), STR_ARG(cells[i]));
  return key;
}

static enum outcome read_file(struct looking *looking, str output, struct err *err) {
  const struct custody *custody = looking->custody;
  str name = naming_released(looking->arena, output), text;
  const struct ledger_entry *entry = ledger_by_output(custody->ledger, name);
  const char *path = file_join(looking->arena, custody->site->folder, name);
  if (!entry || !file_exists(path))
    return OUT_OK; /* confirmed before, or never released: not ours to look at */
  if (in_read_whole(path, FILE_MOST, looking->arena, &text, err)) return err->outcome;
  find_schema(looking, entry->feed, text);
  if (!looking->screen) return OUT_OK;
  struct ti_document *documents;
  struct imported *imported = looking->imported;
  if (ti_file_read(looking->schema, text, looking->screen->fields, looking->screen->count, looking->arena,
                   &documents, &imported->count, err))
    return err_in_file(err, name);
  imported->readable = true;
  imported->documents = ARENA_ARRAY(looking->arena, struct imported_document, imported->count);
  looking->by_key = map_new(looking->arena);
  for (size_t i = 0; i < imported->count; i++) {
    imported->documents[i] =
        (struct imported_document){ .document = &documents[i], .state = IMPORTED_UNKNOWN };
    void **place =
        map_put(looking->by_key, key_of(looking->arena, documents[i].keys, looking->screen->count));
    if (*place)
      return err_set(err, OUT_DATA, "lines %llu and %llu of %.*s are one document: SL would have it twice",
                     (unsigned long long)((struct imported_document *)*place)->document->first,
                     (unsigned long long)documents[i].first, STR_ARG(name));
    *place = &imported->documents[i];
  }
  return OUT_OK;
}

/* --- SL --- */

static void found_in_sl(struct looking *looking, const str *cells) {
  size_t keys = looking->screen->count;
  struct arena *arena = looking->arena;
  struct imported_document *document = map_get(looking->by_key, key_of(arena, cells, keys));
  int64_t lines;
  if (!document) return;
  document->numbers =
      document->places++ ? arena_printf(arena, "%.*s, %.*s", STR_ARG(document->numbers), STR_ARG(cells[keys]))
                         : arena_str(arena, cells[keys]);
  if (str_to_int(cells[keys + 1], &lines) && lines > 0) document->lines += (uint64_t)lines;
}

static enum outcome ask(struct looking *looking, struct db *db, struct err *err) {
  struct imported *imported = looking->imported;
  struct map *asked = map_new(looking->arena);
  str *list = ARENA_ARRAY(looking->arena, str, imported->count + 1);
  size_t count = 0;
  for (size_t i = 0; i < imported->count; i++) {
    str key = imported->documents[i].document->keys[0];
    if (!key.len || map_has(asked, key)) continue; /* what has no name cannot be found */
    map_put(asked, key);
    list[count++] = key;
  }
  struct db_value names = db_list(DB_CHAR, list, count);
  struct db_query *query;
  if (db_query_open(db, str_of(looking->screen->query), &names, 1, &query, err)) return err->outcome;
  db_query_expect(query, looking->screen->count + 1, DB_INT, 0);
  const str *cells;
  enum outcome out;
  while (!(out = db_query_next(query, &cells, err))) found_in_sl(looking, cells);
  db_query_close(query);
  return out == OUT_END ? OUT_OK : out;
}

static enum outcome ask_sl(struct looking *looking, struct err *err) {
  struct db_settings settings;
  struct db *db;
  enum outcome out = sl_settings(looking->custody->site->library, &settings, err);
  if (out) return out == OUT_END ? OUT_OK : out; /* no connection: SL is not asked */
  if (db_open(&settings, &db, err)) return err->outcome;
  out = ask(looking, db, err);
  db_close(db);
  looking->imported->asked = !out;
  return out;
}

/* --- the log --- */

static struct imported_document *at_line(const struct imported *imported, uint64_t line) {
  for (size_t i = 0; i < imported->count; i++)
    if (line >= imported->documents[i].document->first && line <= imported->documents[i].document->last)
      return &imported->documents[i];
  return NULL;
}

static enum outcome read_log(struct looking *looking, const char *path, struct err *err) {
  struct ti_log log;
  str text;
  if (in_read_whole(path, LOG_MOST, looking->arena, &text, err)) return err->outcome;
  if (ti_log_read(text, looking->arena, &log, err)) return err_in_file(err, str_of(path));
  for (size_t i = 0; i < log.count; i++) {
    struct imported_document *document = at_line(looking->imported, log.refusals[i].line);
    if (!document) looking->imported->strange++;
    else if (!document->said.len) /* the first is the cause: what follows it may be its echo */
      document->said = arena_printf(looking->arena, "line %llu: %.*s",
                                    (unsigned long long)log.refusals[i].line, STR_ARG(log.refusals[i].said));
  }
  return OUT_OK;
}

static void judge(struct imported *imported) {
  for (size_t i = 0; i < imported->count; i++) {
    struct imported_document *document = &imported->documents[i];
    if (document->places > 1) document->state = IMPORTED_TWICE;
    else if (document->places && document->lines < document->document->lines)
      document->state = IMPORTED_PARTLY;
    else if (document->places) document->state = IMPORTED_WHOLE;
    else document->state = document->said.len ? IMPORTED_REFUSED : IMPORTED_UNKNOWN;
    imported->whole += document->state == IMPORTED_WHOLE;
  }
}

enum outcome imported_look(const struct custody *custody, str output, const char *log,
                           struct imported *imported, struct err *err) {
  struct looking looking = { .custody = custody, .arena = custody->site->arena, .imported = imported };
  *imported = (struct imported){ 0 };
  enum outcome out = read_file(&looking, output, err);
  if (!out && imported->readable) out = ask_sl(&looking, err);
  if (!out && imported->readable && log) out = read_log(&looking, log, err);
  if (!out) judge(imported);
  return out;
}

str imported_text(const struct imported_document *document, struct arena *arena) {
  str name = document->document->keys[0];
  unsigned long long have = document->lines, want = document->document->lines;
  if (!name.len) name = arena_printf(arena, "line %llu", (unsigned long long)document->document->first);
  switch (document->state) {
  case IMPORTED_WHOLE:
    return arena_printf(arena, "%.*s: imported as %.*s", STR_ARG(name), STR_ARG(document->numbers));
  case IMPORTED_TWICE:
    return arena_printf(arena, "%.*s: imported twice: %.*s", STR_ARG(name), STR_ARG(document->numbers));
  case IMPORTED_PARTLY:
    return arena_printf(arena, "%.*s: %.*s has %llu of its %llu lines%s%.*s", STR_ARG(name),
                        STR_ARG(document->numbers), have, want,
                        document->said.len ? "; the log refuses " : "", STR_ARG(document->said));
  case IMPORTED_REFUSED:
    return arena_printf(arena, "%.*s: rejected: %.*s", STR_ARG(name), STR_ARG(document->said));
  case IMPORTED_UNKNOWN: break;
  }
  return arena_printf(arena, "%.*s: unknown: %s", STR_ARG(name), "not seen in SL, and no log names it");
}
