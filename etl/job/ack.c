/* job/ack: every dropped file is answered beside where it was dropped, NAME.ack and NAME.ack.json. */
#include "io/file.h"
#include "job/batch_internal.h"
#include "job/naming.h"
#include "spool/answer.h"

#include <time.h>

enum { TEXT_MOST = 64 << 20, DAY_SECONDS = 86400, REASONS_TOLD = 5 };

static bool is_state(str state, const char *name) { return str_eq(state, str_of(name)); }
static bool goes_out(str state) { return is_state(state, "released") || is_state(state, "ready"); }

/* --- rejected rows --- */

static struct rejects_request request_of(const struct item *item) {
  const struct feed *feed = item->batch->feed;
  return (struct rejects_request){ .source = item->work,
                                   .key = item->seal,
                                   .program = feed->programs[0],
                                   .then = feed->programs + 1,
                                   .then_count = feed->program_count - 1,
                                   .charset = item->result.charset,
                                   .tally = item->result.tally };
}

static bool is_said(const struct item *item, str text) {
  const struct tally *tally = item->result.tally;
  for (size_t i = 0; i < tally->message_count; i++)
    if (str_eq(tally->messages[i]->text, text)) return true;
  return false;
}

/* The run's summary tells the first of them: what a rule said is among the messages already. */
static void tell_rejected(struct item *item) {
  const struct rejects *rejects = &item->answer.rejects;
  size_t told = 0, more = 0;
  for (size_t i = 0; i < rejects->note_count; i++) {
    const struct ack_record *note = &rejects->notes[i];
    if (note->held || note->by_rule || is_said(item, note->error)) continue;
    if (told++ < REASONS_TOLD)
      item_note(item, arena_printf(item->arena, "rejected: row %llu: %.*s", (unsigned long long)note->row,
                                   STR_ARG(note->error)));
    else more++;
  }
  if (more)
    item_note(item,
              arena_printf(item->arena,
                           "rejected: %zu more, each with its reason in the answer beside the drop", more));
}

static enum outcome note_rows(struct item *item, const char *path, struct err *err) {
  struct rejects_request request = request_of(item);
  enum outcome out = rejects_write(&request, path, item->arena, &item->answer.rejects, err);
  if (!out && !item->answer.noted) tell_rejected(item);
  item->answer.noted = !out;
  return out;
}

enum outcome ack_rows(struct item *item, const char **rows, struct err *err) {
  struct rejects_request request = request_of(item);
  *rows = NULL;
  if (!rejects_any(&request)) return OUT_OK;
  enum outcome out = spool_answer_scratch(item->batch->spool, item->batch->feed->name, rows, err);
  return out ? out : note_rows(item, *rows, err);
}

enum outcome ack_place(struct item *item, const char *room, struct err *err) {
  return spool_kept_place(item->batch->spool, room, item->batch->feed->name, item->work, &item->answer.place,
                          err);
}

/* Rows of a file that goes out are sent with its answer; of a held one they are only told. */
static enum outcome find_rows(struct item *item, str state, str *name, struct err *err) {
  struct rejects_request request = request_of(item);
  const char *path = file_join(item->arena, item->answer.folder, STR("rejects"));
  *name = STR_NONE;
  if (!rejects_any(&request) || is_state(state, "skipped")) return OUT_OK;
  if (!goes_out(state)) {
    const char *unused;
    return item->answer.noted ? OUT_OK : ack_rows(item, &unused, err);
  }
  if (note_rows(item, path, err)) return err->outcome;
  *name = spool_rejects_name(item->batch->spool, item->batch->feed->name, item->drop->name, path);
  return OUT_OK;
}

/* --- what it says --- */

/* The counts add up: what becomes of the file as a whole becomes of all its rows. */
static void add_counts(const struct item *item, str state, struct ack *ack) {
  const struct tally *tally = item->result.tally;
  if (!tally) return;
  ack->rows = tally->rows;
  if (is_state(state, "rejected")) ack->rejected = tally->rows;
  else if (is_state(state, "held")) ack->held = tally->rows;
  else if (is_state(state, "skipped")) ack->filtered = tally->rows;
  else {
    ack->rejected = tally_rejected(tally);
    ack->held = tally_held(tally);
    ack->filtered = tally_skipped(tally);
    uint64_t gone = ack->rejected + ack->held + ack->filtered;
    ack->accepted = tally->rows > gone ? tally->rows - gone : 0;
  }
}

/* Where no rows can be cut out, or none was kept, texts alone would not say which. */
static void add_records(const struct item *item, str state, struct ack *ack) {
  if (!item->answer.noted || is_state(state, "skipped")) return;
  ack->records = item->answer.rejects.notes;
  ack->record_count = item->answer.rejects.note_count;
  ack->more = item->answer.rejects.more;
  ack->lost = item->answer.rejects.lost;
}

static void add_outputs(const struct item *item, struct ack *ack) {
  const struct outlet_file *files;
  size_t count = item->outlets ? outlets_files(item->outlets, &files) : 0;
  str *names = ARENA_ARRAY(item->arena, str, count + 1);
  for (size_t i = 0; i < count; i++) names[i] = files[i].name;
  ack->outputs = names;
  ack->output_count = count;
}

