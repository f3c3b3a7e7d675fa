/* job/feed: reads the lines of a .feed file. */
#include "job/feed_internal.h"
#include "courier/pages.h"
#include "io/digest.h"

#include <string.h>

static bool take_number(struct cursor *cursor, const char *what, int64_t *number) {
  struct token *token = cursor_peek(cursor);
  if (token && token->kind == TOKEN_NUMBER && str_to_int(token->text, number) && *number > 0) {
    cursor_take(cursor);
    return true;
  }
  cursor_complain(cursor, cursor_place(cursor), "a number of %s is missing here", what);
  return false;
}

static bool take_type(struct cursor *cursor, struct feed_place *place, enum feed_place_kind kind) {
  struct token *type = cursor_name(cursor, kind == PLACE_REPORT ? "a report type" : "a feed type");
  place->kind = kind;
  if (type) place->what = type->text;
  return type != NULL;
}

static bool take_files(struct cursor *cursor, struct feed_place *place) {
  struct token *pattern = cursor_text(cursor, "a pattern of file names");
  if (!pattern || !cursor_expect(cursor, "in")) return false;
  struct token *folder = cursor_text(cursor, "a folder");
  if (!folder) return false;
  place->kind = PLACE_FILES;
  place->what = pattern->text;
  place->folder = folder->text;
  return true;
}

static bool take_odbc(struct cursor *cursor, struct feed_place *place) {
  struct place at;
  if (!cursor_expect(cursor, "odbc")) return false;
  place->kind = PLACE_ODBC;
  struct token *next = cursor_peek(cursor);
  bool schema = next && next->kind == TOKEN_NAME && !token_is(next, "per");
  return !schema || cursor_path(cursor, "a schema", &place->what, &at);
}

static bool take_text(struct cursor *cursor, struct feed_place *place, enum feed_place_kind kind,
                      const char *what) {
  struct token *text = cursor_text(cursor, what);
  place->kind = kind;
  if (text) place->what = text->text;
  return text != NULL;
}

static bool take_pages(struct cursor *cursor, struct feed_place *place) {
  struct token *name = cursor_peek(cursor);
  if (!name || name->kind != TOKEN_NAME || !page_source_find(name->text)) return false;
  place->kind = PLACE_PAGES;
  place->what = cursor_take(cursor)->text;
  struct token *filter = cursor_peek(cursor);
  if (filter && (filter->kind == TOKEN_TEXT || filter->kind == TOKEN_LITERAL))
    place->folder = cursor_take(cursor)->text;
  return true;
}

static bool parse_place(struct cursor *cursor, struct feed_place *place) {
  *place = (struct feed_place){ .place = cursor_place(cursor) };
  struct token *first = cursor_peek(cursor);
  if (first && (first->kind == TOKEN_TEXT || first->kind == TOKEN_LITERAL)) {
    place->kind = PLACE_NAME;
    place->what = cursor_take(cursor)->text;
    return true;
  }
  if (cursor_accept(cursor, "files")) return take_files(cursor, place);
  if (cursor_accept(cursor, "sl")) return take_odbc(cursor, place);
  if (cursor_accept(cursor, "https")) return take_text(cursor, place, PLACE_HTTPS, "an address");
  if (cursor_accept(cursor, "folder")) return take_text(cursor, place, PLACE_FOLDER, "a folder");
  if (cursor_accept(cursor, "amazon")) {
    if (cursor_accept(cursor, "report")) return take_type(cursor, place, PLACE_REPORT);
    if (cursor_accept(cursor, "feed")) return take_type(cursor, place, PLACE_SUBMIT);
    if (take_pages(cursor, place)) return true;
    cursor_complain(cursor, cursor_place(cursor),
                    "\"amazon\" takes report TYPE, feed TYPE, orders, inventory, transactions or balances");
    return false;
  }
  cursor_complain(
      cursor, cursor_place(cursor),
      "a place is missing here: amazon report TYPE, amazon feed TYPE, amazon orders, files \"pattern\" in "
      "\"folder\", folder \"PATH\", https \"ADDRESS\", sl odbc, or a file name in quotes");
  return false;
}

static bool parse_window(struct parse *parse, struct cursor *cursor) {
  if (!take_number(cursor, "days", &parse->feed->window_days)) return false;
  return cursor_accept(cursor, "day") || cursor_expect(cursor, "days");
}

