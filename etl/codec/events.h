/* codec/events: what a parser of nested text (XML, JSON) tells while it reads.
 *
 * Both are told as the same walk: an element, attribute, key or item of a list
 * is entered by its name, may have one text, and is left. Nothing is kept:
 * whoever listens builds what it wants (extract/paths.h).
 *
 *   <Order id="7"><SKU>A&amp;B</SKU></Order>     enter Order  enter @id  text 7  leave  enter SKU  text A&B
 * leave  leave
 *   {"orders": [{"qty": 1.50, "gift": null}]}    enter orders[]  enter qty  text 1.50  leave  enter gift
 * leave  leave
 *
 * An attribute's name begins with @; a namespaced one keeps its prefix
 * (@xsi:type), an element loses it. A list is not entered, its items are: each
 * by the list's name and []; a list in a list adds another []. A number is its
 * own text, letter by letter; true and false are "true" and "false"; null has
 * no text, nor has an element with nothing in it. A text is told at most once,
 * after the elements that stand in it; then the blanks around it are not told.
 * CDATA is text.
 *
 * Bytes may be fed in pieces of any size. The end of each error's text says
 * line and column.
 */
#ifndef SLUICE_CODEC_EVENTS_H
#define SLUICE_CODEC_EVENTS_H

#include "base/err.h"
#include "base/str.h"

struct events {
  void *user;
  /* Names and texts are valid until the function returns. `quoted`: a JSON text rather than a number or yes
   * and no. Anything but OUT_OK stops the reading and is returned by the feed. False from `wanted` (NULL: all
   * is wanted), asked right after enter, skips everything inside, untold but checked for form; it is left as
   * any other. */
  enum outcome (*enter)(void *user, str name, struct err *err);
  bool (*wanted)(void *user);
  enum outcome (*text)(void *user, str text, bool quoted, struct err *err);
  enum outcome (*leave)(void *user, struct err *err);
  void (*list)(void *user, str name); /* a list begins, maybe an empty one; its items' name. NULL: not told */
};

struct events_limits {
  size_t depth_most, text_most; /* levels; bytes of one text, attribute or name */
};
extern const struct events_limits events_default_limits; /* 64, 1 MiB */

#endif
