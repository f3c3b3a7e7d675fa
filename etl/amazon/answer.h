/* amazon/answer: a JSON answer as a small tree.
 *
 * Amazon's answers are small, but for reports, which are files and are never read here. Numbers keep their
 * own text. A list's items stand among the other parts, each by the list's name and "[]".
 *
 *   {"reports": [{"reportId": "7"}, {"reportId": "8"}], "nextToken": "x"}
 *
 *   struct answer *answer;
 *   answer_read(arena, body, &answer, &err);
 *   str token = answer_text(answer, "nextToken");                     "" when it is not there, or null
 *   for (struct answer *one = answer_part(answer, "reports[]"); one; one = answer_same(one))
 *     use(answer_text(one, "reportId"));
 *
 * Paths go down by dots: answer_text(answer, "payload.pagination.nextToken").
 */
#ifndef SLUICE_AMAZON_ANSWER_H
#define SLUICE_AMAZON_ANSWER_H

#include "base/err.h"
#include "base/memory.h"

struct answer {
  str name, text;
  struct answer *parts, *last, *next, *above;
};

/* OUT_DATA: it is not JSON. */
enum outcome answer_read(struct arena *arena, str json, struct answer **answer, struct err *err);
struct answer *answer_part(const struct answer *answer, const char *path); /* the first so called; NULL */
struct answer *answer_same(const struct answer *part); /* the next one of its name; NULL */
str answer_text(const struct answer *answer, const char *path);

#endif
