/* model/value: one value of the language, and the types it can have.
 *
 * Absent is a value of its own (TYPE_ABSENT); there is no empty text, no zero
 * date. Texts and lists are borrowed: the evaluator says until when. Types are
 * fixed when a spec is checked; at run time a value is of its expression's type
 * or absent.
 */
#ifndef SLUICE_MODEL_VALUE_H
#define SLUICE_MODEL_VALUE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/memory.h"
#include "model/calendar.h"
#include "model/date.h"
#include "model/decimal.h"

#include <stdatomic.h>

enum type {
  TYPE_ABSENT, /* of a value: there is none. Of an expression: always absent */
  TYPE_ANY,    /* of an expression that was complained of, or a column whose table is not known */
  TYPE_TEXT,
  TYPE_DECIMAL,
  TYPE_INTEGER,
  TYPE_BOOLEAN,
  TYPE_DATE,
  TYPE_TIMESTAMP,
  TYPE_PERIOD,
  TYPE_LIST /* texts; settings only */
};

typedef struct {
  enum type type;
  union {
    str text;
    dec decimal;
    int64_t integer;
    bool yes;
    int32_t date;
    stamp at;
    int32_t period;
    struct {
      const str *items;
      size_t count;
    } list;
  } as;
} value;

/* A type as a spec states it: text(30), decimal(2), date(MM/DD/YYYY). */
struct type_spec {
  enum type type;
  int32_t size;     /* text: most characters; decimal: places; -1 = not stated */
  str pattern;      /* date, period */
  bool local;       /* timestamp(local) */
  str size_setting; /* decimal(config.qty-places) */
};

static inline value value_absent(void) { return (value){ .type = TYPE_ABSENT }; }
static inline value value_text(str text) {
  return text.len ? (value){ .type = TYPE_TEXT, .as.text = text } : value_absent();
}
static inline value value_yes_no(bool yes) { return (value){ .type = TYPE_BOOLEAN, .as.yes = yes }; }
static inline value value_integer(int64_t n) { return (value){ .type = TYPE_INTEGER, .as.integer = n }; }
static inline value value_decimal(dec d) { return (value){ .type = TYPE_DECIMAL, .as.decimal = d }; }
static inline value value_date(int32_t d) { return (value){ .type = TYPE_DATE, .as.date = d }; }
static inline value value_period(int32_t p) { return (value){ .type = TYPE_PERIOD, .as.period = p }; }
static inline bool value_is_present(const value *v) { return v->type != TYPE_ABSENT; }

const char *type_name(enum type type); /* "text", "decimal", ... */
bool type_by_name(str name, enum type *type);

/* What the stamps of a file said of the order of day and month. 03/11/2026 could be either, 13/11/2026 only
 * one; 05/05/2026 and 03.11.2026 (always day first) leave nothing to ask. */
struct date_notes {
  atomic_bool asked;     /* a stamp whose day depends on the order */
  atomic_bool not_this;  /* one that only the other order can read */
  atomic_bool not_other; /* one that only this order can read */
};

/* How the cells of a file are to be read: settled per file (job/exec). */
struct notation {
  enum dec_notation decimal;
  enum date_order order;
  const struct zone *zone;  /* the ledger's */
  int32_t places_most;      /* decimals of the file's currency, for `decimal auto`; -1 = any */
  struct date_notes *notes; /* NULL: nobody asks; by any thread */
};

/* A stamp by the notation, which is told in its notes what it says of the order. */
bool value_parse_stamp(str cell, const struct notation *notation, stamp *at);

/* A cell to a value. Blanks around it are dropped for all types but text; an empty one (for text: only
 * blanks) is absent. False: *why gets a static text such as "is not a number". */
bool value_parse(str cell, const struct type_spec *type, const struct notation *notation, value *v,
                 const char **why);

/* Appends the value as a cell in the plain notation: decimals with a point (padded to the type's places; type
 * may be NULL), dates by the type's pattern (YYYY-MM-DD), booleans yes/no, lists joined by comma. */
void value_format(const value *v, const struct type_spec *type, const struct zone *zone, struct buf *text);

/* For texts shown to people and keys: absent is empty. The result lives in the arena (or borrows). */
str value_show(const value *v, const struct zone *zone, struct arena *arena);

int value_compare(const value *a, const value *b);     /* same type, both present; booleans: no before yes */
bool value_equal(const value *a, const value *b);      /* absent equals absent */
bool value_to_decimal(const value *v, dec *d);         /* integer or decimal */
value value_keep(const value *v, struct arena *arena); /* a copy whose texts live in the arena */

/* Bytes whose memcmp order is the value's order, absent first; parts of a key follow each other. OUT_DATA for
 * a decimal that needs more than 20 digits before the point. */
enum outcome value_key(const value *v, struct buf *key, struct err *err);
/* Reads one part back; *at moves behind it. Texts borrow from the key. */
value value_of_key(str key, size_t *at, enum type type);

#endif
