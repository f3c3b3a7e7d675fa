/* transform/functions: the one table of functions: name, types, help and code. */
#include "transform/earlier.h"
#include "transform/eval.h"
#include "model/currency.h"

#include <string.h>

static value upper(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  str text = given[0].as.text;
  char *copy = arena_alloc(ctx->arena, text.len + 1);
  for (size_t i = 0; i < text.len; i++)
    copy[i] = text.at[i] >= 'a' && text.at[i] <= 'z' ? (char)(text.at[i] - 32) : text.at[i];
  return value_text((str){ copy, text.len });
}

static value trim(struct ctx *ctx, const value *given, size_t count) {
  (void)ctx, (void)count;
  return value_text(str_trim(given[0].as.text));
}

static size_t clamped(const value *n) { return n->as.integer < 0 ? 0 : (size_t)n->as.integer; }

static value left(struct ctx *ctx, const value *given, size_t count) {
  (void)ctx, (void)count;
  return value_text(str_left_chars(given[0].as.text, clamped(&given[1])));
}

static value right(struct ctx *ctx, const value *given, size_t count) {
  (void)ctx, (void)count;
  return value_text(str_right_chars(given[0].as.text, clamped(&given[1])));
}

static value length(struct ctx *ctx, const value *given, size_t count) {
  (void)ctx, (void)count;
  return value_integer((int64_t)str_chars(given[0].as.text));
}

static value replace(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  if (!value_is_present(&given[0])) return value_absent();
  if (!value_is_present(&given[1])) return given[0];
  str text = given[0].as.text, old = given[1].as.text; /* an absent `new`: nothing comes in its place */
  str with = value_is_present(&given[2]) ? given[2].as.text : STR_NONE;
  struct buf out = buf_new(1 << 20);
  for (size_t i = 0; i < text.len;) {
    bool hit = old.len && text.len - i >= old.len && memcmp(text.at + i, old.at, old.len) == 0;
    if (hit) buf_add(&out, with);
    else buf_char(&out, text.at[i]);
    i += hit ? old.len : 1;
  }
  value v = value_text(arena_str(ctx->arena, buf_str(&out)));
  buf_free(&out);
  return v;
}

static value part(struct ctx *ctx, const value *given, size_t count) {
  (void)ctx, (void)count;
  str rest = given[0].as.text, piece, mark = given[1].as.text;
  int64_t wanted = given[2].as.integer;
  if (mark.len != 1) return value_absent();
  for (int64_t i = 1; str_split(&rest, mark.at[0], &piece); i++)
    if (i == wanted) return value_text(piece);
  return value_absent();
}

static value join(struct ctx *ctx, const value *given, size_t count) {
  struct buf out = buf_new(1 << 20);
  for (size_t i = 1; i < count; i++) {
    if (!value_is_present(&given[i])) continue;
    if (out.len && value_is_present(&given[0])) buf_add(&out, given[0].as.text);
    buf_add(&out, value_show(&given[i], ctx->run->notation.zone, ctx->arena));
  }
  value v = value_text(arena_str(ctx->arena, buf_str(&out)));
  buf_free(&out);
  return v;
}

static value digits(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  str text = given[0].as.text;
  char *copy = arena_alloc(ctx->arena, text.len + 1);
  size_t len = 0;
  for (size_t i = 0; i < text.len; i++)
    if (text.at[i] >= '0' && text.at[i] <= '9') copy[len++] = text.at[i];
  return value_text((str){ copy, len });
}

static value text_of(struct ctx *ctx, const value *given, size_t count) {
  str pattern = count > 1 ? given[1].as.text : STR_NONE;
  struct type_spec type = { .type = given[0].type, .size = -1, .pattern = pattern };
  if (given[0].type == TYPE_INTEGER && pattern.len)
    return value_text(arena_printf(ctx->arena, "%0*lld", (int)pattern.len, (long long)given[0].as.integer));
  struct buf out = buf_new(1 << 16);
  value_format(&given[0], &type, ctx->run->notation.zone, &out);
  value v = value_text(arena_str(ctx->arena, buf_str(&out)));
  buf_free(&out);
  return v;
}

static value as_number(dec d, bool whole) {
  int64_t n;
  return whole && dec_to_int(d, &n) ? value_integer(n) : value_decimal(d);
}

