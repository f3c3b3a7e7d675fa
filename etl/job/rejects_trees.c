/* job/rejects_trees: the records of an XML or JSON file that were not accepted, as they came, each with why.
 */
#include "extract/again.h"
#include "job/rejects.h"

struct pass {
  const struct rejects_request *request;
  struct file *file;
  struct rejects_teller *teller;
  struct rejects *rejects;
  struct arena *arena, *record_arena; /* record_arena: until the next record */
  size_t next;                        /* of the tally's rejects, which stand in the order of records */
};

static void note(struct pass *pass, uint64_t line, const struct reject *reject) {
  struct rejects *rejects = pass->rejects;
  rejects->written++;
  if (rejects->note_count == REJECTS_NOTED) return;
  struct ack_record *record = ARENA_PUSH(pass->arena, rejects->notes, rejects->note_count);
  *record = (struct ack_record){ .held = reject->held, .line = line, .row = reject->row };
  record->by_rule = reject->shown.len > 0;
  rejects_tell(pass->teller, reject, NULL, 0, record);
}

static bool wanted(void *user, uint64_t number, uint64_t line, str *why) {
  struct pass *pass = user;
  const struct tally *tally = pass->request->tally;
  arena_reset(pass->record_arena);
  bool found = false;
  *why = STR_NONE;
  for (; pass->next < tally->reject_count && tally->rejects[pass->next].row <= number; pass->next++) {
    const struct reject *reject = &tally->rejects[pass->next];
    if (reject->row < number) continue; /* no record of the file */
    *why = why->len ? arena_printf(pass->record_arena, "%.*s; %.*s", STR_ARG(*why), STR_ARG(reject->text))
                    : reject->text;
    note(pass, line, reject);
    found = true;
  }
  return found;
}

static enum outcome write(void *user, str bytes, struct err *err) {
  struct pass *pass = user;
  return file_write(pass->file, bytes, err);
}

enum outcome rejects_write_trees(const struct rejects_request *request, struct file *file,
                                 struct rejects_teller *teller, struct arena *arena, struct rejects *rejects,
                                 struct err *err) {
  struct pass pass = {
    .request = request, .file = file, .teller = teller, .rejects = rejects, .arena = arena
  };
  pass.record_arena = arena_new();
  const struct again_settings settings = { request->key, request->program->streamed->record, &pass, wanted,
                                           write };
  enum outcome out = again_copy(request->source, &settings, err);
  arena_free(pass.record_arena);
  return out;
}
