/* courier/document: one document of Amazon's, from its address to the inbox or into memory.
 *
 * The address is asked for (getReportDocument, getFeedDocument; for a restricted report with a token made for
 * this one document), lives five minutes, and is asked for again when it has grown stale. What comes is
 * written as it comes, through the seal when there is a key, and stands in the inbox only when it is whole:
 * as long as was announced, and, when it is gzip, unpacked to its end once (of documents beyond 64 MiB the
 * first 64). Bytes that do not hold are fetched again.
 *
 *   struct document *document = document_new(errand, OP_getReportDocument, id, got, report);
 *   document->restricted = true;
 *   document->name = "orders-50013.xml";
 *   document_fetch(document);                got(document): outcome, charset, digest, path
 *
 * OUT_OK; OUT_RETRY: could not be had; OUT_REFUSED: a role is missing, or there is no such document;
 * OUT_SYSTEM.
 */
#ifndef SLUICE_COURIER_DOCUMENT_H
#define SLUICE_COURIER_DOCUMENT_H

#include "courier/courier.h"
#include "io/digest.h"

struct document {
  struct errand *errand;
  enum operation_name operation;
  str id;
  bool restricted;
  str name; /* in the inbox; "" : into `text`, at most text_most bytes */
  size_t text_most;
  bool (*known)(
      struct document *document); /* bytes that are known are not put into the inbox; NULL: all are */
  void (*ended)(struct document *document);
  void *user;
  /* results */
  enum outcome outcome;
  struct err err;
  int status; /* with which Amazon refused its address; 0: it did not */
  uint64_t bytes;
  char digest[DIGEST_TEXT];
  char charset[32]; /* as its address says: "utf-8", "cp1252"; "" = it does not */
  bool gzip, dropped;
  const char *doubt; /* what its bytes do not bear out of what was said of them; NULL: nothing */
  struct buf text;
  void *own;
};

struct document *document_new(struct errand *errand, enum operation_name operation, str id,
                              void (*ended)(struct document *document), void *user);
void document_fetch(struct document *document); /* gone when `ended` returns */

#endif