static void parse_extract(struct parse *parse, struct cursor *cursor) {
  struct feed *feed = parse->feed;
  do {
    if (feed->extract_count && cursor_accept(cursor, "window")) {
      if (!parse_window(parse, cursor)) return;
      continue;
    }
    if (feed->extract_count && !cursor_expect(cursor, "or")) return;
    struct feed_place place;
    if (!parse_place(cursor, &place)) return;
    *ARENA_PUSH(parse->arena, feed->extracts, feed->extract_count) = place;
  } while (cursor_accept(cursor, ","));
}

static void parse_supply(struct parse *parse, struct cursor *cursor) {
  struct token *name = cursor_name(cursor, "a lookup's name");
  if (!name) return;
  struct feed_supply supply = { .lookup = name->text, .place = name->place };
  if (!cursor_expect(cursor, "from") || !parse_place(cursor, &supply.from)) return;
  while (cursor_accept(cursor, ",")) {
    if (cursor_accept(cursor, "or")) {
      if (!cursor_expect(cursor, "none")) return;
      supply.or_none = true;
      break;
    }
    if (!cursor_expect(cursor, "not") || !cursor_expect(cursor, "older") || !cursor_expect(cursor, "than"))
      return;
    if (!take_number(cursor, "hours", &supply.hours)) return;
    if (!cursor_accept(cursor, "hour") && !cursor_expect(cursor, "hours")) return;
  }
  *ARENA_PUSH(parse->arena, parse->feed->supplies, parse->feed->supply_count) = supply;
}

/* dated EXPR: start-date is compared with it. */
static void parse_dated(struct parse *parse, struct cursor *cursor) {
  parse->feed->dated_ast = expr_parse(cursor);
}

static void parse_key(struct parse *parse, struct cursor *cursor) {
  parse->feed->key_ast = expr_parse(cursor);
}

static void parse_transforms(struct parse *parse, struct cursor *cursor) {
  do {
    struct path_spec path;
    if (!cursor_path(cursor, "a transform", &path.name, &path.place)) return;
    *ARENA_PUSH(parse->arena, parse->transforms, parse->transform_count) = path;
  } while (cursor_accept(cursor, ","));
}

static bool parse_limit(struct cursor *cursor, struct feed_load *load) {
  int64_t number;
  if (!cursor_expect(cursor, "at") || !cursor_expect(cursor, "most")) return false;
  if (!take_number(cursor, "records or MB", &number)) return false;
  struct token *unit = cursor_name(cursor, "MB, or a record");
  if (!unit) return false;
  if (token_is(unit, "MB")) load->at_most_megabytes = number;
  else load->at_most_records = number, load->at_most_record = unit->text;
  return true;
}

static void parse_load(struct parse *parse, struct cursor *cursor) {
  struct feed_load load = { .place = cursor_place(cursor) };
  if (!cursor_path(cursor, "a schema", &load.name, &load.place) || !cursor_expect(cursor, "to")) return;
  struct token *text = cursor_peek(cursor);
  if (!parse_place(cursor, &load.to)) return;
  if (load.to.kind == PLACE_NAME && !(load.text = expr_of_text(cursor, text))) return;
  if (load.to.kind != PLACE_NAME && load.to.kind != PLACE_ODBC && load.to.kind != PLACE_SUBMIT) {
    cursor_complain(cursor, load.to.place, "nothing can be loaded to this place");
    return;
  }
  if (cursor_accept(cursor, "per")) {
    struct token *per = cursor_name(cursor, "a record after \"per\"");
    if (!per) return;
    load.per = per->text;
    load.per_place = per->place;
  }
  while (cursor_accept(cursor, ","))
    if (!parse_limit(cursor, &load)) return;
  if (cursor_end(cursor)) *ARENA_PUSH(parse->arena, parse->feed->loads, parse->feed->load_count) = load;
}

static void parse_answer(struct parse *parse, struct cursor *cursor) {
  cursor_path(cursor, "a feed", &parse->answer.name, &parse->answer.place);
}

static void parse_full(struct parse *parse, struct cursor *cursor) {
  parse->feed->full_weekly = cursor_expect(cursor, "weekly");
}