static value absolute(struct ctx *ctx, const value *given, size_t count) {
  (void)ctx, (void)count;
  dec d;
  value_to_decimal(&given[0], &d);
  return as_number(dec_sign(d) < 0 ? dec_negate(d) : d, given[0].type == TYPE_INTEGER);
}

static value extreme(const value *given, size_t count, int wanted) {
  value best = given[0];
  for (size_t i = 1; i < count; i++)
    if (value_compare(&given[i], &best) * wanted > 0) best = given[i];
  return best;
}

static value least(struct ctx *ctx, const value *given, size_t count) {
  (void)ctx;
  return extreme(given, count, -1);
}

static value greatest(struct ctx *ctx, const value *given, size_t count) {
  (void)ctx;
  return extreme(given, count, 1);
}

static value rounded(struct ctx *ctx, const value *given, enum dec_rounding how) {
  dec d, result;
  value_to_decimal(&given[0], &d);
  int64_t places = given[1].as.integer;
  if (places < 0 || places > DEC_SCALE_MOST || !dec_round(d, (int32_t)places, how, &result)) {
    eval_fail(ctx, (struct place){ 0 }, "cannot round to %lld places", (long long)places);
    return value_absent();
  }
  return value_decimal(result);
}

static value round_half_up(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  return rounded(ctx, given, DEC_HALF_UP);
}
static value round_half_even(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  return rounded(ctx, given, DEC_HALF_EVEN);
}
static value round_down(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  return rounded(ctx, given, DEC_DOWN);
}
static value round_up(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  return rounded(ctx, given, DEC_UP);
}

static value to_decimal(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  dec d;
  if (value_to_decimal(&given[0], &d)) return value_decimal(d);
  if (given[0].type == TYPE_TEXT && dec_parse(given[0].as.text, DEC_PLAIN, &d)) return value_decimal(d);
  eval_fail(ctx, (struct place){ 0 }, "\"%.*s\" is not a number",
            STR_ARG(value_show(&given[0], NULL, ctx->arena)));
  return value_absent();
}

static value to_integer(struct ctx *ctx, const value *given, size_t count) {
  value v = to_decimal(ctx, given, count);
  int64_t whole;
  if (!value_is_present(&v)) return v;
  if (dec_to_int(v.as.decimal, &whole)) return value_integer(whole);
  eval_fail(ctx, (struct place){ 0 }, "%.*s is not a whole number",
            STR_ARG(value_show(&given[0], NULL, ctx->arena)));
  return value_absent();
}

static int32_t day_of(struct ctx *ctx, const value *v) {
  return v->type == TYPE_DATE ? v->as.date : zone_day(ctx->run->notation.zone, v->as.at.seconds);
}

static value date_part(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  return value_date(day_of(ctx, &given[0]));
}

static value today(struct ctx *ctx, const value *given, size_t count) {
  (void)given, (void)count;
  return value_date(ctx->run->today);
}

static value now(struct ctx *ctx, const value *given, size_t count) {
  (void)given, (void)count;
  return (value){ .type = TYPE_TIMESTAMP, .as.at = ctx->run->now };
}

static value add_days(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  int64_t day = given[0].as.date + given[1].as.integer;
  if (given[1].as.integer < -4000000 || given[1].as.integer > 4000000 || day < date_of(1, 1, 1) ||
      day > date_of(9999, 12, 31)) {
    eval_fail(ctx, (struct place){ 0 }, "add-days() leaves the calendar");
    return value_absent();
  }
  return value_date((int32_t)day);
}

static value fiscal_period(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  int32_t period, start, end, day = day_of(ctx, &given[0]);
  if (ctx->run->calendar && calendar_period(ctx->run->calendar, day, &period)) return value_period(period);
  char text[DATE_TEXT_MOST], from[DATE_TEXT_MOST], to[DATE_TEXT_MOST];
  text[date_format(day, STR("YYYY-MM-DD"), text)] = '\0';
  if (!ctx->run->calendar) {
    eval_fail(ctx, (struct place){ 0 }, "there is no fiscal calendar (setting fiscal-calendar)");
    return value_absent();
  }
  calendar_range(ctx->run->calendar, &start, &end);
  from[date_format(start, STR("YYYY-MM-DD"), from)] = '\0';
  to[date_format(end, STR("YYYY-MM-DD"), to)] = '\0';
  eval_fail(ctx, (struct place){ 0 }, "%s lies outside the fiscal calendar (%s to %s)", text, from, to);
  return value_absent();
}

