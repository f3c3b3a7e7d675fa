/* job/rejects: the rows of a file that were not accepted, as they came, with one column more: why.
 *
 * Of XML and JSON it is the records, each with its reason before or in it (job/rejects_trees.c,
 * extract/again.h).
 *
 *   sku,price                    sku,price,sluice-error
 *   A-1,1.00                     A-3,1.00x,"price: ""1.00x"" is not a number"
 *   A-3,1.00x
 *
 * The file is read a second time, as bytes (codec/raw): header, byte order mark, "sep=;", quotes, line ends
 * and charset stay, so that a corrected copy can be dropped straight back. Readers do not see the column
 * sluice-error (extract/match.c). In a copy that has it already its cell is replaced. Where the transform
 * takes the first row for a summary, that row comes along. A gzip file's rows are written plain.
 *
 * A row that is shorter than the header gets empty cells up to the new column. An error text that the charset
 * lacks letters for is written with "?" in their place.
 *
 * TALLY_REJECTS_MOST rows are known by number; of a file with more, `lost` says how many are missing: such a
 * file is of another kind than its feed, and the original is kept whole.
 *
 * Along the way each row is noted for the answer: its line, and its error without personal data: a rule's
 * words without what is personal in them (transform/veil.h). What the engine says of a column that is not
 * personal loses the personal values of its row; any other text of its loses all that it quotes too.
 */
#ifndef SLUICE_JOB_REJECTS_H
#define SLUICE_JOB_REJECTS_H

#include "io/charset.h"
#include "io/file.h"
#include "report/ack.h"
#include "transform/tally.h"

enum { REJECTS_NOTED = 1000 };

struct rejects_request {
  const char *source;         /* where the original lies now */
  const struct seal_key *key; /* it is sealed; NULL: it lies in the open */
  const struct program *program;
  struct program *const *then; /* those behind it: their rules speak of the same rows */
  size_t then_count;
  enum charset charset; /* as it was read */
  const struct tally *tally;
};

struct rejects {
  struct ack_record *notes; /* at most REJECTS_NOTED; in the arena */
  size_t note_count;
  uint64_t more;          /* rows that are not noted */
  uint64_t written, lost; /* rows in the file; rows that should be and are not */
};

/* Are there such rows or records, and is the file of a format that they can be cut out of (TSV, CSV, XML,
 * JSON)? */
bool rejects_any(const struct rejects_request *request);
/* Writes `path`, mode 600, whole or not at all. */
enum outcome rejects_write(const struct rejects_request *request, const char *path, struct arena *arena,
                           struct rejects *rejects, struct err *err);

/* job/rejects_trees.c: the same for XML and JSON, to a file that is open. */
struct rejects_teller;
enum outcome rejects_write_trees(const struct rejects_request *request, struct file *file,
                                 struct rejects_teller *teller, struct arena *arena, struct rejects *rejects,
                                 struct err *err);

/* job/rejects_text.c: what may be told of a row. */
struct rejects_teller *rejects_teller_new(const struct program *program, struct arena *arena);
void rejects_teller_then(struct rejects_teller *teller,
                         const struct program *program); /* its rules tell too */
/* One cell of each column of the file, as UTF-8 without quotes. */
void rejects_header(struct rejects_teller *teller, const str *names, size_t count);
bool rejects_needs_cells(const struct rejects_teller *teller);
/* Without cells (NULL) what they hold is not known: then nothing quoted is told of what the engine itself
 * says. */
void rejects_tell(const struct rejects_teller *teller, const struct reject *reject, const str *cells,
                  size_t count, struct ack_record *note);

#endif
