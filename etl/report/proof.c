/* report/proof: the account of one file, for people. */
#include "report/page.h"
#include "report/proof_internal.h"
#include "report/summary.h"

#include <string.h>

enum {
  INDENT = 2,
  BODY = 13, /* where the facts begin, behind their names */
  ENTRY = 4,
  PROOFS_MOST = 50,
  REJECTS_MOST = 20,
  PROOF_TEXT_MOST = 48, /* longer ones push their sides to the next line */
  SIDE_MOST = 20
};

struct account {
  const struct proof_facts *facts;
  struct page page;
  struct arena *arena;
};

/* Building blocks. */

static void fact(struct account *account, const char *name) {
  page_to(&account->page, INDENT);
  page_safe(&account->page, str_of(name));
  page_to(&account->page, BODY);
}

static void title(struct account *account, const char *name) {
  page_end(&account->page);
  page_to(&account->page, INDENT);
  page_safe(&account->page, str_of(name));
  page_end(&account->page);
}

static const char *commas(struct account *account, uint64_t n) { return with_commas(n, account->arena).at; }

/* "1 row", "1,234 rows" */
static const char *counted(struct account *account, uint64_t n, const char *noun) {
  return arena_printf(account->arena, "%s %s%s", commas(account, n), noun, n == 1 ? "" : "s").at;
}

static void and_more(struct account *account, uint64_t more, const char *what) {
  if (!more) return;
  page_to(&account->page, ENTRY);
  page_wrapf(&account->page, ENTRY, "and %s more%s", commas(account, more), what);
  page_end(&account->page);
}

/* Texts joined by ", ", without the empty ones. */
static str joined(struct account *account, const str *texts, size_t count) {
  str all = STR_NONE;
  for (size_t i = 0; i < count; i++)
    if (texts[i].len)
      all = arena_printf(account->arena, "%.*s%s%.*s", STR_ARG(all), all.len ? ", " : "", STR_ARG(texts[i]));
  return all;
}

/* Where it came from. */

static void add_source(struct account *account) {
  const struct proof_facts *facts = account->facts;
  const str how[] = { facts->charset, facts->notation, facts->zone, facts->currency };
  fact(account, "Source");
  page_wrapf(&account->page, BODY, "%.*s, %s", STR_ARG(facts->source),
             counted(account, facts->bytes, "byte"));
  if (facts->tally) page_wrapf(&account->page, BODY, ", %s", counted(account, facts->tally->rows, "row"));
  page_end(&account->page);
  if (facts->digest[0]) {
    page_to(&account->page, BODY);
    page_wrapf(&account->page, BODY, "SHA-256 %s", facts->digest);
    page_end(&account->page);
  }
  str read_as = joined(account, how, sizeof how / sizeof *how);
  if (read_as.len) {
    fact(account, "Read as");
    page_wrap(&account->page, read_as, BODY);
    page_end(&account->page);
  }
}

static void add_named(struct account *account, const char *name, str text) {
  if (!text.len) return;
  fact(account, name);
  page_wrap(&account->page, text, BODY);
  page_end(&account->page);
}

static void add_run(struct account *account) {
  const struct proof_facts *facts = account->facts;
  add_named(account, "Key", facts->key);
  add_named(account, "Item", facts->item);
  add_named(account, "Feed", facts->feed);
  add_named(account, "Transform", facts->transform);
  add_named(account, "Run at", facts->time);
  add_named(account, "K", facts->k);
}

static void add_output(struct account *account, const struct proof_output *output) {
  fact(account, "Written");
  page_wrapf(&account->page, BODY, "%.*s, %s", STR_ARG(output->name),
             counted(account, output->bytes, "byte"));
  page_end(&account->page);
  page_to(&account->page, BODY);
  page_wrapf(&account->page, BODY, "SHA-256 %s", output->digest);
  page_end(&account->page);
}

static void add_outputs(struct account *account, const struct proof_output *output) {
  const struct proof_facts *facts = account->facts;
  if (output) add_output(account, output);
  for (size_t i = 0; i < facts->output_count && !output; i++) add_output(account, &facts->outputs[i]);
  for (size_t i = 0; i < facts->output_count && output; i++)
    if (&facts->outputs[i] != output) add_named(account, "With it", facts->outputs[i].name);
  if (facts->transliterated)
    add_named(account, "Rewritten",
              arena_printf(account->arena, "%s had characters that the target's character set lacks",
                           counted(account, facts->transliterated, "text")));
}

/* What was proved. */

const char *proof_sign(const struct proof_result *result) {
  static const char *const signs[] = { "=", "<>", "<", "<=", ">", ">=" };
  const struct proof *proof = result->proof;
  const struct node *node = proof->node ? proof->node : proof->per_count ? proof->per_nodes[0] : NULL;
  return node && node->op >= OP_EQUAL && node->op <= OP_GREATER_EQUAL ? signs[node->op - OP_EQUAL] : "=";
}