static str rejects_place(const struct item *item, str state, str name) {
  if (name.len)
    return arena_printf(item->arena, "outbox/review/rejects/%.*s/%.*s", STR_ARG(item->batch->feed->name),
                        STR_ARG(name));
  if (!item->answer.noted || !is_state(state, "rejected") || !item->answer.place) return STR_NONE;
  return arena_printf(item->arena, "%.*s.rows",
                      STR_ARG(naming_below(item->batch->site->folder, item->answer.place)));
}

static struct ack say(const struct item *item, str state, str reason, str rejects) {
  const struct batch *batch = item->batch;
  struct ack ack = { .feed = batch->feed->name, .file = item->drop->name, .folder = batch->inbox };
  ack.received = batch_time(batch->site, item->arena);
  ack.sha256 = str_of(item->digest);
  ack.bytes = item->drop->size;
  ack.result = state;
  ack.reason = reason;
  add_counts(item, state, &ack);
  add_records(item, state, &ack);
  if (goes_out(state)) add_outputs(item, &ack);
  if (item->answer.place) ack.kept = naming_below(batch->site->folder, item->answer.place);
  ack.rejects = rejects_place(item, state, rejects);
  return ack;
}

static enum outcome write_both(const struct item *item, const struct ack *ack, struct err *err) {
  static const struct {
    const char *name;
    void (*write)(const struct ack *ack, struct buf *text);
  } kinds[] = { { "ack", ack_text }, { "ack.json", ack_json } };
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !out; i++) {
    struct buf text = buf_new(TEXT_MOST);
    kinds[i].write(ack, &text);
    out = file_put(file_join(item->arena, item->answer.folder, str_of(kinds[i].name)), 0640, buf_str(&text),
                   err);
    buf_free(&text);
  }
  return out;
}

/* --- staging and sending --- */

/* A copy of what an earlier run had released when it died: that was answered as this run began. */
static bool is_answered(const struct item *item, str state) {
  const struct batch *batch = item->batch;
  for (size_t i = 0; i < batch->answered_count; i++)
    if (is_state(state, "skipped") && str_eq(batch->answered[i], item->id)) return true;
  return false;
}

static enum outcome stage(struct item *item, str id, str state, str reason, struct err *err) {
  struct batch *batch = item->batch;
  str rejects;
  if (item->answer.folder && spool_answer_drop(batch->spool, item->answer.folder, err)) return err->outcome;
  item->answer.folder = NULL;
  if (is_answered(item, state)) return OUT_OK;
  if (spool_answer_begin(batch->spool, batch->feed->name, id, state, &item->answer.folder, err) ||
      find_rows(item, state, &rejects, err))
    return err->outcome;
  item->answer.rejects_name = rejects;
  struct ack ack = say(item, state, reason, rejects);
  struct spool_answer to = { .inbox = batch->inbox, .name = item->drop->name, .rejects = rejects };
  if (write_both(item, &ack, err)) return err->outcome;
  return spool_answer_seal(batch->spool, item->answer.folder, &to, err);
}

enum outcome ack_stage(struct item *item, const char *state, str reason, struct err *err) {
  return stage(item, item->id, str_of(state), reason, err);
}

enum outcome ack_send(struct item *item, struct err *err) {
  if (!item->answer.folder || !item->answer.due) return OUT_OK;
  return spool_answer_send(item->batch->spool, item->batch->feed->name, item->answer.folder, err);
}

enum outcome ack_not_taken(struct item *item, str reason, struct err *err) {
  if (!spool_may_answer(item->drop->name)) return OUT_OK;
  if (stage(item, STR("none"), STR("not taken"), reason, err)) return err->outcome;
  item->answer.due = true;
  return ack_send(item, err);
}

/* --- what a dead run left --- */

/* What goes out is staged before the ledger has it, the rest after. */
static bool was_said(const struct batch *batch, const struct spool_owed *owed) {
  static const char *const said[] = { "released", "ready", "refused", "reversed" };
  if (!goes_out(owed->state)) return true;
  const struct ledger_entry *entry = ledger_by_id(batch->ledger, owed->id);
  for (size_t i = 0; entry && i < sizeof said / sizeof *said; i++)
    if (str_eq(entry->event, str_of(said[i]))) return true;
  return false;
}

static enum outcome send_owed(struct batch *batch, struct err *err) {
  struct spool_owed *owed;
  size_t count;
  if (spool_answers_owed(batch->spool, batch->feed->name, &owed, &count, err)) return err->outcome;
  for (size_t i = 0; i < count; i++) {
    bool said = was_said(batch, &owed[i]);
    if (ledger_trouble(batch->ledger, err)) return err->outcome;
    enum outcome out = said ? spool_answer_send(batch->spool, batch->feed->name, owed[i].folder, err)
                            : spool_answer_drop(batch->spool, owed[i].folder, err);
    if (out) return out;
    if (said && goes_out(owed[i].state))
      *ARENA_PUSH(batch->site->arena, batch->answered, batch->answered_count) = owed[i].id;
  }
  return OUT_OK;
}

enum outcome ack_recover(struct batch *batch, struct err *err) {
  int64_t days = 0;
  const struct feed *feed = batch->feed;
  if (send_owed(batch, err)) return err->outcome;
  if (!str_to_int(site_setting(batch->site, feed->name, "keep-acks"), &days)) return OUT_OK;
  int64_t before = (int64_t)time(NULL) - days * DAY_SECONDS;
  for (size_t i = 0; i < feed->inbox_count; i++)
    if (spool_answer_sweep(batch->spool, feed->inboxes[i].folder, before, err)) return err->outcome;
  return OUT_OK;
}