static void parse_when(struct parse *parse, struct cursor *cursor) {
  struct feed *feed = parse->feed;
  if (cursor_accept(cursor, "every")) {
    feed->when = WHEN_EVERY;
    if (take_number(cursor, "minutes", &feed->every_minutes) && !cursor_accept(cursor, "minute"))
      cursor_expect(cursor, "minutes");
    return;
  }
  if (!cursor_accept(cursor, "nightly")) {
    cursor_complain(cursor, cursor_place(cursor), "\"when\" takes nightly, or every N minutes");
    return;
  }
  feed->when = WHEN_NIGHTLY;
  if (!cursor_accept(cursor, "after")) return;
  do {
    struct token *name = cursor_name(cursor, "a feed");
    if (!name) return;
    *ARENA_PUSH(parse->arena, parse->after, parse->after_count) =
        (struct path_spec){ name->text, name->place };
    size_t count = feed->after_count;
    *ARENA_PUSH(parse->arena, feed->after_places, count) = name->place;
    *ARENA_PUSH(parse->arena, feed->after, feed->after_count) = name->text;
  } while (cursor_accept(cursor, ","));
}

static void parse_window_line(struct parse *parse, struct cursor *cursor) { parse_window(parse, cursor); }

static const struct line {
  const char *word;
  void (*parse)(struct parse *parse, struct cursor *cursor);
  bool many;
} lines[] = {
  { "extract", parse_extract, false },    { "supply", parse_supply, true },
  { "window", parse_window_line, false }, { "key", parse_key, false },
  { "dated", parse_dated, false },        { "transform", parse_transforms, false },
  { "load", parse_load, true },           { "answer", parse_answer, false },
  { "full", parse_full, false },          { "when", parse_when, false },
};
enum { LINES = sizeof lines / sizeof *lines };

static void parse_line(struct parse *parse, struct statement *statement, bool *seen) {
  struct cursor cursor = cursor_on(statement, parse->arena, parse->wrong);
  if (statement->broken || !cursor_peek(&cursor)) return;
  if (statement->kid_count)
    complain(parse->wrong, statement->kids[0]->place, "a line of a feed has no lines below it");
  str names[LINES];
  for (size_t i = 0; i < LINES; i++) {
    names[i] = str_of(lines[i].word);
    if (!cursor_accept(&cursor, lines[i].word)) continue;
    if (seen[i] && !lines[i].many)
      cursor_complain(&cursor, statement->place, "there is one \"%s\" line already", lines[i].word);
    seen[i] = true;
    if (!statement->broken) lines[i].parse(parse, &cursor);
    if (!statement->broken) cursor_end(&cursor);
    return;
  }
  struct token *word = cursor_peek(&cursor);
  cursor_complain(&cursor, word->place, "a feed has no line \"%.*s\"%.*s", STR_ARG(word->text),
                  STR_ARG(suggest(parse->arena, word->text, names, LINES)));
}

bool feed_parse(struct parse *parse, struct statement *root, str name) {
  struct statement *head = root->kid_count ? root->kids[0] : NULL;
  parse->feed = ARENA_NEW(parse->arena, struct feed);
  parse->feed->name = name;
  if (root->broken) return false;
  if (!head || !head->tokens.count || !token_is(&head->tokens.items[0], "feed")) {
    complain(parse->wrong, head ? head->place : root->place, "a feed file begins with \"feed NAME\"");
    return false;
  }
  struct cursor cursor = cursor_on(head, parse->arena, parse->wrong);
  cursor_take(&cursor);
  parse->feed->place = cursor_place(&cursor);
  struct token *stated = cursor_name(&cursor, "the feed's name");
  if (stated && !str_eq(stated->text, name))
    complain(parse->wrong, stated->place, "this file is for \"%.*s\", it says \"%.*s\"", STR_ARG(name),
             STR_ARG(stated->text));
  cursor_end(&cursor);
  bool seen[LINES] = { false };
  for (size_t i = 0; i < head->kid_count; i++) parse_line(parse, head->kids[i], seen);
  for (size_t i = 1; i < root->kid_count; i++)
    complain(parse->wrong, root->kids[i]->place, "one file holds one feed");
  return true;
}

struct feed *feed_open(struct library *library, str name, struct place place) {
  struct statement *root = library_feed(library, name, place);
  if (!root) return NULL;
  struct parse parse = { .library = library,
                         .arena = library_arena(library),
                         .wrong = library_wrong(library) };
  if (!feed_parse(&parse, root, name)) return NULL;
  feed_check(&parse);
  return parse.feed;
}

