/* extract/again_xml: cuts XML into tags, comments and text, and passes on those that stay. */
#include "extract/again_internal.h"

#include <string.h>

struct again_xml {
  struct again *again;
  struct buf token, space; /* space: white space that belongs to what comes next */
  char quote;              /* of the attribute's value that we are in */
  size_t depth;            /* of open elements */
  size_t record;           /* depth of the open record; 0: none */
  bool copies;             /* and it is wanted */
  size_t sibling_from;     /* in what waits: where the element beside the records begins */
  bool skips;              /* it is too large to wait */
  uint64_t lines;          /* ends of lines in the token */
};

struct again_xml *again_xml_new(struct again *again) {
  struct again_xml *xml = mem_alloc(sizeof *xml);
  *xml = (struct again_xml){ .again = again };
  xml->token = buf_new(AGAIN_TOKEN_MOST);
  xml->space = buf_new(AGAIN_TOKEN_MOST);
  return xml;
}

void again_xml_free(struct again_xml *xml) {
  if (!xml) return;
  buf_free(&xml->token);
  buf_free(&xml->space);
  mem_free(xml);
}

/* Beside the path: the element that is open is a step of it, and what comes is of another name. */
static bool is_on_path(const struct again_xml *xml) {
  return !xml->record && xml->depth == xml->again->matched;
}

static enum outcome put(struct again_xml *xml, str bytes, struct err *err) {
  if (xml->record && !xml->copies) return OUT_OK;
  if (!xml->record && again_waits(xml->again)) {
    if (xml->skips) return OUT_OK;
    if (!is_on_path(xml) && xml->again->waits.len + bytes.len > AGAIN_WAITS_MOST) {
      xml->again->waits.len = xml->sibling_from;
      xml->skips = true;
      return OUT_OK;
    }
  }
  return again_put(xml->again, bytes, err);
}

static enum outcome put_space(struct again_xml *xml, struct err *err) {
  enum outcome out = put(xml, buf_str(&xml->space), err);
  buf_clear(&xml->space);
  return out;
}

static enum outcome put_both(struct again_xml *xml, str token, struct err *err) {
  enum outcome out = put_space(xml, err);
  return out ? out : put(xml, token, err);
}

/* <a:Order id="1"> or </a:Order>: Order */
static str name_of(str tag) {
  size_t from = tag.len > 1 && tag.at[1] == '/' ? 2 : 1, to = from;
  while (to < tag.len && !strchr(" \t\r\n/>", tag.at[to])) {
    if (tag.at[to] == ':') from = to + 1;
    to++;
  }
  return str_sub(tag, from, to);
}

/* In a comment there are no two hyphens, nor one at its end. */
static enum outcome put_reason(struct again_xml *xml, str why, struct err *err) {
  struct buf comment = buf_new(AGAIN_TOKEN_MOST);
  buf_add(&comment, STR("<!-- sluice: "));
  for (size_t i = 0; i < why.len; i++) {
    unsigned char c = (unsigned char)why.at[i];
    if (c == '-' && i && why.at[i - 1] == '-') buf_char(&comment, ' ');
    buf_char(&comment, c < ' ' || c == 0x7f ? ' ' : why.at[i]);
  }
  buf_add(&comment, STR(" -->"));
  enum outcome out = again_put(xml->again, buf_str(&comment), err);
  buf_free(&comment);
  return out;
}

/* In wrappers that wait, `space` waits before the record as its own part of them. */
static enum outcome begin_record(struct again_xml *xml, str tag, struct err *err) {
  struct again *again = xml->again;
  str why = STR_NONE;
  xml->record = xml->depth;
  xml->copies = again->settings->wanted(again->settings->user, ++again->number, again->line, &why);
  enum outcome out = OUT_OK;
  if (xml->copies) out = again_let_go(again, err);
  if (xml->copies && !out) out = put_space(xml, err);
  if (xml->copies && !out) out = put_reason(xml, why, err);
  buf_clear(&xml->space);
  return out ? out : put(xml, tag, err);
}

