/* codec/xlsx_strings: the shared strings of a workbook, to which its cells refer by number. */
#include "codec/xlsx_strings.h"
#include "codec/xlsx_text.h"
#include "codec/xlsx_xml.h"

enum { STRINGS_MOST = 4 * 1000 * 1000 };
enum { TABLE = 1, ITEM, RUN, TEXT };

static const struct xlsx_step steps[] = {
  { XLSX_XML_TOP, TABLE, "sst", false },
  { TABLE, ITEM, "si", false },
  { ITEM, TEXT, "t", true },
  { ITEM, RUN, "r", false },
  { RUN, TEXT, "t", true },
  { 0, 0, NULL, false },
};

struct reading {
  struct arena *arena;
  struct xlsx_strings *strings;
  struct buf text; /* of the item so far */
};

static enum outcome on_start(void *user, unsigned state, const struct xlsx_attributes *attributes,
                             struct err *err) {
  struct reading *reading = user;
  (void)attributes, (void)err;
  if (state == ITEM) buf_clear(&reading->text);
  return OUT_OK;
}

static enum outcome add(struct reading *reading, struct err *err) {
  struct xlsx_strings *strings = reading->strings;
  if (strings->count == STRINGS_MOST)
    return err_set(err, OUT_DATA, "more than %d shared strings", STRINGS_MOST);
  if (strings->count == strings->room) {
    strings->room = strings->room ? strings->room * 2 : 256;
    strings->at = mem_grow(strings->at, strings->room * sizeof *strings->at);
  }
  strings->at[strings->count++] = arena_str(reading->arena, buf_str(&reading->text));
  return OUT_OK;
}

static enum outcome on_end(void *user, unsigned state, str text, struct err *err) {
  struct reading *reading = user;
  if (state == TEXT) xlsx_text_unescape(text, &reading->text);
  return state == ITEM ? add(reading, err) : OUT_OK;
}

enum outcome xlsx_strings_read(str part, str xml, struct arena *arena, struct xlsx_strings *strings,
                               struct err *err) {
  static const struct xlsx_plan plan = { steps, on_start, on_end };
  struct reading reading = { .arena = arena, .strings = strings, .text = buf_new(xml.len + 1) };
  enum outcome out = xlsx_xml_walk(part, xml, &plan, &reading, err);
  buf_free(&reading.text);
  return out;
}

void xlsx_strings_free(struct xlsx_strings *strings) {
  mem_free(strings->at);
  *strings = (struct xlsx_strings){ 0 };
}
