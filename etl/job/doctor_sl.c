/* job/doctor_sl: is SL there, has it the columns that we know, does its Process Manager work? */
#include "db/catalog.h"
#include "db/listed.h"
#include "db/query.h"
#include "job/doctor_internal.h"
#include "job/settings.h"
#include "job/sl.h"

#include <string.h>

enum { DIFFERENCES_SHOWN = 20, QUEUE_PATIENCE = 60 * 60 };

struct look {
  struct doctor *doctor;
  struct db *db;
  size_t tables, columns, differences;
  struct buf absent; /* tables that are only read: a module that the site lacks */
};

/* Does sluice write it? Then it must be there. */
static bool is_written(struct library *library, str table) {
  const struct sheet *sheet = library_rows(library, STR("schemas/sl/grants.csv"), (struct place){ NULL, 0 });
  for (size_t i = 0; sheet && i < sheet->row_count; i++)
    if (sheet->rows[i].count && str_eq(sheet->rows[i].cells[0], table)) return true;
  return false;
}

static void differs(struct look *look, str text) {
  if (look->differences++ < DIFFERENCES_SHOWN) doctor_say(look->doctor, "sl", false, "%.*s", STR_ARG(text));
}

static void look_at_table(struct look *look, const struct sql_table *table) {
  struct library *library = look->doctor->library;
  struct arena *arena = library_arena(library);
  struct db_column *live;
  size_t count;
  struct err err = { 0 };
  str *texts;
  if (catalog_columns(look->db, table->name, arena, &live, &count, &err)) {
    bool absent = err.outcome == OUT_SPEC && db_fault(look->db) == DB_FAULT_NONE;
    if (!absent || is_written(library, table->name)) differs(look, arena_str(arena, str_of(err.text)));
    else buf_printf(&look->absent, "%s%.*s", look->absent.len ? ", " : "", STR_ARG(table->name));
    return;
  }
  look->tables++;
  look->columns += table->column_count;
  count = listed_differ(table, live, count, arena, &texts);
  for (size_t i = 0; i < count; i++) differs(look, texts[i]);
}

static void look_at_tables(struct look *look) {
  struct library *library = look->doctor->library;
  str *names;
  size_t count;
  library_names(library, "schemas/sl/tables", ".table", &names, &count);
  for (size_t i = 0; i < count; i++) {
    const struct sql_table *table = library_table(library, STR("sl"), names[i], (struct place){ NULL, 1 });
    if (table) look_at_table(look, table);
  }
  if (look->differences > DIFFERENCES_SHOWN)
    doctor_say(look->doctor, "sl", false, "and %zu more", look->differences - DIFFERENCES_SHOWN);
  if (look->differences) return;
  doctor_say(look->doctor, "sl", true, "%zu tables with %zu columns are as we know them%s%.*s", look->tables,
             look->columns, look->absent.len ? "; not there, and only read: " : "",
             STR_ARG(buf_str(&look->absent)));
}

/* The wall clock of the books at `seconds`, as SL writes it. */
static bool wall_clock(struct doctor *doctor, int64_t seconds, char text[DATE_TEXT_MOST], size_t *len) {
  struct zone *zone;
  struct err err = { 0 };
  str name = settings_text(doctor->library, STR_NONE, "accounting-time-zone");
  if (zone_open(arena_text(library_arena(doctor->library), name), &zone, &err)) return false;
  *len = date_format_wall((stamp){ seconds, 0 }, zone, STR("YYYY-MM-DDTHH:mm:SS"), text);
  zone_close(zone);
  return true;
}

/* Process Manager takes rows away that are due; the server's clock is taken to be the books'. */
static void look_at_queue(struct look *look) {
  char text[DATE_TEXT_MOST];
  size_t len;
  str cells[1] = { STR_NONE };
  struct err err = { 0 };
  if (!wall_clock(look->doctor, look->doctor->now - QUEUE_PATIENCE, text, &len)) return;
  struct db_value due[] = { db_typed(DB_DATETIME, (str){ text, len }) };
  if (db_query_row(look->db, STR("SELECT COUNT(*) FROM ProcessQueue WHERE ProcessAt <= ?"), due, 1,
                   library_arena(look->doctor->library), cells, 1, &err))
    doctor_say(look->doctor, "sl", false, "the queue of Process Manager cannot be read: %s", err.text);
  else if (!str_eq(cells[0], STR("0")))
    doctor_say(
        look->doctor, "sl", false,
        "Process Manager (40.400) stands still: rows of its queue that have been due for an hour: %.*s",
        STR_ARG(cells[0]));
  else doctor_say(look->doctor, "sl", true, "no row of Process Manager's queue has been due for an hour");
}

void doctor_look_at_sl(struct doctor *doctor) {
  struct look look = { .doctor = doctor, .absent = buf_new(64 * 1024) };
  struct db_settings settings;
  struct err err = { 0 };
  enum outcome out = sl_settings(doctor->library, &settings, &err);
  if (out == OUT_END) return;
  if (!out) out = db_open(&settings, &look.db, &err);
  if (out) doctor_say(doctor, "sl", false, "SL cannot be reached: %s", err.text);
  else {
    look_at_tables(&look);
    look_at_queue(&look);
  }
  db_close(look.db);
  buf_free(&look.absent);
}
