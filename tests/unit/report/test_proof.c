/* unit/report/test_proof: the account of a file as an accountant reads it, and as JSON. */
#include "report/proof.h"
#include "report/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json_check.h"

#define TEXT(literal)                                                                                        \
  { literal, sizeof(literal) - 1 }

static struct node equal = { .op = OP_EQUAL }, at_most = { .op = OP_LESS_EQUAL }, yes_no = { .op = OP_AND };
static const struct proof sums = { .text = TEXT("the rows add up to Amazon's total"), .node = &equal };
static const struct proof few = { .text = TEXT("few rows"), .node = &at_most };
static const struct proof plain = { .text = TEXT("all is well"), .node = &yes_no };
static struct node *per_nodes[] = { &equal };
static const struct proof each = { .text = TEXT("each journal balances"),
                                   .per_nodes = per_nodes,
                                   .per_count = 1 };

static struct proof_line lines[] = {
  { 1, TEXT("Batch"), TEXT(""), TEXT("PerPost=202610  Descr=Amazon 70000000011"), 0, TEXT("") },
  { 2, TEXT("Transaction"), TEXT("Sales"), TEXT("Acct=4010  CrAmt=1724493.49"), 12345, TEXT("1724493.49") },
  { 10, TEXT("Transaction"), TEXT(""), TEXT("Acct=6010  DrAmt=0.42"), 1, TEXT("-0.42") },
};
static const struct proof_output outputs[] = {
  { TEXT("outbox/sl/journal-1.txt"), "aa11", 2940, lines, 3, false },
  { TEXT("outbox/sl/tax-1.csv"), "bb22", 1, NULL, 0, false },
};
static const struct library_file specs[] = { { "feeds/settlement.feed",
                                               "0123456789abcdef0123456789abcdef" } };
static const str columns[] = { TEXT("new-column") };

static struct proof_facts facts_of(const struct tally *tally) {
  return (struct proof_facts){ .feed = TEXT("settlement"),
                               .transform = TEXT("settlement-to-journal"),
                               .item = TEXT("633464e3"),
                               .key = TEXT("70000000011"),
                               .k = TEXT("455bc805"),
                               .source = TEXT("inbox/settlement/a.txt"),
                               .time = TEXT("2026-11-21T02:10:04Z"),
                               .digest = "670521fe",
                               .bytes = 26238,
                               .charset = TEXT("utf-8"),
                               .notation = TEXT("decimal point"),
                               .zone = TEXT("America/Los_Angeles"),
                               .specs = specs,
                               .spec_count = 1,
                               .tally = tally,
                               .outputs = outputs,
                               .output_count = 2 };
}

static struct tally *tally_of(uint64_t rows) {
  struct tally *tally = tally_new();
  tally->rows = rows;
  tally->header = 1;
  tally->folded = rows - 1;
  tally->written = 3;
  return tally;
}

static void add_proof(struct tally *tally, const struct proof *proof, const char *which, const char *left,
                      const char *right, bool holds) {
  *ARENA_PUSH(tally->arena, tally->proofs, tally->proof_count) =
      (struct proof_result){ .proof = proof, .which = str_of(which), .left = str_of(left), .right = str_of(right), .holds = holds };
  if (!holds) tally->proofs_hold = false;
}

static void assert_narrow(str text) {
  str line;
  while (str_split(&text, '\n', &line)) {
    if (str_chars(line) > PAGE_WIDTH) fail_msg("too wide: %.*s", STR_ARG(line));
    if (str_ends(line, STR(" "))) fail_msg("ends in a blank: \"%.*s\"", STR_ARG(line));
    for (size_t i = 0; i < line.len; i++)
      if ((unsigned char)line.at[i] < ' ') fail_msg("holds a control character: %.*s", STR_ARG(line));
  }
}

/* The text and the JSON of it; both are checked for their form. */
static const char *text_of(struct tally *tally, const struct proof_facts *facts,
                           const struct proof_output *output) {
  struct buf text = buf_new(1 << 24), json = buf_new(1 << 24);
  proof_text(facts, output, &text);
  assert_narrow(buf_str(&text));
  proof_json(facts, &json);
  if (!json_is_good(buf_str(&json))) fail_msg("no JSON: %.*s", STR_ARG(buf_str(&json)));
  const char *kept = arena_text(tally->arena, buf_str(&text));
  buf_free(&text);
  buf_free(&json);
  return kept;
}

static void assert_has(const char *text, const char *piece) {
  if (!strstr(text, piece)) fail_msg("no \"%s\" in:\n%s", piece, text);
}

