/* extract/trees: the records of a file, one after the other, each with all that is below it.
 *
 * XML and JSON are walked along the paths of their schema (extract/paths.h), TSV and CSV row by row
 * (extract/nested.h).
 *
 * A batch belongs to its taker until it is given back, so one thread may read
 * while another works. What a file has once (an envelope's header) is known
 * before the first record: when it stands behind the records, the file is read
 * twice.
 *
 *   trees_open(path, &settings, &trees, &err);
 *   while (!(out = trees_next(trees, &batch, &err))) { use(&batch); trees_give_back(trees, &batch); }
 *
 * Errors are OUT_DATA with line and column: no good XML or JSON, over a limit,
 * a file of another kind, one that ends in the middle.
 */
#ifndef SLUICE_EXTRACT_TREES_H
#define SLUICE_EXTRACT_TREES_H

#include "io/charset.h"
#include "io/in.h"
#include "model/tree.h"

struct trees_settings {
  const struct schema *schema;
  struct shapes shapes; /* lives as long as the reader */
  enum charset charset; /* of rows; XML and JSON say theirs */
  struct in_limits limits;
};

struct trees;
enum outcome trees_open(const char *path, const struct trees_settings *settings, struct trees **trees,
                        struct err *err);
/* OUT_END after the last. One thread at a time. */
enum outcome trees_next(struct trees *trees, struct tree_batch *batch, struct err *err);
/* All of it by one call, which reads XML faster: takes() is handed each batch, as trees_next hands it out;
 * anything but OUT_OK of it ends the reading, and is returned. OUT_END after the last. */
typedef enum outcome trees_taker(void *user, struct tree_batch *batch, struct err *err);
enum outcome trees_read(struct trees *trees, trees_taker *takes, void *user, struct err *err);
void trees_give_back(struct trees *trees, struct tree_batch *batch); /* any thread */
/* By shape; NULL: the file has none. Complete once the first batch was handed out. */
struct rec *const *trees_once(const struct trees *trees);
size_t trees_unknown(const struct trees *trees,
                     const str **names);              /* that the schema does not know, after the last */
uint64_t trees_bytes_read(const struct trees *trees); /* of the file as it lies there; any thread */
uint64_t trees_size(const struct trees *trees);
bool trees_is_not_utf8(const struct trees *trees); /* rows, read as UTF-8 on trial */
void trees_close(struct trees *trees);

#endif
