/* job/outlet_internal: what the files of an outlet share: outlet.c makes and ends them, outlet_file.c has
 * their files, outlet_records.c takes records, outlet_undo.c takes them back. */
#ifndef SLUICE_JOB_OUTLET_INTERNAL_H
#define SLUICE_JOB_OUTLET_INTERNAL_H

#include "job/outlet.h"
#include "job/outlet_wait.h"

enum { HOLD_MOST = 16, FLUSH_AT = 256 * 1024, LINES_MOST = 200000 };

/* Bytes and lines that wait for the record above them. */
struct level_out {
  struct buf bytes;
  struct outlet_line *lines; /* used again after each flush: grown by outlet_add_line */
  size_t line_count, line_room;
  size_t counted; /* bytes whose line ends were counted */
  uint64_t line_ends;
};

struct outlet {
  const struct schema *schema;  /* as it is loaded */
  const struct schema *written; /* as the transform writes it */
  const struct feed_load *load;
  struct writer *writer;
  struct level_out levels[HOLD_MOST];
  struct waiting waiting[HOLD_MOST];       /* instead of their bytes, at the same levels: csv */
  struct arena *waits;                     /* what is in them */
  struct outlet_line opened[HOLD_MOST];    /* traced, and not written yet: by depth of the record */
  const struct record *awaited[HOLD_MOST]; /* whose children wait at that level */
  size_t level;
  struct file *file;
  struct digest *digest;
  struct outlet_file *current;
  uint64_t line; /* of the current file, written so far */
  bool begun;
  const struct record *frame; /* what stands around all records of a file, and its values */
  value *frame_fields;
  size_t number;    /* of the current file among the item's, from 1 */
  bool framed;      /* the current file has it open */
  size_t parts;     /* files of a feed to Amazon, for it takes only so much in one */
  uint64_t records; /* in the current one, of those that are counted */
  struct {          /* before the streamed record at hand: what undo() goes back to */
    size_t bytes, line_count, counted;
    uint64_t line_ends;
    struct file *file;
    bool begun, framed;
    size_t number;
    struct nest nest;
  } before;
};

struct outlets {
  struct arena *arena, *scratch; /* scratch: until the next record */
  const char *folder;
  const struct zone *zone;
  struct outlet *items;
  size_t count;
  const struct feed *feed;
  str release; /* what the files of states are called */
  struct outlet_file *files[4096];
  struct outlet_file *shown, *states;
  size_t file_count, state_count;
  outlet_bytes *bytes; /* of a stream */
  void *user;
  str key; /* what the watch said of the record that is opened next */
  const struct group *group, *source;
  str source_key;
  uint64_t rows;
  str sum;
  /* The message of a feed to Amazon that is open, and "2:17": what is kept under it counts until the message
   * is refused (job/state_verdict.c). */
  const struct record *message_record;
  char message_text[48];
  bool traced;
  size_t noted; /* lines of all files; over LINES_MOST only when traced, or memory would grow with them */
  bool marked;  /* a streamed record is at hand: nothing is flushed */
  size_t marked_files; /* how many there were before it */
};

/* outlet_file.c. Line ends up to a place; places only grow until the level is emptied. */
uint64_t outlet_lines_before(struct level_out *out, size_t place);
void outlet_empty(struct level_out *out);
struct outlet_line *outlet_add_line(struct level_out *out);
enum outcome outlet_flush(struct outlets *outlets, struct outlet *outlet, struct err *err);
enum outcome outlet_end_file(struct outlets *outlets, struct outlet *outlet, struct err *err);
enum outcome outlet_begin_state(struct outlets *outlets, struct outlet *outlet, struct err *err);
enum outcome outlet_begin_file(struct outlets *outlets, struct outlet *outlet, const struct node *text,
                               struct ctx *ctx, struct err *err);
enum outcome outlet_start(struct outlet *outlet, struct err *err); /* the file's first bytes */
bool outlet_has_own_name(const struct outlet *outlet);
/* Before a record of an outlet with a name of its own: does it begin a file? Amazon takes only so much in
 * one. Counts it. */
bool outlet_begins(struct outlet *outlet, const struct record *record);
/* The name of the file that the record begins; NULL: none. */
const struct node *outlet_file_text(const struct outlet *outlet, const struct written *written);

/* Is anything noted of the next record? A stream has no proof. */
static inline bool outlets_note(const struct outlets *outlets) {
  return outlets->traced || (!outlets->bytes && outlets->noted < LINES_MOST);
}

/* outlet_records.c. To a file of its own; `sluice transform` shows it like any csv. */
bool outlet_is_state(const struct outlets *outlets, const struct outlet *outlet);
void outlet_forget(struct outlet *outlet); /* what waits for a parent */

/* outlet_undo.c: as transform/sink.h says. */
enum outcome outlet_mark(void *user, struct err *err);
enum outcome outlet_keep(void *user, struct err *err);
enum outcome outlet_undo(void *user, struct err *err);

#endif