static void test_whole(void **state) {
  (void)state;
  struct tally *tally = tally_of(151);
  struct proof_facts facts = facts_of(tally);
  add_proof(tally, &sums, "", "743.25", "743.25", true);
  add_proof(tally, &each, "batch", "1961.72", "1961.72", true);
  tally_message(tally, RULE_WARN, false, (struct said){ .text = STR("unknown label") }, 1200, 17);
  tally_message(tally, RULE_REVIEW, true, (struct said){ .text = STR("new marketplace") }, 1, 0);
  facts.new_columns = columns, facts.new_column_count = 1;
  facts.transliterated = 1;
  assert_string_equal(
      text_of(tally, &facts, &outputs[0]),
      "sluice proof of outbox/sl/journal-1.txt\n"
      "\n"
      "  Source     inbox/settlement/a.txt, 26,238 bytes, 151 rows\n"
      "             SHA-256 670521fe\n"
      "  Read as    utf-8, decimal point, America/Los_Angeles\n"
      "  Key        70000000011\n"
      "  Item       633464e3\n"
      "  Feed       settlement\n"
      "  Transform  settlement-to-journal\n"
      "  Run at     2026-11-21T02:10:04Z\n"
      "  K          455bc805\n"
      "  Written    outbox/sl/journal-1.txt, 2,940 bytes\n"
      "             SHA-256 aa11\n"
      "  With it    outbox/sl/tax-1.csv\n"
      "  Rewritten  1 text had characters that the target's character set lacks\n"
      "\n"
      "  Proofs\n"
      "    holds  the rows add up to Amazon's total   743.25 = 743.25\n"
      "    holds  each journal balances (batch)      1961.72 = 1961.72\n"
      "\n"
      "  Rows       151 in = 1 header + 150 folded + 0 filtered + 0 rejected + 0 held\n"
      "  Records    3 written\n"
      "\n"
      "  Messages\n"
      "    1,200 x warn    unknown label (first on row 17)\n"
      "        1 x review  new marketplace\n"
      "\n"
      "  New columns, which the schema does not know\n"
      "    new-column\n"
      "\n"
      "  Lines\n"
      "    line    rows           sum  record       fields\n"
      "       1       -             -  Batch        PerPost=202610  Descr=Amazon 70000000011\n"
      "       2  12,345  1,724,493.49  Transaction  Sales: Acct=4010  CrAmt=1724493.49\n"
      "      10       1         -0.42  Transaction  Acct=6010  DrAmt=0.42\n"
      "\n"
      "  Made with (first digits of SHA-256)\n"
      "    0123456789abcdef  feeds/settlement.feed\n");
  assert_has(text_of(tally, &facts, NULL), "sluice proof of inbox/settlement/a.txt\n");
  assert_has(text_of(tally, &facts, NULL), "  Lines of outbox/sl/journal-1.txt\n");
  tally_free(tally);
}

static void test_failing_first(void **state) {
  (void)state;
  struct tally *tally = tally_of(151);
  struct proof_facts facts = facts_of(tally);
  add_proof(tally, &each, "batch", "5", "5", true);
  add_proof(tally, &sums, "", "742.25", "743.250", false);
  add_proof(tally, &few, "", "12", "10", false);
  add_proof(tally, &plain, "", "no", "", false);
  add_proof(tally, &sums, "", "", "743.25", false);
  add_proof(tally, &sums, "", "abc", "abd", false);
  assert_has(text_of(tally, &facts, &outputs[0]),
             "  Proofs\n"
             "    FAILS  the rows add up to Amazon's total  742.25 = 743.250  difference -1.000\n"
             "    FAILS  few rows                               12 <= 10  difference 2\n"
             "    FAILS  all is well                        no\n"
             "    FAILS  the rows add up to Amazon's total  absent = 743.25\n"
             "    FAILS  the rows add up to Amazon's total     abc = abd\n"
             "    holds  each journal balances (batch)           5 = 5\n");
  struct buf json = buf_new(100000);
  proof_json(&facts, &json);
  buf_char(&json, '\0');
  assert_has(json.at, "\"proofs_hold\": false");
  assert_has(json.at, "\"holds\": false, \"left\": \"742.25\", \"sign\": \"=\", \"right\": \"743.250\", "
                      "\"difference\": \"-1.000\"}");
  buf_free(&json);
  tally_free(tally);
}

static void test_many_proofs(void **state) {
  (void)state;
  struct tally *tally = tally_of(10);
  struct proof_facts facts = facts_of(tally);
  for (int i = 0; i < 1300; i++) add_proof(tally, &each, "order", "1", i < 60 ? "2" : "1", i >= 60);
  const char *text = text_of(tally, &facts, &outputs[1]);
  assert_has(text, "    and 10 more that FAIL\n    holds");
  assert_has(text, "    and 1,190 more that hold\n");
  tally_free(tally);
}

