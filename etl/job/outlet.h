/* job/outlet: written records to files that are not released yet, or to a stream.
 *
 * One outlet for each schema that a transform writes. A feed's `load` line
 * says where: the path is a text over the file's header and settings, or, with
 * `per RECORD`, over that record's lets, and then each such record has a file
 * of its own. Files are written below a build folder under their final names.
 * Children that come before their parent (hold) wait in memory. A state needs no load line.
 *
 * In XML and JSON a record that stands around all others (an envelope) begins every file, when the first of
 * them is written: a feed that is cut into parts has it in each.
 *
 * Each record that came of a group is noted with its line: the proof's account, and what `sluice why` asks.
 * Of records that stream by there may be millions: they are noted when they are traced.
 * Untraced, the first 200,000 of all files are.
 */
#ifndef SLUICE_JOB_OUTLET_H
#define SLUICE_JOB_OUTLET_H

#include "job/feed.h"
#include "load/writer.h"
#include "report/proof.h"
#include "transform/emit.h"

struct outlets;

/* One record of a file, and the group that it came of. */
struct outlet_line {
  struct proof_line shown;
  const struct block *block;
  str key; /* of the nearest group around it; "" = the file's */
  const struct group *group;
  uint64_t last; /* the record begins in shown.line and ends here */
  const uint64_t
      *places; /* when they are traced: of the source records that it was made of; none: see group */
  size_t place_count;
  const struct group
      *source; /* of a chain whose first transform sums: its group, and that one's key; NULL: none */
  str source_key;
};

struct outlet_file {
  str name;                     /* relative to the site */
  const struct feed_load *load; /* NULL: a state's */
  const struct schema *schema;
  uint64_t bytes;
  char digest[65];
  struct outlet_line *lines;
  size_t line_count;
};

/* For feeds: files below `folder`. Rows of states go to var/state/TABLE/RELEASE.csv there. */
struct outlets *outlets_for_feed(const struct feed *feed, const char *folder, str release,
                                 const struct zone *zone);
/* For `sluice transform`: the program's first schema to `bytes`, the others nowhere. */
typedef enum outcome outlet_bytes(void *user, str bytes, struct err *err);
struct outlets *outlets_for_stream(const struct program *program, const struct zone *zone,
                                   outlet_bytes *bytes, void *user);
struct sink outlets_sink(struct outlets *outlets);
emit_watch outlets_watch; /* user: the outlets */
void outlets_trace(
    struct outlets *outlets); /* every record is noted with its line, and the places it came of */
/* Of a chain: what is written from now on was made of this group of the first transform's. */
void outlets_source(struct outlets *outlets, const struct group *group, str key);
/* Everything is written out; files are whole and fsynced. */
enum outcome outlets_finish(struct outlets *outlets, struct err *err);
size_t outlets_files(const struct outlets *outlets, const struct outlet_file **files);
/* Those of states: nobody's but sluice's, without proof. */
size_t outlets_states(const struct outlets *outlets, const struct outlet_file **files);
/* Before release: a file of its folder under another name. */
enum outcome outlets_rename(struct outlets *outlets, size_t index, str name, struct err *err);
enum outcome outlets_rename_state(struct outlets *outlets, size_t index, str name, struct err *err);
uint64_t outlets_transliterated(const struct outlets *outlets);
void outlets_free(struct outlets *outlets); /* abandons what is not finished */

#endif