bool proof_difference(const struct proof_result *result, struct arena *arena, str *difference) {
  dec left, right, less;
  char text[DEC_TEXT_MOST];
  if (!dec_parse(result->left, DEC_PLAIN, &left) || !dec_parse(result->right, DEC_PLAIN, &right) ||
      !dec_subtract(left, right, &less))
    return false;
  *difference = arena_str(arena, (str){ text, dec_format(less, text) });
  return true;
}

static str proof_name(struct account *account, const struct proof_result *result) {
  if (!result->which.len) return result->proof->text;
  return arena_printf(account->arena, "%.*s (%.*s)", STR_ARG(result->proof->text), STR_ARG(result->which));
}

struct proof_widths {
  size_t name, left;
};

static void widen(size_t *width, str text, size_t most) {
  size_t chars = str_chars(text);
  if (chars <= most && chars > *width) *width = chars;
}

static str left_side(const struct proof_result *result) {
  return result->left.len ? result->left : STR("absent");
}

static void add_proof(struct account *account, const struct proof_result *result,
                      const struct proof_widths *widths) {
  struct page *page = &account->page;
  str name = proof_name(account, result), difference;
  size_t sides = ENTRY + sizeof "FAILS  " - 1 + widths->name + 2;
  page_to(page, ENTRY);
  page_safe(page, result->holds ? STR("holds  ") : STR("FAILS  "));
  page_wrap(page, name, ENTRY + sizeof "FAILS  " - 1);
  if (str_chars(name) > widths->name) page_end(page);
  page_to(page, sides);
  str left = left_side(result);
  if (result->right.len) {
    for (size_t used = str_chars(left); used < widths->left; used++) buf_char(page->text, ' ');
    page_wrapf(page, sides, "%.*s %s %.*s", STR_ARG(left), proof_sign(result), STR_ARG(result->right));
  } else page_wrap(page, left, sides);
  if (!result->holds && proof_difference(result, account->arena, &difference))
    page_wrapf(page, sides, "  difference %.*s", STR_ARG(difference));
  page_end(page);
}

static uint64_t add_proofs_that(struct account *account, bool hold, const struct proof_widths *widths) {
  const struct tally *tally = account->facts->tally;
  uint64_t count = 0;
  for (size_t i = 0; i < tally->proof_count; i++)
    if (tally->proofs[i].holds == hold && ++count <= PROOFS_MOST)
      add_proof(account, &tally->proofs[i], widths);
  and_more(account, count > PROOFS_MOST ? count - PROOFS_MOST : 0, hold ? " that hold" : " that FAIL");
  return count;
}

static void add_proofs(struct account *account) {
  const struct tally *tally = account->facts->tally;
  struct proof_widths widths = { 0 };
  if (!tally->proof_count) return;
  for (size_t i = 0; i < tally->proof_count; i++) {
    widen(&widths.name, proof_name(account, &tally->proofs[i]), PROOF_TEXT_MOST);
    if (tally->proofs[i].right.len) widen(&widths.left, left_side(&tally->proofs[i]), SIDE_MOST);
  }
  title(account, "Proofs");
  add_proofs_that(account, false, &widths);
  add_proofs_that(account, true, &widths);
}

int64_t proof_rows_missing(const struct tally *tally) {
  return (int64_t)(tally->rows - tally->header - tally->folded - tally->mapped - tally->skipped -
                   tally->rejected - tally->held);
}

/* What a further transform did with the records that the one before it wrote. */
static void add_stage(struct account *account, const struct tally_stage *stage) {
  page_to(&account->page, BODY);
  page_wrapf(&account->page, BODY,
             "%.*s: %s in = %s written + %s folded + %s filtered + %s rejected + %s held",
             STR_ARG(stage->name), commas(account, stage->records), commas(account, stage->written),
             commas(account, stage->folded), commas(account, stage->skipped),
             commas(account, stage->rejected), commas(account, stage->held));
  page_end(&account->page);
}

/* The counts that can be nothing in most transforms are left out when they are. */
static void add_rows(struct account *account) {
  const struct tally *tally = account->facts->tally;
  page_end(&account->page);
  fact(account, "Rows");
  page_wrapf(&account->page, BODY, "%s in = %s header", commas(account, tally->rows),
             commas(account, tally->header));
  if (tally->mapped) page_wrapf(&account->page, BODY, " + %s written", commas(account, tally->mapped));
  page_wrapf(&account->page, BODY, " + %s folded + %s filtered + %s rejected + %s held",
             commas(account, tally->folded), commas(account, tally->skipped),
             commas(account, tally->rejected), commas(account, tally->held));
  page_end(&account->page);
  for (size_t i = 0; i < tally->stage_count; i++) add_stage(account, &tally->stages[i]);
  int64_t missing = proof_rows_missing(tally);
  if (!missing) return;
  page_to(&account->page, BODY);
  page_wrapf(&account->page, BODY, "FAILS: %s %s",
             commas(account, (uint64_t)(missing < 0 ? -missing : missing)),
             missing < 0 ? "counted twice" : "not accounted for");
  page_end(&account->page);
}