static void test_rejected(void **state) {
  (void)state;
  struct tally *tally = tally_of(1300);
  struct proof_facts facts = facts_of(tally);
  tally->folded = 1274;
  for (uint64_t i = 0; i < 25; i++)
    tally_reject(tally, 1000 + i, (struct said){ .text = i ? STR("amount is not a number") : STR("first") },
                 STR("SECRET\tcells"), i % 25 == 7);
  const char *text = text_of(tally, &facts, &outputs[0]);
  assert_has(text, "1,300 in = 1 header + 1,274 folded + 0 filtered + 24 rejected + 1 held\n  Records");
  assert_has(text, "  Rejected rows\n    row 1000      first\n    row 1001      amount is not a number\n");
  assert_has(text, "row 1020      amount is not a number\n    and 4 more\n");
  assert_has(text, "  Held rows\n    row 1007      amount is not a number\n");
  assert_null(strstr(text, "row 1021"));
  assert_null(strstr(text, "SECRET"));
  tally_free(tally);
}

static void test_rows_do_not_add_up(void **state) {
  (void)state;
  struct tally *tally = tally_of(100);
  struct proof_facts facts = facts_of(tally);
  tally->mapped = 2, tally->folded = 90, tally->skipped = 3, tally->dropped = 4;
  const char *text = text_of(tally, &facts, &outputs[0]);
  assert_has(text, "100 in = 1 header + 2 written + 90 folded + 3 filtered + 0 rejected + 0 held\n"
                   "             FAILS: 4 not accounted for\n");
  assert_has(text, "3 written, 4 kept back by a rule or a proof\n");
  tally->folded = 95;
  assert_has(text_of(tally, &facts, &outputs[0]), "FAILS: 1 counted twice\n");
  tally_free(tally);
}

/* Nothing that a file holds can break the page or the JSON. */
static void test_hostile(void **state) {
  (void)state;
  static const str texts[] = { TEXT("\x1b[2J\x07\nnew line\ttab\0nul"), TEXT("\xff\xfe\xed\xa0\x80"),
                               TEXT("\"quotes\" and \\ back"),
                               TEXT("\xc2\x9b"
                                    "31m") };
  char long_word[5000], long_text[5000];
  memset(long_word, 'w', sizeof long_word);
  for (size_t i = 0; i < sizeof long_text; i++) long_text[i] = i % 7 ? 'x' : ' ';
  const str longs[] = { { long_word, sizeof long_word }, { long_text, sizeof long_text } };
  for (size_t i = 0; i < 6; i++) {
    str text = i < 4 ? texts[i] : longs[i - 4];
    struct tally *tally = tally_of(10);
    struct proof_facts facts = facts_of(tally);
    const struct proof odd = { .text = text, .node = &equal };
    struct proof_line line = { 1, text, text, text, 1, text };
    struct proof_output output = { text, "aa", 1, &line, i < 4, false };
    *ARENA_PUSH(tally->arena, tally->proofs, tally->proof_count) =
        (struct proof_result){ .proof = &odd, .which = text, .left = text, .right = text, .holds = i % 2 };
    tally_message(tally, RULE_REJECT, false, (struct said){ .text = text, .about = text, .suggest = text }, 1, 1);
    tally_reject(tally, 1, (struct said){ .text = text }, text, false);
    tally_reject(tally, 2, (struct said){ .text = text }, text, true);
    facts.source = facts.key = facts.charset = facts.currency = text;
    facts.new_columns = &text, facts.new_column_count = 1;
    facts.outputs = &output, facts.output_count = 1;
    assert_null(strchr(text_of(tally, &facts, &output), '\x1b'));
    text_of(tally, &facts, NULL);
    struct buf why = buf_new(1 << 20);
    proof_why(&facts, text, &why);
    assert_narrow(buf_str(&why));
    buf_free(&why);
    tally_free(tally);
  }
}

static void test_why(void **state) {
  (void)state;
  struct tally *tally = tally_of(10);
  struct proof_facts facts = facts_of(NULL);
  struct buf text = buf_new(10000);
  facts.digest[0] = '\0';
  facts.k = facts.charset = facts.notation = facts.zone = STR_NONE;
  facts.spec_count = 0;
  proof_why(&facts, STR("the file is cut in the middle"), &text);
  buf_char(&text, '\0');
  assert_string_equal(text.at, "the file is cut in the middle\n"
                               "\n"
                               "  Source     inbox/settlement/a.txt, 26,238 bytes\n"
                               "  Key        70000000011\n"
                               "  Item       633464e3\n"
                               "  Feed       settlement\n"
                               "  Transform  settlement-to-journal\n"
                               "  Run at     2026-11-21T02:10:04Z\n");
  buf_clear(&text);
  facts.tally = tally;
  add_proof(tally, &sums, "", "1", "2", false);
  proof_why(&facts, STR("a proof fails"), &text);
  buf_char(&text, '\0');
  assert_has(text.at, "FAILS  the rows add up to Amazon's total  1 = 2  difference -1\n");
  assert_null(strstr(text.at, "Lines"));
  buf_free(&text);
  tally_free(tally);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_whole),
    cmocka_unit_test(test_failing_first),
    cmocka_unit_test(test_many_proofs),
    cmocka_unit_test(test_rejected),
    cmocka_unit_test(test_rows_do_not_add_up),
    cmocka_unit_test(test_hostile),
    cmocka_unit_test(test_why),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
