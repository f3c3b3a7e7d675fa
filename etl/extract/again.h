/* extract/again: an XML or JSON file a second time, as it is written, with only some of its records.
 *
 *   <Envelope>                                    <Envelope>
 *     <Header>...</Header>                          <Header>...</Header>
 *     <Message><Order id="1"/></Message>     ->     <Message><!-- sluice: id 2 is old --><Order
 * id="2"/></Message> <Message><Order id="2"/></Message>          </Envelope>
 *   </Envelope>
 *
 *   {"page": 1, "orders": [{"id": 1}, {"id": 2}]}  ->  {"page": 1, "orders": [{"sluice-error": "id 2 is old",
 * "id": 2}]}
 *
 * What stands around the records stays. An element or item that only holds records (Message) goes with them
 * when none of them is wanted. Each record has its reason before or in it; readers pass over both, so that a
 * corrected copy can be dropped straight back, and what an earlier copy said is not said again. The copy is
 * UTF-8, whatever the file is; it is written while the file is read, and the file is known to be well-formed:
 * it was read before.
 */
#ifndef SLUICE_EXTRACT_AGAIN_H
#define SLUICE_EXTRACT_AGAIN_H

#include "model/schema.h"

struct again_settings {
  const struct seal_key *key;  /* of a sealed file; NULL: it lies in the open */
  const struct record *record; /* the streamed one */
  void *user;
  /* Records are numbered from 1, lines too. */
  bool (*wanted)(void *user, uint64_t number, uint64_t line, str *why);
  enum outcome (*write)(void *user, str bytes, struct err *err);
};

enum outcome again_copy(const char *path, const struct again_settings *settings, struct err *err);

#endif