static void add_written(struct account *account) {
  const struct tally *tally = account->facts->tally;
  fact(account, "Records");
  page_wrapf(&account->page, BODY, "%s written", commas(account, tally->written - tally->kept));
  if (tally->dropped)
    page_wrapf(&account->page, BODY, ", %s kept back by a rule or a proof", commas(account, tally->dropped));
  page_end(&account->page);
}

/* What was said. */

static void add_messages(struct account *account) {
  static const char *const kinds[] = { "skip", "reject", "hold", "review", "warn" };
  const struct tally *tally = account->facts->tally;
  size_t width = 0;
  if (!tally->message_count) return;
  for (size_t i = 0; i < tally->message_count; i++)
    widen(&width, with_commas(tally->messages[i]->count, account->arena), SIZE_MAX);
  title(account, "Messages");
  for (size_t i = 0; i < tally->message_count; i++) {
    const struct message *message = tally->messages[i];
    page_to(&account->page, ENTRY);
    page_right(&account->page, with_commas(message->count, account->arena), width);
    page_safe(&account->page, STR(" x "));
    page_left(&account->page, str_of(kinds[message->kind]), sizeof "reject" + 1);
    size_t indent = ENTRY + width + sizeof " x reject " - 1 + 1;
    page_wrap(&account->page, message->text, indent);
    if (!message->file)
      page_wrapf(&account->page, indent, " (%srow %llu)", message->count > 1 ? "first on " : "",
                 (unsigned long long)message->first_row);
    page_end(&account->page);
  }
}

static void add_rejects(struct account *account, bool held) {
  const struct tally *tally = account->facts->tally;
  uint64_t all = held ? tally_held(tally) : tally_rejected(tally), shown = 0;
  if (!all) return;
  title(account, held ? "Held rows" : "Rejected rows");
  for (size_t i = 0; i < tally->reject_count && shown < REJECTS_MOST; i++) {
    const struct reject *reject = &tally->rejects[i];
    if (reject->held != held) continue;
    page_to(&account->page, ENTRY);
    page_wrapf(&account->page, ENTRY, "row %-8llu", (unsigned long long)reject->row);
    page_to(&account->page, ENTRY + 14);
    page_wrap(&account->page, reject->text, ENTRY + 14);
    page_end(&account->page);
    shown++;
  }
  and_more(account, all - shown, "");
}

static void add_new_columns(struct account *account) {
  if (!account->facts->new_column_count) return;
  title(account, "New columns, which the schema does not know");
  for (size_t i = 0; i < account->facts->new_column_count; i++) {
    page_to(&account->page, ENTRY);
    page_wrap(&account->page, account->facts->new_columns[i], ENTRY);
    page_end(&account->page);
  }
}

/* With what it was made: enough to make it again. */
static void add_specs(struct account *account) {
  const struct proof_facts *facts = account->facts;
  if (!facts->spec_count) return;
  title(account, "Made with (first digits of SHA-256)");
  for (size_t i = 0; i < facts->spec_count; i++) {
    page_to(&account->page, ENTRY);
    page_wrapf(&account->page, ENTRY, "%.16s", facts->specs[i].digest);
    page_to(&account->page, ENTRY + 18);
    page_wrap(&account->page, str_of(facts->specs[i].name), ENTRY + 18);
    page_end(&account->page);
  }
}

static void add_account(struct account *account) {
  if (!account->facts->tally) return;
  add_proofs(account);
  add_rows(account);
  add_written(account);
  add_messages(account);
  add_rejects(account, false);
  add_rejects(account, true);
  add_new_columns(account);
}

void proof_text(const struct proof_facts *facts, const struct proof_output *output, struct buf *text) {
  struct account account = { facts, page_of(text), arena_new() };
  page_wrapf(&account.page, INDENT, "sluice proof of %.*s", STR_ARG(output ? output->name : facts->source));
  page_end(&account.page);
  page_end(&account.page);
  add_source(&account);
  add_run(&account);
  add_outputs(&account, output);
  add_account(&account);
  for (size_t i = 0; i < facts->output_count && !output; i++)
    proof_lines(&account.page, &facts->outputs[i], facts->output_count > 1);
  if (output) proof_lines(&account.page, output, false);
  add_specs(&account);
  arena_free(account.arena);
}

void proof_why(const struct proof_facts *facts, str reason, struct buf *text) {
  struct account account = { facts, page_of(text), arena_new() };
  page_wrap(&account.page, reason, 0);
  page_end(&account.page);
  page_end(&account.page);
  add_source(&account);
  add_run(&account);
  add_account(&account);
  add_specs(&account);
  arena_free(account.arena);
}
