/* job/search: a text in the rows of archived originals. */
#include "io/file.h"
#include "io/in.h"
#include "job/search_records.h"
#include "job/story.h"

#include <string.h>

enum { BLOCK = 1 << 20, ID_LENGTH = 16 };

static bool is_sealed(str name) { return str_ends(name, STR(".sealed")); }

struct reading {
  const struct custody *custody;
  struct arena *arena; /* the site's */
  str wanted;
  struct search_hit at; /* where in the archive we are */
  size_t shown;         /* of this file */
  struct search_hits *hits;
  const char *scratch; /* where sealed originals are opened, one at a time */
};

static bool holds(str text, str wanted) {
  const char *at = text.at, *end = text.at + text.len;
  while ((size_t)(end - at) >= wanted.len && (at = memchr(at, wanted.at[0], (size_t)(end - at)))) {
    if ((size_t)(end - at) < wanted.len) return false;
    if (memcmp(at, wanted.at, wanted.len) == 0) return true;
    at++;
  }
  return false;
}

/* Whole lines of the block; returns how many bytes they are. */
static size_t look_at(struct reading *reading, str block, bool last) {
  str rest = block, line;
  bool any = holds(block, reading->wanted); /* most blocks hold nothing: their lines need only be counted */
  while (rest.len && (last || memchr(rest.at, '\n', rest.len))) {
    str_split(&rest, '\n', &line);
    if (any && reading->shown < STORY_ROWS_MOST && holds(line, reading->wanted)) {
      *ARENA_PUSH(reading->arena, reading->hits->hits, reading->hits->count) = reading->at;
      reading->shown++;
    }
    reading->at.row++;
  }
  return block.len - rest.len;
}

/* A line longer than the block is looked at in pieces; it may hide what lies across two of them. */
static enum outcome look_into_lines(struct reading *reading, const char *path, struct err *err) {
  struct in *in;
  size_t len = 0, got;
  enum outcome out = in_open(path, in_default_limits, &in, err);
  if (out) return out;
  char *block = mem_alloc(BLOCK);
  reading->at.row = 0;
  reading->shown = 0;
  while (!(out = in_read(in, block + len, BLOCK - len, &got, err))) {
    len += got;
    size_t used = look_at(reading, (str){ block, len }, false);
    if (!used && len == BLOCK) used = look_at(reading, (str){ block, len }, true), reading->at.row--;
    memmove(block, block + used, len - used);
    len -= used;
  }
  if (out == OUT_END) look_at(reading, (str){ block, len }, true);
  mem_free(block);
  in_close(in);
  return out == OUT_END ? OUT_OK : out;
}

static bool is_of_records(const char *path) {
  struct in *in;
  struct err ignored = { 0 };
  char start[64];
  size_t got = 0;
  if (in_open(path, in_default_limits, &in, &ignored)) return false;
  enum outcome out = in_read(in, start, sizeof start, &got, &ignored);
  in_close(in);
  str text = { start, out && out != OUT_END ? 0 : got };
  if (str_starts(text, STR("\xef\xbb\xbf"))) text = str_sub(text, 3, text.len);
  text = str_trim(text);
  return text.len && (text.at[0] == '<' || text.at[0] == '{' || text.at[0] == '[');
}

static void add_record(void *user, uint64_t record) {
  struct reading *reading = user;
  reading->at.row = record;
  if (reading->shown++ < STORY_ROWS_MOST)
    *ARENA_PUSH(reading->arena, reading->hits->hits, reading->hits->count) = reading->at;
}

static void are_lines(struct search_hits *hits, size_t from) {
  for (size_t i = from; i < hits->count; i++) {
    hits->hits[i].counted = SEARCH_LINE;
    hits->hits[i].row++; /* the first line is no header */
  }
}

/* XML and JSON have no rows: the records that hold it or, where it stands in none of their cells, the lines.
 */
