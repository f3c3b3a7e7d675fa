/* spool/checkpoint: where in the ledger things are told, so that a start need not read all of it. */
#include "spool/checkpoint.h"
#include "io/file.h"
#include "io/in.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, EACH = 16, SUM = 16, PER_PAGE = (PAGE - SUM) / EACH, FENCE = 8 };
enum { STATE_MOST = 1 << 30 };

struct checkpoint {
  struct arena *arena;
  struct in *in;
  struct covered covers;
  size_t postings, pages;
  const char *fences;
  char *verified; /* 1 for each page whose sum was right */
  str state;
};

/* --- postings --- */

/* Stands in page 0: a machine, or a version, that hashes otherwise throws the file away. */
uint64_t posting_hash(const char *word, str value) {
  uint64_t h = str_hash(value) ^ str_hash(str_of(word)) * 0x9e3779b97f4a7c15u;
  h = (h ^ h >> 32) * 0xd6e8feb86659fd93u;
  h = (h ^ h >> 32) * 0xd6e8feb86659fd93u;
  return h >> 16;
}

struct posting posting_make(uint64_t hash, uint64_t line, uint64_t place) {
  return (struct posting){ hash << 16 | (line >> 24 & 0xffff), line << 40 | (place & 0xffffffffff) };
}

uint64_t posting_line(struct posting posting) { return (posting.high & 0xffff) << 24 | posting.low >> 40; }
uint64_t posting_place(struct posting posting) { return posting.low & 0xffffffffff; }

static int compare(const void *a, const void *b) {
  const struct posting *x = a, *y = b;
  if (x->high != y->high) return x->high < y->high ? -1 : 1;
  return x->low < y->low ? -1 : x->low > y->low;
}

void posting_sort(struct posting *items, size_t count) {
  if (count) qsort(items, count, sizeof *items, compare);
}

static void put_number(char *to, uint64_t number) {
  for (int i = 0; i < 8; i++) to[i] = (char)(unsigned char)(number >> (56 - 8 * i));
}

static uint64_t get_number(const char *from) {
  uint64_t number = 0;
  for (int i = 0; i < 8; i++) number = number << 8 | (unsigned char)from[i];
  return number;
}

/* --- reading --- */

static void page_sum(struct line_sum of, size_t number, const char *page, char sum[DIGEST_TEXT]) {
  char head[64];
  struct digest *digest = digest_new();
  snprintf(head, sizeof head, "%s %zu ", of.text, number);
  digest_add(digest, str_of(head));
  digest_add(digest, (str){ page, PAGE - SUM });
  digest_end(digest, sum);
}

static enum outcome broken(struct err *err, const char *what) {
  return err_set(err, OUT_DATA, "the checkpoint of the ledger is damaged: %s", what);
}

static enum outcome read_at(const struct checkpoint *checkpoint, uint64_t place, char *to, size_t room,
                            struct err *err) {
  size_t got = 0;
  enum outcome out = in_read_at(checkpoint->in, place, to, room, &got, err);
  if (out && out != OUT_END) return out;
  return got == room ? OUT_OK : broken(err, "it is too short");
}

static enum outcome read_page(const struct checkpoint *checkpoint, size_t number, char page[PAGE],
                              struct err *err) {
  char sum[DIGEST_TEXT];
  enum outcome out = read_at(checkpoint, (uint64_t)(number + 1) * PAGE, page, PAGE, err);
  if (out || checkpoint->verified[number]) return out;
  page_sum(checkpoint->covers.sum, number, page, sum);
  if (memcmp(sum, page + PAGE - SUM, SUM) != 0) return broken(err, "a page is not as it was written");
  checkpoint->verified[number] = 1;
  return OUT_OK;
}

static struct posting page_posting(const char *page, size_t at) {
  return (struct posting){ get_number(page + at * EACH), get_number(page + at * EACH + 8) };
}

/* The text of page 0 but for its sum. */
static str head_text(struct arena *arena, struct covered covers, size_t postings, size_t state,
                     const char *behind) {
  uint64_t kind = posting_hash("sluice", STR("checkpoint"));
  return arena_printf(arena,
                      "sluice ledger checkpoint 2\ncovers %" PRIu64 " %" PRIu64 " %s\npostings %zu state "
                      "%zu\nhash %012" PRIx64 "\nbehind %s\n",
                      covers.bytes, covers.lines, covers.sum.text, postings, state, kind, behind);
}