static bool is_personal(const struct schema *schema) {
  bool personal = false;
  for (size_t i = 0; schema && i < schema->record_count; i++)
    personal = personal || record_has_personal(schema->records[i]);
  return personal;
}

bool feed_sends(const struct feed *feed) {
  for (size_t i = 0; i < feed->load_count; i++)
    if (feed->loads[i].to.kind == PLACE_SUBMIT) return true;
  return false;
}

bool feed_is_compared(const struct feed *feed) {
  bool asks = false;
  for (size_t i = 0; i < feed->extract_count; i++) asks = asks || feed->extracts[i].kind == PLACE_ODBC;
  return asks && feed_sends(feed);
}

bool feed_reads_answers(const struct feed *feed) {
  const struct program *last = feed->program_count ? feed->programs[feed->program_count - 1] : NULL;
  bool reads = false;
  for (size_t i = 0; last && i < last->into_count; i++)
    reads = reads || str_eq(last->into[i]->name, STR("state.verdict"));
  return reads;
}

bool feed_is_personal(const struct feed *feed) {
  bool personal = false;
  for (size_t i = 0; i < feed->program_count; i++) {
    const struct program *program = feed->programs[i];
    personal = personal || is_personal(program->from);
    for (size_t j = 0; j < program->into_count; j++) personal = personal || is_personal(program->into[j]);
  }
  return personal;
}

bool feed_place_is_carried(const struct feed_place *place) {
  return place->kind == PLACE_REPORT || place->kind == PLACE_PAGES || place->kind == PLACE_HTTPS ||
         place->kind == PLACE_FOLDER;
}

str feed_inbox_folder(const struct feed *feed, struct arena *arena) {
  for (size_t i = 0; i < feed->extract_count; i++)
    if (feed->extracts[i].kind == PLACE_FILES) return feed->extracts[i].folder;
  return arena_printf(arena, "inbox/%.*s", STR_ARG(feed->name));
}

str feed_supply_folder(const struct feed_supply *supply, struct arena *arena) {
  const struct feed_place *from = &supply->from;
  char id[DIGEST_TEXT];
  if (from->kind != PLACE_HTTPS && from->kind != PLACE_FOLDER)
    return arena_printf(arena, "inbox/supply/%.*s", STR_ARG(from->what)); /* TYPE, or balances */
  digest_bytes(from->what, id);
  return arena_printf(arena, "inbox/supply/%s-%.16s", from->kind == PLACE_HTTPS ? "https" : "folder", id);
}

void feed_place_format(const struct feed_place *place, struct buf *text) {
  switch (place->kind) {
  case PLACE_REPORT: buf_printf(text, "amazon report %.*s", STR_ARG(place->what)); break;
  case PLACE_PAGES:
    buf_printf(text, "amazon %.*s", STR_ARG(place->what));
    if (place->folder.len) buf_printf(text, " \"%.*s\"", STR_ARG(place->folder));
    break;
  case PLACE_HTTPS: buf_printf(text, "https \"%.*s\"", STR_ARG(place->what)); break;
  case PLACE_FOLDER: buf_printf(text, "folder \"%.*s\"", STR_ARG(place->what)); break;
  case PLACE_SUBMIT: buf_printf(text, "amazon feed %.*s", STR_ARG(place->what)); break;
  case PLACE_FILES:
    buf_printf(text, "files \"%.*s\" in \"%.*s\"", STR_ARG(place->what), STR_ARG(place->folder));
    break;
  case PLACE_ODBC: buf_printf(text, "sl odbc%s%.*s", place->what.len ? " " : "", STR_ARG(place->what)); break;
  case PLACE_NAME: buf_printf(text, "\"%.*s\"", STR_ARG(place->what)); break;
  }
}

void feed_place_tell(const struct feed_place *place, struct buf *text) {
  if (place->kind != PLACE_HTTPS) {
    feed_place_format(place, text);
    return;
  }
  str rest = place->what, path, host, piece, scheme = STR_NONE;
  str_split(&rest, '?', &path);
  str_split(&path, '/', &scheme);
  str_split(&path, '/', &piece);
  str_split(&path, '/', &piece);
  host = piece;
  while (str_split(&piece, '@', &host)) continue;
  buf_printf(text, "https \"%.*s//%.*s%s%.*s\"", STR_ARG(scheme), STR_ARG(host), path.at ? "/" : "",
             STR_ARG(path));
}