static enum outcome look_into(struct reading *reading, const char *path, struct err *err) {
  struct search_hits *hits = reading->hits;
  size_t before = hits->count;
  reading->at.counted = SEARCH_ROW;
  if (look_into_lines(reading, path, err) || hits->count == before || !is_of_records(path))
    return err->outcome;
  size_t lines = hits->count - before;
  are_lines(hits, before);
  reading->at.counted = SEARCH_RECORD;
  reading->shown = 0;
  const struct search_records search = { .library = reading->custody->site->library,
                                         .arena = reading->arena,
                                         .feed = reading->at.feed,
                                         .wanted = reading->wanted,
                                         .path = path,
                                         .found = add_record,
                                         .user = reading };
  bool found = search_records(&search) && hits->count > before + lines;
  if (found)
    memmove(&hits->hits[before], &hits->hits[before + lines],
            (hits->count - before - lines) * sizeof *hits->hits);
  hits->count = found ? hits->count - lines : before + lines;
  return OUT_OK;
}

/* ID-NAME; the feed is the ledger's to say. */
static bool read_name(struct reading *reading, str day, str file) {
  reading->at = (struct search_hit){ .day = day };
  if (file.len <= ID_LENGTH + 1 || file.at[ID_LENGTH] != '-') return false;
  reading->at.id = str_sub(file, 0, ID_LENGTH);
  reading->at.name = str_sub(file, ID_LENGTH + 1, file.len - (is_sealed(file) ? sizeof ".sealed" - 1 : 0));
  const struct ledger_entry *entry = ledger_by_id(reading->custody->ledger, reading->at.id);
  if (!entry) {
    struct ledger_found of = ledger_having(reading->custody->ledger, "of", reading->at.id);
    entry = of.count ? of.entries[of.count - 1] : NULL;
  }
  if (entry) reading->at.feed = arena_str(reading->arena, entry->feed);
  return true;
}

/* One whose key was destroyed, or is not here, is counted. */
static enum outcome look_into_sealed(struct reading *reading, str day, struct err *err) {
  char digest[DIGEST_TEXT];
  struct err closed = { 0 };
  const char *path = file_join(reading->arena, reading->scratch, STR("original"));
  enum outcome out = archive_fetch_original(reading->custody->site->archive, reading->at.feed, day,
                                            reading->at.id, reading->at.name, path, digest, &closed);
  if (out) reading->hits->sealed++;
  return out ? OUT_OK : look_into(reading, path, err);
}

static enum outcome search_day(struct reading *reading, const char *folder, str day, struct err *err) {
  str *names;
  size_t count;
  const char *path = file_join(reading->arena, folder, day);
  if (!file_is_folder(path)) return OUT_OK;
  if (file_list(path, reading->arena, &names, &count, err)) return err->outcome;
  for (size_t i = 0; i < count; i++) {
    if (!read_name(reading, day, names[i])) continue;
    if (is_sealed(names[i])) {
      if (look_into_sealed(reading, day, err)) return err->outcome;
    } else if (look_into(reading, file_join(reading->arena, path, names[i]), err)) return err->outcome;
  }
  return OUT_OK;
}

enum outcome search_archive(const struct custody *custody, str wanted, struct search_hits *hits,
                            struct err *err) {
  struct reading reading = { .custody = custody, .arena = custody->site->arena, .wanted = wanted };
  const char *folder = file_join(reading.arena, custody->site->folder, STR("var/inbox/archive"));
  str *days;
  size_t count;
  *hits = (struct search_hits){ 0 };
  reading.hits = hits;
  if (!file_is_folder(folder)) return OUT_OK;
  if (file_list(folder, reading.arena, &days, &count, err) ||
      file_make_scratch(reading.arena, &reading.scratch, err))
    return err->outcome;
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < count && !out; i++) out = search_day(&reading, folder, days[i], err);
  struct err ignored = { 0 };
  file_remove_folder(reading.scratch, &ignored);
  return out;
}