static enum outcome begin_element(struct again_xml *xml, str tag, struct err *err) {
  struct again *again = xml->again;
  bool step =
      is_on_path(xml) && again->matched < again->count && str_eq(name_of(tag), again->steps[again->matched]);
  if (step && again->matched + 1 == again->count) {
    xml->depth++;
    again_enter(again);
    return begin_record(xml, tag, err);
  }
  if (step) again_enter(again);
  else if (is_on_path(xml)) xml->sibling_from = again->waits.len;
  enum outcome out = put_both(xml, tag, err);
  xml->depth++;
  return out;
}

static enum outcome end_element(struct again_xml *xml, str tag, struct err *err) {
  struct again *again = xml->again;
  if (!xml->depth) return err_set(err, OUT_DATA, "the file is no longer what it was");
  if (xml->record == xml->depth) {
    enum outcome out = put_both(xml, tag, err);
    again_leave(again);
    xml->record = 0;
    xml->depth--;
    return out;
  }
  bool step = is_on_path(xml);
  enum outcome out = put_both(xml, tag, err);
  xml->depth--;
  if (step) again_leave(again);
  if (is_on_path(xml)) xml->skips = false;
  return out;
}

static bool is_ours(str comment) { return str_starts(comment, STR("<!-- sluice: ")); }

static enum outcome take_token(struct again_xml *xml, str token, struct err *err) {
  if (str_starts(token, STR("<?xml ")))
    return put_both(xml, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"), err);
  if (str_starts(token, STR("<!--")) && is_ours(token) && is_on_path(xml)) return OUT_OK;
  if (token.at[1] == '!' || token.at[1] == '?') return put_both(xml, token, err);
  if (token.at[1] == '/') return end_element(xml, token, err);
  enum outcome out = begin_element(xml, token, err);
  if (!out && str_ends(token, STR("/>"))) out = end_element(xml, STR_NONE, err);
  return out;
}

/* With what the token begins, it says how it ends. */
static bool is_whole(struct again_xml *xml, char c) {
  str token = buf_str(&xml->token);
  if (str_starts(token, STR("<!--"))) return token.len > 6 && str_ends(token, STR("-->"));
  if (str_starts(token, STR("<![CDATA["))) return str_ends(token, STR("]]>"));
  if (str_starts(token, STR("<?"))) return token.len > 3 && str_ends(token, STR("?>"));
  if (str_starts(token, STR("<!"))) return c == '>' && token.len > 8; /* not yet known which */
  if (xml->quote) {
    if (c == xml->quote) xml->quote = '\0';
    return false;
  }
  if (c == '"' || c == '\'') xml->quote = c;
  return c == '>';
}

static enum outcome take_text(struct again_xml *xml, str text, struct err *err) {
  for (size_t i = 0; i < text.len; i++) xml->again->line += text.at[i] == '\n';
  if (!str_trim(text).len && xml->space.len < AGAIN_WAITS_MOST) return buf_add(&xml->space, text), OUT_OK;
  return put_both(xml, text, err);
}

static enum outcome take_byte(struct again_xml *xml, char c, struct err *err) {
  buf_char(&xml->token, c);
  xml->lines += c == '\n';
  if (xml->token.full) return err_set(err, OUT_DATA, "a tag is larger than %d MiB", AGAIN_TOKEN_MOST >> 20);
  if (!is_whole(xml, c)) return OUT_OK;
  enum outcome out = take_token(xml, buf_str(&xml->token), err);
  buf_clear(&xml->token);
  xml->again->line += xml->lines;
  xml->lines = 0;
  return out;
}

enum outcome again_xml_end(struct again_xml *xml, struct err *err) {
  if (xml->depth || xml->token.len) return err_set(err, OUT_DATA, "the file is no longer what it was");
  return put_space(xml, err);
}

enum outcome again_xml_feed(struct again_xml *xml, str utf8, struct err *err) {
  enum outcome out = OUT_OK;
  while (utf8.len && !out) {
    size_t len = 1;
    if (xml->token.len || *utf8.at == '<') out = take_byte(xml, *utf8.at, err);
    else {
      ptrdiff_t tag = str_find(utf8, '<');
      len = tag < 0 ? utf8.len : (size_t)tag;
      out = take_text(xml, str_sub(utf8, 0, len), err);
    }
    utf8 = str_sub(utf8, len, utf8.len);
  }
  return out;
}
