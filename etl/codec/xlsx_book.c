/* codec/xlsx_book: which parts of a workbook hold a sheet and its shared strings. */
#include "codec/xlsx_book.h"
#include "codec/xlsx_xml.h"

/* A relationship as one part of the file states it. */
struct link {
  str id, type, target;
};
struct links {
  struct arena *arena;
  str from; /* the part to which targets are relative; empty for the package itself */
  struct link *at;
  size_t count;
};

static str value_of(const struct xlsx_attributes *attributes, const char *name, struct arena *arena) {
  str value = STR_NONE;
  xlsx_attribute(attributes, name, &value);
  return arena_str(arena, value);
}

/* "xl/" of "xl/workbook.xml" */
static str folder_of(str part) {
  size_t len = part.len;
  while (len && part.at[len - 1] != '/') len--;
  return str_sub(part, 0, len);
}

/* The name of the part that `target` means: from the top with a slash before it, else from the folder of
 * `from`. */
static str resolve(struct arena *arena, str from, str target) {
  str folder = str_starts(target, STR("/")) ? STR_NONE : folder_of(from);
  str rest = arena_printf(arena, "%.*s%.*s", STR_ARG(folder), STR_ARG(target)), piece;
  struct buf name = buf_new(rest.len + 1);
  while (str_split(&rest, '/', &piece)) {
    if (!piece.len || str_eq(piece, STR("."))) continue;
    if (str_eq(piece, STR(".."))) {
      name.len = folder_of(buf_str(&name)).len;
      if (name.len) name.len--;
      continue;
    }
    if (name.len) buf_char(&name, '/');
    buf_add(&name, piece);
  }
  str part = arena_str(arena, buf_str(&name));
  buf_free(&name);
  return part;
}

enum { LINKS = 1, LINK };
static const struct xlsx_step link_steps[] = {
  { XLSX_XML_TOP, LINKS, "Relationships", false },
  { LINKS, LINK, "Relationship", false },
  { 0, 0, NULL, false },
};

static enum outcome on_link(void *user, unsigned state, const struct xlsx_attributes *attributes,
                            struct err *err) {
  struct links *links = user;
  str mode = STR_NONE;
  (void)err;
  xlsx_attribute(attributes, "TargetMode", &mode);
  if (state != LINK || str_eq(mode, STR("External"))) return OUT_OK;
  *ARENA_PUSH(links->arena, links->at, links->count) = (struct link){
    .id = value_of(attributes, "Id", links->arena),
    .type = value_of(attributes, "Type", links->arena),
    .target = resolve(links->arena, links->from, value_of(attributes, "Target", links->arena)),
  };
  return OUT_OK;
}

static enum outcome on_end(void *user, unsigned state, str text, struct err *err) {
  (void)user, (void)state, (void)text, (void)err;
  return OUT_OK;
}

static enum outcome walk_part(struct xlsx_zip *zip, str part, size_t part_most, const struct xlsx_plan *plan,
                              void *user, struct err *err) {
  struct buf xml;
  enum outcome out = xlsx_zip_part(zip, part, part_most, &xml, err);
  if (!out) out = xlsx_xml_walk(part, buf_str(&xml), plan, user, err);
  buf_free(&xml);
  return out;
}

static enum outcome read_links(struct xlsx_zip *zip, size_t part_most, struct links *links, struct err *err) {
  static const struct xlsx_plan plan = { link_steps, on_link, on_end };
  str folder = folder_of(links->from), file = str_sub(links->from, folder.len, links->from.len);
  str part = arena_printf(links->arena, "%.*s_rels/%.*s.rels", STR_ARG(folder), STR_ARG(file));
  return walk_part(zip, part, part_most, &plan, links, err);
}

static bool is_type(str type, const char *name) {
  static const char *const spaces[] = {
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/",
  };
  for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
    str space = str_of(spaces[i]);
    if (str_starts(type, space) && str_eq(str_sub(type, space.len, type.len), str_of(name))) return true;
  }
  return false;
}

static const struct link *link_of_type(const struct links *links, const char *name) {
  for (size_t i = 0; i < links->count; i++)
    if (is_type(links->at[i].type, name)) return &links->at[i];
  return NULL;
}

