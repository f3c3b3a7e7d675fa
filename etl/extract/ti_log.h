/* extract/ti_log: which lines of a data file Transaction Import refused, by its log.
 *
 *   'System Message 8004: Data File Record/Line Number: 5 Column: 1
 *   'System Message 8013: Item not found, please reenter. Control: cinvtid Key Value: ""AAB$"" Column 1
 *   'System Message 8034: Error in Field: cinvtid Value: AAB$
 *   'System Message 8055: ========Error Processing Document Data Line========
 *
 * No description of the log is public, so little is taken for granted: a
 * message is "System Message" and a number, 8004 names the line, 8055 ends what
 * is said of it, in whatever order the others come. All else is counted and
 * passed over. What a log does not name may be in SL or not: the log alone is
 * never trusted.
 *
 * Values are cut off what is quoted, because they may be a buyer's.
 */
#ifndef SLUICE_EXTRACT_TI_LOG_H
#define SLUICE_EXTRACT_TI_LOG_H

#include "base/err.h"
#include "base/memory.h"

enum { TI_LOG_SAID_MOST = 400 };

struct ti_refusal {
  uint64_t line; /* of the data file, from 1 */
  str said;      /* "8013 Item not found, please reenter. Control: cinvtid; 8034 ..." */
  bool comment;  /* 8021 alone: its level word is not known, the line was passed over */
};

struct ti_log {
  struct ti_refusal *refusals; /* in the order of the log */
  size_t count;
  uint64_t messages, other; /* lines with a message, and without one */
};
/* OUT_DATA, with the line, when it is no text of one byte a letter. Texts live in the arena. */
enum outcome ti_log_read(str text, struct arena *arena, struct ti_log *log, struct err *err);

#endif
