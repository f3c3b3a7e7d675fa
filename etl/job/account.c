/* job/account: what is written about an item: the proof beside its outputs, or why it was refused. */
#include "io/file.h"
#include "job/batch_internal.h"

#include <string.h>

static void gather_facts(const struct item *item, struct proof_facts *facts) {
  const struct site *site = item->batch->site;
  *facts = (struct proof_facts){
    .feed = item->batch->feed->name, .item = item->id, .key = item->key, .k = item->k
  };
  facts->transform = item->batch->feed->programs[0]->name;
  facts->source =
      arena_printf(item->arena, "inbox/%.*s/%.*s", STR_ARG(facts->feed), STR_ARG(item->drop->name));
  memcpy(facts->digest, item->digest, sizeof facts->digest);
  facts->bytes = item->drop->size;
  facts->charset = str_of(charset_name(item->result.charset));
  facts->notation = item->result.notation.decimal == DEC_COMMA   ? STR("decimal comma")
                    : item->result.notation.decimal == DEC_POINT ? STR("decimal point")
                                                                 : STR("plain numbers");
  facts->zone = str_of(zone_name(site->zone));
  facts->currency = item->result.currency;
  facts->new_columns = item->result.new_columns;
  facts->new_column_count = item->result.new_column_count;
  struct library_file *specs;
  facts->spec_count = batch_specs(site, item->batch->feed, item->arena, &specs);
  facts->specs = specs;
  facts->tally = item->result.tally;
  facts->transliterated = item->outlets ? outlets_transliterated(item->outlets) : 0;
}

static struct proof_output *proof_outputs(const struct item *item, size_t *count) {
  const struct outlet_file *files;
  *count = item->outlets ? outlets_files(item->outlets, &files) : 0;
  struct proof_output *outputs = ARENA_ARRAY(item->arena, struct proof_output, *count + 1);
  for (size_t i = 0; i < *count; i++) {
    outputs[i] = (struct proof_output){ .name = files[i].name, .bytes = files[i].bytes };
    memcpy(outputs[i].digest, files[i].digest, sizeof outputs[i].digest);
    outputs[i].part = files[i].load && files[i].load->to.kind == PLACE_SUBMIT;
    outputs[i].line_count = files[i].line_count;
    outputs[i].lines = ARENA_ARRAY(item->arena, struct proof_line, files[i].line_count + 1);
    for (size_t j = 0; j < files[i].line_count; j++) outputs[i].lines[j] = files[i].lines[j].shown;
  }
  return outputs;
}

/* A proof beside each output, in the build folder. */
enum outcome item_proofs(struct item *item, struct err *err) {
  struct proof_facts facts;
  gather_facts(item, &facts);
  facts.outputs = proof_outputs(item, &facts.output_count);
  struct buf text = buf_new((size_t)1 << 30), json = buf_new((size_t)1 << 30);
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < facts.output_count && !out; i++) {
    facts.beside = &facts.outputs[i];
    buf_clear(&text);
    bool own = !i || facts.outputs[i].part || facts.outputs[i - 1].part;
    if (own) buf_clear(&json), proof_json(&facts, &json);
    proof_text(&facts, &facts.outputs[i], &text);
    str name = facts.outputs[i].name;
    const char *beside =
        file_join(item->arena, item->folder, arena_printf(item->arena, "%.*s.proof", STR_ARG(name)));
    const char *machine =
        file_join(item->arena, item->folder, arena_printf(item->arena, "%.*s.proof.json", STR_ARG(name)));
    out = file_put(beside, 0640, buf_str(&text), err);
    if (!out) out = file_put(machine, 0640, buf_str(&json), err);
  }
  buf_free(&text);
  buf_free(&json);
  return out;
}

str item_why(struct item *item, str reason) {
  struct proof_facts facts;
  gather_facts(item, &facts);
  buf_clear(&item->why);
  if (item->result.tally) proof_why(&facts, reason, &item->why);
  else buf_printf(&item->why, "%.*s\n", STR_ARG(reason));
  return buf_str(&item->why);
}
