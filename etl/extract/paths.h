/* extract/paths: builds source records out of the walk through an XML or JSON file.
 *
 * A schema says where a record and a field stand by a path from the record
 * above: `at "Message/OrderReport"`, `at "Amount@currency"`, `at "orders[]"`.
 * `at "."` is the record's own text: of "programs": ["PRIME", "X"] each is a record at "programs[]".
 * All paths together are one tree of steps; each element or key that is entered is one
 * step in it, or is unknown and passed over with all that is in it.
 *
 *   Message/OrderReport opens an order; AmazonOrderID in it is a cell of it; Item opens an item below it
 *
 * Finished records are handed out in batches, each with memory of its own, so
 * that another thread may work on one while the next is read.
 */
#ifndef SLUICE_EXTRACT_PATHS_H
#define SLUICE_EXTRACT_PATHS_H

#include "codec/events.h"
#include "model/tree.h"

struct paths;
struct paths *paths_new(const struct schema *schema, const struct shapes *shapes);
/* Told by a parser. OUT_DATA: a record that a file has once stands twice, a `refused` field is there, one
 * streamed record takes more than TREE_MOST. */
struct events paths_events(struct paths *paths);
/* After the last byte. OUT_DATA when nothing of the schema was met: the file is another one. */
enum outcome paths_end(struct paths *paths, struct err *err);

/* The next batch that is ready; false: feed more. It stays the caller's until paths_give_back, by any thread
 * that does not take at the same time. */
bool paths_take(struct paths *paths, struct tree_batch *batch);
void paths_give_back(struct paths *paths, struct tree_batch *batch);

/* The records that a file has once, by shape; absent ones are NULL. Their cells may still come while records
 * stream by: see paths_is_late. */
struct rec *const *paths_once(const struct paths *paths);
bool paths_once_is_complete(const struct paths *paths); /* every field of them that the plan uses was met */
/* Begins anew on the same file: what it has once is known. */
void paths_again(struct paths *paths);
/* A field of such a record came after the first streamed record had begun. */
bool paths_is_late(const struct paths *paths);
/* Names that the schema does not know, each once, at the most 200; as PATH/NAME. */
size_t paths_unknown(const struct paths *paths, const str **names);
void paths_free(struct paths *paths);

#endif
