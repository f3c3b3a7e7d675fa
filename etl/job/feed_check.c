/* job/feed_check: that what a feed names is there, and fits together. */
#include "job/feed_internal.h"
#include "amazon/report_types.h"
#include "spool/spool.h"

static bool writes(const struct program *program, str schema) {
  for (size_t i = 0; i < program->into_count; i++)
    if (str_eq(program->into[i]->name, schema)) return true;
  return false;
}

static void check_programs(struct parse *parse) {
  struct feed *feed = parse->feed;
  for (size_t i = 0; i < parse->transform_count; i++) {
    const struct path_spec *named = &parse->transforms[i];
    struct program *program = library_transform(parse->library, named->name, named->place);
    if (!program) continue;
    struct program *before = feed->program_count ? feed->programs[feed->program_count - 1] : NULL;
    if (before && program->from && !writes(before, program->from->name))
      complain(parse->wrong, named->place, "%.*s reads %.*s, which %.*s does not write",
               STR_ARG(program->name), STR_ARG(program->from->name), STR_ARG(before->name));
    *ARENA_PUSH(parse->arena, feed->programs, feed->program_count) = program;
  }
}

static struct schema *written_schema(const struct program *last, const struct schema *schema) {
  for (size_t i = 0; i < last->into_count; i++)
    if (str_eq(last->into[i]->name, schema->name) || str_eq(last->into[i]->name, schema->like))
      return last->into[i];
  return NULL;
}

static void not_written(struct parse *parse, const struct feed_load *load, const struct program *last) {
  str names[100];
  size_t count = 0;
  for (size_t i = 0; i < last->into_count && count < 100; i++) names[count++] = last->into[i]->name;
  complain(parse->wrong, load->place, "%.*s does not write %.*s%.*s", STR_ARG(last->name),
           STR_ARG(load->name), STR_ARG(suggest(parse->arena, load->name, names, count)));
}

static void unknown_record(struct parse *parse, const struct schema *schema, str name, struct place place) {
  str names[100];
  size_t count = 0;
  for (size_t i = 0; i < schema->record_count && count < 100; i++) {
    names[count++] = schema->records[i]->name;
    for (size_t j = 0; j < schema->records[i]->kid_count && count < 100; j++)
      names[count++] = schema->records[i]->kids[j]->name;
  }
  complain(parse->wrong, place, "no record \"%.*s\" in %.*s%.*s", STR_ARG(name), STR_ARG(schema->name),
           STR_ARG(suggest(parse->arena, name, names, count)));
}

static void add_text(struct parse *parse, struct feed_load *load, struct program *last, struct block *block) {
  struct node *node = check_feed_expr(last, load->text, block, NULL, parse->wrong);
  size_t blocks = load->text_count;
  *ARENA_PUSH(parse->arena, load->blocks, blocks) = block;
  *ARENA_PUSH(parse->arena, load->texts, load->text_count) = node;
}

static void check_load(struct parse *parse, struct feed_load *load, struct program *last) {
  bool known = last && writes(last, load->name);
  str *names;
  size_t count, i = 0;
  library_names(parse->library, "schemas", ".schema", &names, &count);
  while (i < count && !str_eq(names[i], load->name)) i++;
  if (last && !known && i == count) { /* a slip of the pen is nearest to what the transform writes */
    not_written(parse, load, last);
    return;
  }
  load->schema = library_schema(parse->library, load->name, load->place);
  if (!load->schema || !last || last->into_count == 0) return;
  struct schema *written = written_schema(last, load->schema);
  load->written = written;
  if (!written) {
    not_written(parse, load, last);
    return;
  }
  if (str_eq(written->name, load->name))
    load->schema = written; /* with the columns that the transform sets */
  if (load->schema->format == FORMAT_STATE)
    complain(parse->wrong, load->place, "%.*s is a state: its place is sluice's own, it needs no load line",
             STR_ARG(load->name));
  if (load->at_most_record.len && !schema_record(load->schema, load->at_most_record))
    unknown_record(parse, load->schema, load->at_most_record, load->place);
  if (!load->per.len) {
    if (load->text) add_text(parse, load, last, NULL);
    return;
  }
  const struct record *record = schema_record(load->written, load->per);
  if (!record) {
    unknown_record(parse, load->schema, load->per, load->per_place);
    return;
  }
  for (size_t b = 0; load->text && b < last->block_count; b++)
    if (last->blocks[b]->record == record && last->blocks[b]->standing)
      add_text(parse, load, last, last->blocks[b]);
}

static void check_supply(struct parse *parse, const struct feed_supply *supply) {
  str names[200];
  size_t count = 0;
  for (size_t i = 0; i < parse->feed->program_count; i++)
    for (size_t j = 0; j < parse->feed->programs[i]->lookup_count; j++) {
      const struct lookup *lookup = parse->feed->programs[i]->lookups[j];
      if (str_eq(lookup->name, supply->lookup)) {
        if (lookup->is_sheet)
          complain(parse->wrong, supply->place, "lookup %.*s is a sheet: it needs no supply",
                   STR_ARG(lookup->name));
        return;
      }
      if (count < 200) names[count++] = lookup->name;
    }
  complain(parse->wrong, supply->place, "no lookup \"%.*s\" in this feed's transforms%.*s",
           STR_ARG(supply->lookup), STR_ARG(suggest(parse->arena, supply->lookup, names, count)));
}

/* The specs that an item was made with are kept without those of other feeds: a replay asks for none. */
static bool is_alone(const struct parse *parse, const str *names, size_t count) {
  return count == 1 && str_eq(names[0], parse->feed->name);
}

