/* job/imported: what became of each document of a Transaction Import file: SL is asked, and its log is read.
 *
 *   struct imported imported;
 *   out = imported_look(&custody, STR("outbox/sl/orders/x.txt"), "inbox/ti-log/x.log", &imported, &err);
 *
 * Transaction Import is not atomic, and its log does not say what it took: the
 * log alone is never trusted. SL itself is asked for what each document can be found
 * by, by the screen that it was meant for:
 *
 *   40.100.00   SOHeader.CustOrdNbr                       lines: SOLine
 *   01.010.00   GLTran.ExtRefNbr, PerPost, Batch.Descr    lines: GLTran; a void batch does not count
 *   08.010.00   ARDoc.RefNbr, DocType, CustId             lines: ARTran
 *   08.030.00   ARDoc.RefNbr, DocType, CustId             lines: ARAdjust, what it is applied to
 *   08.260.00   Customer.CustId
 *
 * The log says why what is not there was refused. Without a connection only
 * what the log refuses is known, and nothing counts as imported.
 *
 * Nothing is moved and nothing is written.
 */
#ifndef SLUICE_JOB_IMPORTED_H
#define SLUICE_JOB_IMPORTED_H

#include "extract/ti_file.h"
#include "job/answer.h"

enum imported_state {
  IMPORTED_WHOLE,
  IMPORTED_PARTLY,  /* it is there, with fewer lines */
  IMPORTED_TWICE,   /* two documents of SL's have it */
  IMPORTED_REFUSED, /* not there, and the log says why */
  IMPORTED_UNKNOWN  /* not there, or not asked for, and no log names it */
};

struct imported_document {
  const struct ti_document *document;
  enum imported_state state;
  str numbers;            /* of SL's: "AZ000012", "000007, 000009" */
  uint64_t lines, places; /* of SL's; how many documents of SL's have it */
  str said;               /* by the log */
};

struct imported {
  bool asked; /* SL was: there is a connection, and its screen is one of the above */
  bool
      readable; /* a Transaction Import file of a known screen that waits; else there is nothing to look at */
  struct imported_document *documents;
  size_t count, whole;
  uint64_t strange; /* refusals by the log of lines that are in no document */
};
/* `log` may be NULL. The texts live in the site's arena. */
enum outcome imported_look(const struct custody *custody, str output, const char *log,
                           struct imported *imported, struct err *err);
/* What SL is asked, with one mark for the documents; NULL: those were all. For those who judge our T-SQL. */
const char *imported_query(size_t which);
/* "900-0000012: refused: line 4: 8013 Item not found..." */
str imported_text(const struct imported_document *document, struct arena *arena);

#endif
