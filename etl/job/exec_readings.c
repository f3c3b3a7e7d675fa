/* job/exec_readings: a file is read until one reading of its amounts and days holds, and no other does. */
#include "job/exec_internal.h"

static uint64_t bad_cells(const struct exec_result *result) {
  uint64_t bad = 0;
  for (size_t i = 0; result->keep && result->keep->workers && i < result->keep->worker_count; i++)
    if (result->keep->workers[i]) bad += rows_bad_numbers(result->keep->workers[i]);
  return bad;
}

static bool other_lives(const struct exec_result *result) {
  for (size_t i = 0; result->keep && result->keep->workers && i < result->keep->worker_count; i++)
    if (!result->keep->workers[i] || !rows_other_notation_lives(result->keep->workers[i])) return false;
  return true;
}

/* Both readings prove: do they prove the same amounts? */
static bool same_sides(const struct tally *a, const struct tally *b) {
  if (a->proof_count != b->proof_count) return false;
  for (size_t i = 0; i < a->proof_count; i++)
    if (!str_eq(a->proofs[i].left, b->proofs[i].left) || !str_eq(a->proofs[i].right, b->proofs[i].right))
      return false;
  return true;
}

static bool asks_of_output(const struct node *node) {
  if (node->op == OP_AGGREGATE && node->aggregate->record) return true;
  for (size_t i = 0; i < node->kid_count; i++)
    if (asks_of_output(node->kids[i])) return true;
  return false;
}

/* Its amounts add up, and it failed only at being written (1.234 in a field of two decimals). */
static bool was_not_refuted(const struct exec_result *tried) {
  const struct tally *tally = tried->tally;
  bool proved = false;
  if (!tally || !tally->dropped) return false;
  for (size_t i = 0; i < tally->proof_count; i++) {
    const struct node *node = tally->proofs[i].proof->node;
    if (!node || asks_of_output(node)) continue;
    if (!tally->proofs[i].holds) return false;
    proved = true;
  }
  return proved;
}

static enum dec_notation other(enum dec_notation notation) {
  return notation == DEC_POINT ? DEC_COMMA : DEC_POINT;
}

/* The disk or the machine is at fault: nothing is learnt of how the file is to be read. */
bool exec_says_nothing(enum outcome out) {
  return out && out != OUT_END && out != OUT_DATA && out != OUT_REFUSED;
}

/* The charset is settled; now the decimal mark. */
static enum outcome try_notations(const struct exec_request *request, struct reading *reading,
                                  struct exec_result *result, struct err *err) {
  enum outcome out = exec_attempt(request, reading, result, err);
  if (exec_says_nothing(out) || !exec_decimal_is_auto(request->program) ||
      exec_is_wrong_charset(result->keep))
    return out;
  uint64_t bad = bad_cells(result);
  bool wrong = bad || (out && !result->tally), twice = !out && other_lives(result);
  if ((!wrong && !twice && out != OUT_REFUSED) || (!bad && !other_lives(result))) return out;
  struct reading second = *reading;
  second.notation.decimal = other(result->notation.decimal);
  struct exec_result tried = { .arena = arena_new() };
  struct err second_err = { 0 };
  enum outcome second_out = exec_attempt(request, &second, &tried, &second_err);
  bool second_better = !second_out && !bad_cells(&tried) && (out || bad);
  bool both = twice && !bad_cells(&tried) && (!second_out || was_not_refuted(&tried));
  bool differ = both && (second_out || !same_sides(result->tally, tried.tally));
  exec_result_free(&tried);
  if (exec_says_nothing(second_out)) {
    *err = second_err;
    return second_out;
  }
  if (differ)
    return err_set(err, OUT_DATA,
                   "the amounts add up with a decimal point and with a decimal comma, to different values");
  *reading = second_better ? second : (struct reading){ reading->charset, result->notation };
  exec_again(result, err);
  return exec_attempt(request, reading, result, err);
}

static enum outcome read_again(const struct exec_request *request, struct reading *reading,
                               enum date_order order, struct exec_result *result, struct err *err) {
  reading->notation.order = order;
  reading->notation.decimal = DEC_PLAIN;
  exec_again(result, err);
  return try_notations(request, reading, result, err);
}

static const char mixed_orders[] = "some days are written with the day first, others with the month first";

/* Stamps such as 03/11/2026: rows that only one order can read decide; else what the rules say of the days,
 * which must not hold both ways (R8). */
enum outcome exec_readings(const struct exec_request *request, struct reading *reading,
                           struct exec_result *result, struct err *err) {
  reading->notation.order = DATE_DAY_FIRST;
  enum outcome out = try_notations(request, reading, result, err);
  if (exec_says_nothing(out) || !result->keep || exec_is_wrong_charset(result->keep)) return out;
  bool not_day_first = atomic_load(&result->keep->dates.not_this);
  bool not_month_first = atomic_load(&result->keep->dates.not_other);
  if (not_day_first && not_month_first) return err_set(err, OUT_DATA, "%s", mixed_orders);
  if (not_day_first) {
    out = read_again(request, reading, DATE_MONTH_FIRST, result, err);
    bool mixed = !exec_says_nothing(out) && result->keep && atomic_load(&result->keep->dates.not_this);
    return mixed ? err_set(err, OUT_DATA, "%s", mixed_orders) : out;
  }
  if (not_month_first || !atomic_load(&result->keep->dates.asked)) return out;
  enum outcome second = read_again(request, reading, DATE_MONTH_FIRST, result, err);
  if (exec_says_nothing(second)) return second;
  if (!out && !second)
    return err_set(err, OUT_DATA, "day and month cannot be told apart: every day could be either");
  return out && !second ? second : read_again(request, reading, DATE_DAY_FIRST, result, err);
}