/* What was read is written again: any other byte shows. */
static enum outcome read_head(struct checkpoint *checkpoint, char behind[DIGEST_TEXT], size_t *state,
                              struct err *err) {
  char page[PAGE + 1] = "", sum[DIGEST_TEXT];
  struct covered *covers = &checkpoint->covers;
  enum outcome out = read_at(checkpoint, 0, page, PAGE, err);
  if (out) return out;
  if (sscanf(page,
             "sluice ledger checkpoint 2\ncovers %" SCNu64 " %" SCNu64 " %9s\npostings %zu state %zu\nhash "
             "%*x\nbehind %64s\n",
             &covers->bytes, &covers->lines, covers->sum.text, &checkpoint->postings, state, behind) != 6)
    return broken(err, "its first page says nothing");
  str text = head_text(checkpoint->arena, *covers, checkpoint->postings, *state, behind);
  digest_bytes(text, sum);
  str whole = arena_printf(checkpoint->arena, "%.*ssum %s\n", STR_ARG(text), sum);
  char wanted[PAGE];
  memset(wanted, '\n', PAGE);
  memcpy(wanted, whole.at, whole.len);
  return memcmp(wanted, page, PAGE) == 0 ? OUT_OK : broken(err, "its first page is not as it was written");
}

static enum outcome read_behind(struct checkpoint *checkpoint, const char *wanted, size_t state,
                                struct err *err) {
  char sum[DIGEST_TEXT];
  if (checkpoint->postings > (uint64_t)1 << 48 || state > STATE_MOST) return broken(err, "its size is wrong");
  checkpoint->pages = (checkpoint->postings + PER_PAGE - 1) / PER_PAGE;
  uint64_t pages = (uint64_t)(checkpoint->pages + 1) * PAGE;
  size_t fences = checkpoint->pages * FENCE;
  if (in_size(checkpoint->in) != pages + fences + state) return broken(err, "its size is wrong");
  char *both = arena_alloc(checkpoint->arena, fences + state + 1);
  enum outcome out = fences + state ? read_at(checkpoint, pages, both, fences + state, err) : OUT_OK;
  if (out) return out;
  digest_bytes((str){ both, fences + state }, sum);
  checkpoint->fences = both;
  checkpoint->verified = arena_alloc(checkpoint->arena, checkpoint->pages + 1);
  checkpoint->state = (str){ both + fences, state };
  return strcmp(sum, wanted) == 0 ? OUT_OK : broken(err, "its end is not as it was written");
}

void checkpoint_close(struct checkpoint *checkpoint) {
  if (!checkpoint) return;
  if (checkpoint->in) in_close(checkpoint->in);
  arena_free(checkpoint->arena);
}

enum outcome checkpoint_open(const char *path, struct checkpoint **checkpoint, struct err *err) {
  *checkpoint = NULL;
  if (!file_exists(path)) return OUT_OK;
  struct arena *arena = arena_new();
  struct checkpoint *new = ARENA_NEW(arena, struct checkpoint);
  char behind[DIGEST_TEXT] = "";
  size_t state = 0;
  new->arena = arena;
  enum outcome out = in_open(path, in_default_limits, &new->in, err);
  if (!out && !in_can_read_at(new->in)) out = broken(err, "it is something else");
  if (!out) out = read_head(new, behind, &state, err);
  if (!out) out = read_behind(new, behind, state, err);
  if (out) checkpoint_close(new);
  else *checkpoint = new;
  return out;
}

struct covered checkpoint_covers(const struct checkpoint *checkpoint) {
  return checkpoint->covers;
}
str checkpoint_state(const struct checkpoint *checkpoint) { return checkpoint->state; }

/* The last page that begins before the hash: the first that can have it. */
static size_t first_page(const struct checkpoint *checkpoint, uint64_t hash) {
  size_t low = 0, high = checkpoint->pages ? checkpoint->pages - 1 : 0;
  while (low < high) {
    size_t middle = (low + high + 1) / 2;
    if (get_number(checkpoint->fences + middle * FENCE) < hash << 16) low = middle;
    else high = middle - 1;
  }
  return low;
}

/* The first posting of a page that is not before the hash. */
static size_t first_of(const char *page, size_t count, uint64_t hash) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (page_posting(page, middle).high >> 16 < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}