static void check_after(struct parse *parse) {
  str *names;
  size_t count;
  library_names(parse->library, "feeds", ".feed", &names, &count);
  if (is_alone(parse, names, count)) return;
  for (size_t i = 0; i < parse->after_count; i++) {
    size_t at = 0;
    while (at < count && !str_eq(names[at], parse->after[i].name)) at++;
    if (at == count)
      complain(parse->wrong, parse->after[i].place, "no feed \"%.*s\"%.*s", STR_ARG(parse->after[i].name),
               STR_ARG(suggest(parse->arena, parse->after[i].name, names, count)));
    else if (str_eq(parse->after[i].name, parse->feed->name))
      complain(parse->wrong, parse->after[i].place, "a feed cannot wait for itself");
  }
}

/* A result document is a file like any other: dropped, archived, asked about. */
static void check_answer(struct parse *parse) {
  str *names, name = parse->answer.name;
  size_t count, at = 0;
  if (!name.len) return;
  library_names(parse->library, "feeds", ".feed", &names, &count);
  if (is_alone(parse, names, count)) return;
  while (at < count && !str_eq(names[at], name)) at++;
  if (at == count)
    complain(parse->wrong, parse->answer.place, "no feed \"%.*s\"%.*s", STR_ARG(name),
             STR_ARG(suggest(parse->arena, name, names, count)));
  else if (str_eq(name, parse->feed->name))
    complain(parse->wrong, parse->answer.place, "a feed cannot answer itself");
  else if (!feed_sends(parse->feed))
    complain(parse->wrong, parse->answer.place,
             "nothing of this feed goes to Amazon, so nothing is answered");
  else parse->feed->answer = name;
}

/* The first transform's source says what SL is asked. */
static void check_asks(struct parse *parse, const struct program *first) {
  for (size_t i = 0; first && first->streamed && i < parse->feed->extract_count; i++)
    if (parse->feed->extracts[i].kind == PLACE_ODBC && !first->query.sql.len)
      complain(parse->wrong, parse->feed->extracts[i].place, "%.*s has no query: %.*s reads it",
               STR_ARG(first->from->name), STR_ARG(first->name));
}

static void add_inbox(struct parse *parse, str folder, str pattern) {
  struct feed *feed = parse->feed;
  for (size_t i = 0; i < feed->inbox_count; i++)
    if (str_eq(feed->inboxes[i].folder, folder) && str_eq(feed->inboxes[i].pattern, pattern)) return;
  *ARENA_PUSH(parse->arena, feed->inboxes, feed->inbox_count) = (struct feed_inbox){ folder, pattern };
}

/* What a courier brings is called FEED-ID and an ending: it must be met under a pattern of the inbox. */
static void add_carried(struct parse *parse, const struct feed_place *place) {
  const struct feed *feed = parse->feed;
  const char *ending = place->kind == PLACE_REPORT  ? report_type_find(place->what)->ending
                       : place->kind == PLACE_PAGES ? ".json"
                                                    : "";
  str folder = feed_inbox_folder(feed, parse->arena);
  str name = arena_printf(parse->arena, "%.*s-1%s", STR_ARG(feed->name), ending);
  bool met = false;
  for (size_t i = 0; *ending && i < feed->inbox_count; i++)
    met = met || (str_eq(feed->inboxes[i].folder, folder) && spool_name_is(feed->inboxes[i].pattern, name));
  if (met) return;
  add_inbox(parse, folder,
            *ending ? arena_printf(parse->arena, "%.*s-*%s", STR_ARG(feed->name), ending) : STR("*"));
}

static void check_places(struct parse *parse) {
  struct feed *feed = parse->feed;
  for (size_t i = 0; i < feed->extract_count; i++) {
    const struct feed_place *place = &feed->extracts[i];
    if (place->kind == PLACE_SUBMIT)
      complain(parse->wrong, place->place,
               "nothing can be extracted from an amazon feed: write amazon report TYPE");
    if (place->kind == PLACE_ODBC && place->what.len)
      library_schema(parse->library, place->what, place->place);
    if (place->kind == PLACE_FILES) add_inbox(parse, place->folder, place->what);
    if (place->kind == PLACE_ODBC)
      add_inbox(parse, arena_printf(parse->arena, "inbox/%.*s", STR_ARG(feed->name)), STR("*.csv"));
  }
  for (size_t i = 0; i < feed->extract_count; i++)
    if (feed_place_is_carried(&feed->extracts[i])) add_carried(parse, &feed->extracts[i]);
}

void feed_check(struct parse *parse) {
  struct feed *feed = parse->feed;
  if (!feed->extract_count && !complaints_count(parse->wrong))
    complain(parse->wrong, feed->place, "\"extract PLACE\" is missing");
  if (!parse->transform_count && !complaints_count(parse->wrong))
    complain(parse->wrong, feed->place, "\"transform NAME\" is missing");
  check_places(parse);
  check_programs(parse);
  struct program *last = feed->program_count && feed->program_count == parse->transform_count
                             ? feed->programs[feed->program_count - 1]
                             : NULL;
  if (last && !last->file) last = NULL; /* a schema of it is missing: that was said */
  feed->key_in = last;
  check_asks(parse, last ? feed->programs[0] : NULL);
  if (last && feed->dated_ast) {
    struct level *level = NULL;
    feed->dated = check_feed_expr(last, feed->dated_ast, NULL, &level, parse->wrong);
  }
  if (last && feed->key_ast)
    feed->key = check_feed_expr(last, feed->key_ast, NULL, &feed->key_level, parse->wrong);
  for (size_t i = 0; i < feed->supply_count; i++) check_supply(parse, &feed->supplies[i]);
  for (size_t i = 0; i < feed->load_count; i++) check_load(parse, &feed->loads[i], last);
  check_answer(parse);
  check_after(parse);
}
