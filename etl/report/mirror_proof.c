/* report/mirror_proof: the account of a reversal: what it mirrors, and that the two tie. */
#include "report/mirror_proof.h"
#include "report/summary.h"
#include "report/table.h"

static str show(struct arena *arena, dec amount) {
  char text[DEC_TEXT_MOST];
  size_t len = dec_format(amount, text);
  return arena_str(arena, (str){ text, len });
}

static void add_side(struct table *table, struct arena *arena, str title, const struct mirror_side *side) {
  table_row(table, (str[]){ title, with_commas(side->lines, arena), show(arena, side->debits),
                            show(arena, side->credits) });
}

static void add_proof(struct buf *text, struct arena *arena, const char *what, dec left, dec right) {
  str a = show(arena, left), b = show(arena, right);
  bool holds = dec_compare(left, right) == 0;
  buf_printf(text, "  %s  %-58s %.*s = %.*s\n", holds ? "holds" : "FAILS", what, STR_ARG(a), STR_ARG(b));
}

void mirror_proof_text(const struct mirror_facts *facts, struct buf *text) {
  static const struct table_column columns[] = {
    { "", false }, { "lines", true }, { "debits", true }, { "credits", true }
  };
  struct arena *arena = arena_new();
  const struct mirror_side *original = &facts->original, *reversal = &facts->reversal;
  buf_printf(text, "sluice proof of %.*s\n\n", STR_ARG(reversal->name));
  buf_printf(text, "Mirrors    %.*s, released %.*s\n", STR_ARG(original->name),
             STR_ARG(table_time(arena, facts->released)));
  buf_printf(text, "           SHA-256 %.*s, %.*s bytes\n", STR_ARG(original->digest),
             STR_ARG(with_commas(original->bytes, arena)));
  buf_printf(text, "Written    SHA-256 %.*s, %.*s bytes\n", STR_ARG(reversal->digest),
             STR_ARG(with_commas(reversal->bytes, arena)));
  buf_printf(text, "Item       %.*s of %.*s, key %.*s\n", STR_ARG(facts->item), STR_ARG(facts->feed),
             STR_ARG(facts->key.len ? facts->key : STR("(none)")));
  if (facts->moved_to.len)
    buf_printf(text, "Period     %.*s, because %.*s is closed\n", STR_ARG(facts->moved_to),
               STR_ARG(facts->period));
  else buf_printf(text, "Period     %.*s, as the original\n", STR_ARG(facts->period));
  struct table *table = table_new(arena, columns, sizeof columns / sizeof *columns);
  add_side(table, arena, STR("original"), original);
  add_side(table, arena, STR("reversal"), reversal);
  buf_char(text, '\n');
  table_text(table, 2, text);
  buf_add(text, STR("\nProofs\n"));
  add_proof(text, arena, "the reversal's debits are the original's credits", reversal->debits,
            original->credits);
  add_proof(text, arena, "the reversal's credits are the original's debits", reversal->credits,
            original->debits);
  add_proof(text, arena, "the reversal balances", reversal->debits, reversal->credits);
  arena_free(arena);
}

static void json_member(struct buf *text, const char *name, str content) {
  buf_printf(text, ", \"%s\": ", name);
  json_text(text, content);
}

static void json_side(struct buf *text, struct arena *arena, const char *title,
                      const struct mirror_side *side) {
  buf_printf(text, ",\n \"%s\": {\"name\": ", title);
  json_text(text, side->name);
  json_member(text, "sha256", side->digest);
  buf_printf(text, ", \"bytes\": %llu, \"lines\": %llu", (unsigned long long)side->bytes,
             (unsigned long long)side->lines);
  json_member(text, "debits", show(arena, side->debits));
  json_member(text, "credits", show(arena, side->credits));
  buf_char(text, '}');
}

void mirror_proof_json(const struct mirror_facts *facts, struct buf *text) {
  struct arena *arena = arena_new();
  bool ties = !dec_compare(facts->original.debits, facts->reversal.credits) &&
              !dec_compare(facts->original.credits, facts->reversal.debits);
  buf_add(text, STR("{\"feed\": "));
  json_text(text, facts->feed);
  json_member(text, "item", facts->item);
  json_member(text, "key", facts->key);
  json_member(text, "released", facts->released);
  json_member(text, "period", facts->moved_to.len ? facts->moved_to : facts->period);
  json_member(text, "original-period", facts->period);
  json_side(text, arena, "original", &facts->original);
  json_side(text, arena, "reversal", &facts->reversal);
  buf_printf(text, ",\n \"ties\": %s}\n", ties ? "true" : "false");
  arena_free(arena);
}
