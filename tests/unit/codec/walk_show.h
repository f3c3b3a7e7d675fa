/* unit/codec/walk_show: the walk of codec/events.h as a line of text.
 *
 *   <Order id="7"><SKU>A</SKU></Order>      {Order {@id '7'}{SKU 'A'}}
 *
 * A quoted text stands in double quotes. Checks as it goes that the walk is one: what is entered is left, no
 * text stands outside or comes twice, texts are UTF-8 and not too long, names too.
 */
#ifndef SLUICE_UNIT_CODEC_WALK_SHOW_H
#define SLUICE_UNIT_CODEC_WALK_SHOW_H

#include "base/buf.h"
#include "codec/events.h"

#include <stdlib.h>

enum { SHOW_DEEPEST = 200 };

struct show {
  struct buf text;
  struct events_limits limits;
  const char *unwanted;         /* names that begin with one of these letters */
  size_t depth, calls, stop_at; /* the call at which OUT_REFUSED is answered; 0: none */
  bool has_text[SHOW_DEEPEST + 2], silent[SHOW_DEEPEST + 2];
};

static inline void show_must(bool holds) {
  if (!holds) abort();
}

static inline void show_check(const struct show *show, str text) {
  show_must(text.len <= show->limits.text_most + 3 && str_is_utf8(text, NULL));
  show_must(!text.len || !memchr(text.at, '\0', text.len));
}

static inline enum outcome show_answer(struct show *show, struct err *err) {
  return ++show->calls == show->stop_at ? err_set(err, OUT_REFUSED, "enough") : OUT_OK;
}

static inline enum outcome show_enter(void *user, str name, struct err *err) {
  struct show *show = user;
  show_must(show->depth <= SHOW_DEEPEST && !show->silent[show->depth]);
  show->depth++;
  show->has_text[show->depth] = show->silent[show->depth] = false;
  show_check(show, name);
  buf_char(&show->text, '{');
  buf_add(&show->text, name);
  buf_char(&show->text, ' ');
  if (show->unwanted && name.len && strchr(show->unwanted, *name.at)) show->silent[show->depth] = true;
  return show_answer(show, err);
}

static inline bool show_wanted(void *user) {
  struct show *show = user;
  return !show->silent[show->depth];
}

static inline enum outcome show_text(void *user, str text, bool quoted, struct err *err) {
  struct show *show = user;
  show_must(show->depth && !show->silent[show->depth] && !show->has_text[show->depth]);
  show->has_text[show->depth] = true;
  show_check(show, text);
  buf_char(&show->text, quoted ? '"' : '\'');
  buf_add(&show->text, text);
  buf_char(&show->text, quoted ? '"' : '\'');
  return show_answer(show, err);
}

static inline enum outcome show_leave(void *user, struct err *err) {
  struct show *show = user;
  show_must(show->depth);
  show->depth--;
  buf_char(&show->text, '}');
  return show_answer(show, err);
}

static inline struct show show_new(struct events_limits limits, const char *unwanted) {
  return (struct show){ .text = buf_new(64 << 20), .limits = limits, .unwanted = unwanted };
}

static inline struct events show_events(struct show *show) {
  return (struct events){ show, show_enter, show->unwanted ? show_wanted : NULL, show_text, show_leave, NULL };
}

#endif