enum outcome checkpoint_find(const struct checkpoint *checkpoint, uint64_t hash, struct postings *found,
                             struct err *err) {
  char page[PAGE];
  for (size_t number = first_page(checkpoint, hash); number < checkpoint->pages; number++) {
    if (get_number(checkpoint->fences + number * FENCE) >> 16 > hash) break;
    enum outcome out = read_page(checkpoint, number, page, err);
    if (out) return out;
    size_t count = checkpoint->postings - number * PER_PAGE;
    if (count > PER_PAGE) count = PER_PAGE;
    for (size_t i = first_of(page, count, hash); i < count; i++) {
      struct posting posting = page_posting(page, i);
      if (posting.high >> 16 != hash) break;
      *ARENA_PUSH(found->arena, found->items, found->count) = posting;
    }
  }
  return OUT_OK;
}

/* --- writing --- */

/* The postings of a checkpoint, one after the other. */
struct reader {
  const struct checkpoint *from;
  char page[PAGE];
  size_t at;
  struct posting next; /* valid while at < from->postings */
};

static enum outcome advance(struct reader *reader, struct err *err) {
  enum outcome out = OUT_OK;
  if (reader->at >= reader->from->postings) return OUT_OK;
  if (reader->at % PER_PAGE == 0) out = read_page(reader->from, reader->at / PER_PAGE, reader->page, err);
  reader->next = page_posting(reader->page, reader->at % PER_PAGE);
  return out;
}

struct writer {
  struct file *file;
  struct covered covers;
  char page[PAGE];
  size_t at, number;
  struct buf behind; /* fences, then the state */
};

static enum outcome write_page(struct writer *writer, struct err *err) {
  char sum[DIGEST_TEXT];
  if (!writer->at) return OUT_OK;
  memset(writer->page + writer->at * EACH, 0xff, PAGE - writer->at * EACH);
  page_sum(writer->covers.sum, writer->number++, writer->page, sum);
  memcpy(writer->page + PAGE - SUM, sum, SUM);
  buf_bytes(&writer->behind, writer->page, FENCE);
  writer->at = 0;
  return file_write(writer->file, (str){ writer->page, PAGE }, err);
}

static enum outcome write_posting(struct writer *writer, struct posting posting, struct err *err) {
  put_number(writer->page + writer->at * EACH, posting.high);
  put_number(writer->page + writer->at * EACH + 8, posting.low);
  return ++writer->at < PER_PAGE ? OUT_OK : write_page(writer, err);
}

static enum outcome merge(struct writer *writer, const struct checkpoint *before, const struct posting *more,
                          size_t count, struct err *err) {
  const struct checkpoint nothing = { .postings = 0 };
  struct reader reader = { .from = before ? before : &nothing };
  enum outcome out = advance(&reader, err);
  for (size_t i = 0; !out && (i < count || reader.at < reader.from->postings);) {
    bool old = reader.at < reader.from->postings && (i == count || compare(&reader.next, &more[i]) <= 0);
    out = write_posting(writer, old ? reader.next : more[i], err);
    if (!old) i++;
    else if (!out) {
      reader.at++;
      out = advance(&reader, err);
    }
  }
  return out ? out : write_page(writer, err);
}

/* Page 0 says what stands behind the pages: its place is kept, and it is written last. */
static enum outcome write_all(const char *path, struct writer *writer, const struct checkpoint *before,
                              const struct posting *more, size_t count, str state, struct err *err) {
  char page[PAGE], sum[DIGEST_TEXT];
  memset(page, '\n', PAGE);
  enum outcome out = file_write(writer->file, (str){ page, PAGE }, err);
  if (!out) out = merge(writer, before, more, count, err);
  buf_add(&writer->behind, state);
  if (!out && writer->behind.full) out = err_set(err, OUT_SYSTEM, "%s would be too large", path);
  if (!out) out = file_write(writer->file, buf_str(&writer->behind), err);
  if (out) return out;
  struct arena *arena = arena_new();
  digest_bytes(buf_str(&writer->behind), sum);
  str text = head_text(arena, writer->covers, count + (before ? before->postings : 0), state.len, sum);
  digest_bytes(text, sum);
  str whole = arena_printf(arena, "%.*ssum %s\n", STR_ARG(text), sum);
  memcpy(page, whole.at, whole.len);
  out = file_write_first(writer->file, (str){ page, PAGE }, err);
  arena_free(arena);
  return out;
}

enum outcome checkpoint_write(const char *path, const struct checkpoint *before, const struct posting *more,
                              size_t count, struct covered covers, str state, struct err *err) {
  struct writer writer = { .covers = covers, .behind = buf_new(STATE_MOST) };
  enum outcome out = file_create(path, 0600, &writer.file, err);
  if (out) return out;
  out = write_all(path, &writer, before, more, count, state, err);
  buf_free(&writer.behind);
  if (!out) return file_commit(writer.file, err);
  file_abandon(writer.file);
  return out;
}