static value period_bound(struct ctx *ctx, const value *given, bool end_wanted) {
  int32_t start, end;
  if (!ctx->run->calendar || !calendar_bounds(ctx->run->calendar, given[0].as.period, &start, &end))
    return value_absent();
  return value_date(end_wanted ? end : start);
}

static value period_start(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  return period_bound(ctx, given, false);
}
static value period_end(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  return period_bound(ctx, given, true);
}

static value is_open(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  return value_yes_no(ctx->run->calendar && calendar_is_open(ctx->run->calendar, given[0].as.period));
}

static value first_open(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  int32_t open;
  if (!ctx->run->calendar || !calendar_first_open(ctx->run->calendar, given[0].as.period, &open))
    return value_absent();
  return value_period(open);
}

static value places_of(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  int32_t places;
  if (currency_places(given[0].as.text, &places)) return value_integer(places);
  eval_fail(ctx, (struct place){ 0 }, "\"%.*s\" is not a currency of ISO 4217", STR_ARG(given[0].as.text));
  return value_absent();
}

static value full_run(struct ctx *ctx, const value *given, size_t count) {
  (void)given, (void)count;
  return value_yes_no(ctx->run->full);
}

static value earlier(struct ctx *ctx, const value *given, size_t count) {
  (void)count;
  if (ctx->earlier) return earlier_value(ctx->earlier, given[1].as.text, &given[0]);
  eval_fail(ctx, (struct place){ 0 }, "earlier() is for records with records below them");
  return value_absent();
}

static value rejected(struct ctx *ctx, const value *given, size_t count) {
  (void)given, (void)count;
  return value_integer((int64_t)ctx->rejected);
}

static value source_file(struct ctx *ctx, const value *given, size_t count) {
  (void)given, (void)count;
  return value_text(ctx->run->source_file);
}

static value source_row(struct ctx *ctx, const value *given, size_t count) {
  (void)given, (void)count;
  const struct rec *rec = ctx->recs[ctx->run->program->streamed->index];
  return rec ? value_integer((int64_t)rec->row) : value_absent();
}