static const struct link *sheet_link(const struct links *links, str id) {
  for (size_t i = 0; i < links->count; i++)
    if (str_eq(links->at[i].id, id) && is_type(links->at[i].type, "worksheet")) return &links->at[i];
  return NULL;
}

enum { BOOK = 1, SHEETS, SHEET };
static const struct xlsx_step book_steps[] = {
  { XLSX_XML_TOP, BOOK, "workbook", false },
  { BOOK, SHEETS, "sheets", false },
  { SHEETS, SHEET, "sheet", false },
  { 0, 0, NULL, false },
};

struct choice {
  const struct links *links;
  str name; /* asked for; empty for the first */
  const struct link *found;
  struct buf names; /* of all worksheets, for the message */
};

static enum outcome on_sheet(void *user, unsigned state, const struct xlsx_attributes *attributes,
                             struct err *err) {
  struct choice *choice = user;
  str name = STR_NONE, id = STR_NONE, shown = STR("visible");
  (void)err;
  if (state != SHEET || choice->found) return OUT_OK;
  xlsx_attribute(attributes, "name", &name);
  xlsx_attribute(attributes, "state", &shown);
  xlsx_attribute_r(attributes, "id", &id);
  const struct link *link = sheet_link(choice->links, id);
  if (!link) return OUT_OK;
  buf_printf(&choice->names, "%s\"%.*s\"", choice->names.len ? ", " : "", STR_ARG(name));
  if (choice->name.len ? str_eq_fold(name, choice->name) : str_eq(shown, STR("visible")))
    choice->found = link;
  return OUT_OK;
}

static enum outcome no_sheet(const struct choice *choice, struct err *err) {
  str names = str_left_chars(buf_str(&choice->names), 200);
  if (!names.len) return err_set(err, OUT_DATA, "the workbook has no sheet of cells");
  if (!choice->name.len) return err_set(err, OUT_DATA, "all sheets of the workbook are hidden");
  return err_set(err, OUT_DATA, "the workbook has no sheet \"%.*s\", but %.*s", STR_ARG(choice->name),
                 STR_ARG(names));
}

static enum outcome find_sheet(struct xlsx_zip *zip, str part, size_t part_most, struct choice *choice,
                               struct err *err) {
  static const struct xlsx_plan plan = { book_steps, on_sheet, on_end };
  enum outcome out = walk_part(zip, part, part_most, &plan, choice, err);
  return out || choice->found ? out : no_sheet(choice, err);
}

static enum outcome find_workbook(struct xlsx_zip *zip, size_t part_most, struct arena *arena, str *part,
                                  struct err *err) {
  struct links links = { .arena = arena };
  if (xlsx_zip_has(zip, STR("content.xml")))
    return err_set(err, OUT_DATA, "an OpenDocument file (.ods); save it as .xlsx");
  if (!xlsx_zip_has(zip, STR("_rels/.rels")))
    return err_set(err, OUT_DATA, "a zip file, and no workbook (it has no part _rels/.rels)");
  enum outcome out = read_links(zip, part_most, &links, err);
  if (out) return out;
  const struct link *link = link_of_type(&links, "officeDocument");
  if (!link || !link->target.len) return err_set(err, OUT_DATA, "no workbook: _rels/.rels names no document");
  if (str_ends(link->target, STR(".bin")))
    return err_set(err, OUT_DATA, "a binary workbook (.xlsb); save it as .xlsx");
  *part = link->target;
  return OUT_OK;
}

enum outcome xlsx_book_find(struct xlsx_zip *zip, str name, size_t part_most, struct arena *arena,
                            struct xlsx_book *book, struct err *err) {
  enum { NAMES_MOST = 4096 };
  struct links links = { .arena = arena };
  enum outcome out = find_workbook(zip, part_most, arena, &links.from, err);
  if (!out) out = read_links(zip, part_most, &links, err);
  if (out) return out;
  struct choice choice = { .links = &links, .name = name, .names = buf_new(NAMES_MOST) };
  out = find_sheet(zip, links.from, part_most, &choice, err);
  buf_free(&choice.names);
  if (out) return out;
  const struct link *strings = link_of_type(&links, "sharedStrings");
  *book = (struct xlsx_book){ choice.found->target, strings ? strings->target : STR_NONE };
  return OUT_OK;
}