#define PLAIN FUNCTION_PLAIN
const struct function functions[] = {
  { "sum", "x", "n", "adds up; 0 of nothing", FUNCTION_AGGREGATE, NULL, false },
  { "count", "x", "i", "how many records of that name", FUNCTION_AGGREGATE, NULL, false },
  { "distinct", "x", "i", "how many different values", FUNCTION_AGGREGATE, NULL, false },
  { "min", "x", "1", "the smallest value", FUNCTION_AGGREGATE, NULL, false },
  { "max", "x", "1", "the largest value", FUNCTION_AGGREGATE, NULL, false },
  { "first", "x", "1", "the value of the first record that has one", FUNCTION_AGGREGATE, NULL, false },
  { "last", "x", "1", "the value of the last record that has one", FUNCTION_AGGREGATE, NULL, false },
  { "same", "x", "1", "the value on which all records agree; the record is held when they do not",
    FUNCTION_AGGREGATE, NULL, false },
  { "any", "b", "b", "yes when the condition holds for one record", FUNCTION_AGGREGATE, NULL, false },
  { "all", "b", "b", "yes when the condition holds for every record", FUNCTION_AGGREGATE, NULL, false },
  { "list", "x", "t", "the different values, joined by comma, at most 20", FUNCTION_AGGREGATE, NULL, false },
  { "counter", "", "i", "1, 2, 3 ... among the records of that name under their parent", FUNCTION_PLACE, NULL,
    false },
  { "counter-in-file", "", "i", "1, 2, 3 ... in the output file", FUNCTION_PLACE, NULL, false },
  { "is-last", "x?", "b", "yes for the last record of its block", FUNCTION_PLACE, NULL, false },
  { "prior", "x", "1", "the sum or count over the records of this block before this one", FUNCTION_PLACE,
    NULL, false },
  { "apportion", "nni", "N", "apportion(total, weight, places): shares among neighbours that add up exactly",
    FUNCTION_PLACE, NULL, false },
  { "upper", "t", "t", "in capitals (A to Z)", PLAIN, upper, false },
  { "trim", "t", "t", "without blanks at either end", PLAIN, trim, false },
  { "left", "ti", "t", "the first n characters", PLAIN, left, false },
  { "right", "ti", "t", "the last n characters", PLAIN, right, false },
  { "length", "t", "i", "how many characters", PLAIN, length, false },
  { "replace", "ttt", "t", "replace(text, old, new): every old by new", PLAIN, replace, true },
  { "part", "tti", "t", "part(text, mark, n): the n-th piece between marks", PLAIN, part, false },
  { "join", "tx*", "t", "join(mark, a, b ...): what is present, with the mark between", PLAIN, join, true },
  { "digits", "t", "t", "only its digits", PLAIN, digits, false },
  { "text", "xt?", "t", "text(value, pattern): as text, by YYYY-MM-DD and the like", PLAIN, text_of, false },
  { "abs", "n", "1", "without its sign", PLAIN, absolute, false },
  { "least", "n*", "n", "the smallest of the values given", PLAIN, least, false },
  { "greatest", "n*", "n", "the largest of the values given", PLAIN, greatest, false },
  { "round-half-up", "ni", "N", "to n places, a half away from zero", PLAIN, round_half_up, false },
  { "round-half-even", "ni", "N", "to n places, a half to the even neighbour", PLAIN, round_half_even,
    false },
  { "round-down", "ni", "N", "to n places, toward zero", PLAIN, round_down, false },
  { "round-up", "ni", "N", "to n places, away from zero", PLAIN, round_up, false },
  { "decimal", "x", "N", "a text or an integer as a decimal", PLAIN, to_decimal, false },
  { "integer", "x", "i", "a text or a decimal as an integer; it must be whole", PLAIN, to_integer, false },
  { "currency-places", "t", "i", "how many decimals a currency has (ISO 4217)", PLAIN, places_of, false },
  { "date", "D", "d", "the day of a timestamp in the ledger's time zone", PLAIN, date_part, false },
  { "today", "", "d", "the run's day", FUNCTION_RUN, today, false },
  { "now", "", "s", "the run's stated time", FUNCTION_RUN, now, false },
  { "add-days", "di", "d", "n days later", PLAIN, add_days, false },
  { "fiscal-period", "D", "p", "the period of a day, by the site's fiscal calendar", PLAIN, fiscal_period,
    false },
  { "period-start", "p", "d", "the period's first day", PLAIN, period_start, false },
  { "period-end", "p", "d", "the period's last day", PLAIN, period_end, false },
  { "is-open", "p", "b", "yes when the fiscal calendar says the period is open", PLAIN, is_open, false },
  { "first-open", "p", "p", "the first open period that is not before this one", PLAIN, first_open, false },
  { "found", "x", "b", "yes when the lookup has a row for this record", FUNCTION_RUN, NULL, false },
  { "full-run", "", "b", "yes when everything is to be sent, not only what changed", FUNCTION_RUN, full_run,
    false },
  { "rejected", "", "i", "how many records were rejected; for rules and proofs about the file", FUNCTION_RUN,
    rejected, false },
  { "earlier", "xt", "1",
    "earlier(value, key): the value of the first record of the file with that key; absent for it",
    FUNCTION_RUN, earlier, false },
  { "source-file", "", "t", "the name of the file being read", FUNCTION_RUN, source_file, false },
  { "source-row", "", "i", "the row in it, from 1", FUNCTION_RUN, source_row, false },
};
const size_t function_count = sizeof functions / sizeof *functions;

const struct function *function_by_name(str name) {
  for (size_t i = 0; i < function_count; i++)
    if (str_eq(name, str_of(functions[i].name))) return &functions[i];
  return NULL;
}

size_t function_least(const struct function *function) {
  size_t len = strlen(function->takes), marks = 0;
  bool open_end = len && (function->takes[len - 1] == '*' || function->takes[len - 1] == '?');
  marks = open_end ? 1 : 0;
  return len - marks - (len && function->takes[len - 1] == '?' ? 1 : 0);
}

size_t function_most(const struct function *function) {
  size_t len = strlen(function->takes);
  if (len && function->takes[len - 1] == '*') return NODE_KIDS_MOST;
  return len && function->takes[len - 1] == '?' ? len - 1 : len;
}
