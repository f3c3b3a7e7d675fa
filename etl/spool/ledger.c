/* spool/ledger: what happened, appended to a file that people can read. */
#include "spool/ledger.h"
#include "base/buf.h"
#include "base/map.h"
#include "io/digest.h"
#include "io/file.h"
#include "io/in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

enum { SUM_DIGITS = 8, SUM_WORD = 1 + SUM_DIGITS, HEAD_WORDS = 3 };

struct ledger {
  struct arena *arena;
  const char *folder, *path, *lock;
  uint64_t size;          /* bytes of the file that are read: whole lines */
  char sum[SUM_WORD + 1]; /* the end word of the last of them; "" before the first */
  struct ledger_entry **entries;
  size_t count;
  struct map *by_id, *by_key, *by_output;
  uint64_t run_most;
};

/* Words: blanks part them, "=" parts a name from its value, and "%20" stands for what would be misread. */

static bool is_plain(char c) {
  unsigned char byte = (unsigned char)c;
  return byte > ' ' && byte != 0x7f && byte != '%' && byte != '=';
}

static void add_encoded(struct buf *line, str text) {
  for (size_t i = 0; i < text.len; i++)
    if (is_plain(text.at[i])) buf_char(line, text.at[i]);
    else buf_printf(line, "%%%02X", (unsigned)(unsigned char)text.at[i]);
}

/* Time, event and feed stand by their place, so an empty one must be seen. */
static void add_head(struct buf *line, str text) {
  if (!text.len) buf_char(line, '-');
  else if (str_eq(text, STR("-"))) buf_add(line, STR("%2D"));
  else add_encoded(line, text);
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool decode(struct arena *arena, str word, str *text) {
  *text = word;
  if (str_find(word, '%') < 0) return true;
  char *to = arena_alloc(arena, word.len);
  size_t len = 0;
  for (size_t i = 0; i < word.len; i++) {
    if (word.at[i] != '%') {
      to[len++] = word.at[i];
      continue;
    }
    int high = i + 2 < word.len ? hex_digit(word.at[i + 1]) : -1;
    int low = i + 2 < word.len ? hex_digit(word.at[i + 2]) : -1;
    if (high < 0 || low < 0) return false;
    to[len++] = (char)(unsigned char)(high * 16 + low);
    i += 2;
  }
  *text = (str){ to, len };
  return true;
}

static bool decode_head(struct arena *arena, str word, str *text) {
  if (!word.len || !decode(arena, word, text)) return false;
  if (str_eq(word, STR("-"))) *text = STR_NONE;
  return true;
}

/* The end word of a line whose text, up to its "~", is `body`. */
static void sum_of(const char *before, str body, char sum[SUM_WORD + 1]) {
  char hex[DIGEST_TEXT];
  struct digest *digest = digest_new();
  digest_add(digest, str_of(before));
  digest_add(digest, body);
  digest_end(digest, hex);
  snprintf(sum, SUM_WORD + 1, "~%.*s", SUM_DIGITS, hex);
}

/* Reading. */

static bool read_word(struct arena *arena, str word, struct ledger_word *to) {
  ptrdiff_t sign = str_find(word, '=');
  if (sign <= 0 || (size_t)sign + 1 == word.len) return false;
  return decode(arena, str_sub(word, 0, (size_t)sign), &to->name) &&
         decode(arena, str_sub(word, (size_t)sign + 1, word.len), &to->value);
}

static bool read_entry(struct arena *arena, str body, struct ledger_entry *entry) {
  str *const heads[HEAD_WORDS] = { &entry->time, &entry->event, &entry->feed };
  struct ledger_word words[LEDGER_WORDS_MOST];
  str word;
  for (size_t i = 0; i < HEAD_WORDS; i++)
    if (!str_split(&body, ' ', &word) || !decode_head(arena, word, heads[i])) return false;
  for (; str_split(&body, ' ', &word); entry->word_count++)
    if (entry->word_count == LEDGER_WORDS_MOST || !read_word(arena, word, &words[entry->word_count]))
      return false;
  struct ledger_word *kept = ARENA_ARRAY(arena, struct ledger_word, entry->word_count);
  if (entry->word_count) memcpy(kept, words, sizeof *words * entry->word_count);
  entry->words = kept;
  return true;
}

/* The feed's length stands first, so that no feed and key can look like another pair. */
static str pair_key(struct arena *arena, str feed, str key) {
  char *text = arena_alloc(arena, feed.len + key.len + 32);
  size_t len = (size_t)snprintf(text, 32, "%zu ", feed.len);
  if (feed.len) memcpy(text + len, feed.at, feed.len);
  if (key.len) memcpy(text + len + feed.len, key.at, key.len);
  return (str){ text, len + feed.len + key.len };
}

static bool is_event(const struct ledger_entry *entry, const char *event) {
  return str_eq(entry->event, str_of(event));
}

static bool settles(const struct ledger_entry *entry) {
  return is_event(entry, "released") || is_event(entry, "ready") || is_event(entry, "adopted") ||
         is_event(entry, "reversed");
}

/* Is `entry` what is to be known from now on, where `before` was? What is booked stays booked, whatever comes
 * of another file with the same key, or of a copy. */
static bool counts_over(const struct ledger_entry *entry, const struct ledger_entry *before) {
  if (!before || !settles(before) || settles(entry)) return true;
  return is_event(entry, "refused") && is_event(before, "ready") &&
         str_eq(ledger_word(entry, "id"), ledger_word(before, "id"));
}

static void put_over(struct map *map, str name, struct ledger_entry *entry) {
  void **place = map_put(map, name);
  if (counts_over(entry, *place)) *place = entry;
}

/* What is only begun is known by its id alone: its outputs may never come to stand, its key may be free. */
static void remember(struct ledger *ledger, struct ledger_entry *entry) {
  bool begun = is_event(entry, "releasing");
  *ARENA_PUSH(ledger->arena, ledger->entries, ledger->count) = entry;
  for (size_t i = 0; i < entry->word_count; i++) {
    str name = entry->words[i].name, value = entry->words[i].value;
    int64_t run;
    if (str_eq(name, STR("id")) && begun) *map_put(ledger->by_id, value) = entry;
    else if (str_eq(name, STR("id"))) put_over(ledger->by_id, value, entry);
    else if (str_eq(name, STR("output")) && !begun) *map_put(ledger->by_output, value) = entry;
    else if (str_eq(name, STR("key")) && !begun)
      put_over(ledger->by_key, pair_key(ledger->arena, entry->feed, value), entry);
    else if (str_eq(name, STR("run")) && str_to_int(value, &run) && run > 0 &&
             (uint64_t)run > ledger->run_most)
      ledger->run_most = (uint64_t)run;
  }
}

static enum outcome bad_line(const struct ledger *ledger, struct err *err, const char *why) {
  err_set(err, OUT_DATA, "%s", why);
  err_in_file(err, str_of(ledger->path));
  return err_at(err, ledger->count + 1, 0);
}

/* `line` without its line end; it lives as long as the ledger. */
static enum outcome take_line(struct ledger *ledger, str line, struct err *err) {
  static const char changed[] = "the sum at the end of this line is wrong: it, or the line before it, was "
                                "changed, taken out or put in";
  size_t end = line.len >= SUM_WORD + 1 ? line.len - SUM_WORD : 0;
  if (!end || line.at[end - 1] != ' ' || line.at[end] != '~') return bad_line(ledger, err, changed);
  char sum[SUM_WORD + 1];
  sum_of(ledger->sum, str_sub(line, 0, end), sum);
  if (!str_eq(str_sub(line, end, line.len), str_of(sum))) return bad_line(ledger, err, changed);
  struct ledger_entry *entry = ARENA_NEW(ledger->arena, struct ledger_entry);
  if (!read_entry(ledger->arena, str_sub(line, 0, end - 1), entry))
    return bad_line(ledger, err, "this line is no ledger entry");
  entry->line = ledger->count + 1;
  memcpy(ledger->sum, sum, sizeof sum);
  ledger->size += line.len + 1;
  remember(ledger, entry);
  return OUT_OK;
}

static bool holds_bytes(const char *path, str bytes, struct arena *arena) {
  struct err unread;
  str kept;
  return in_read_whole(path, bytes.len + 1, arena, &kept, &unread) == OUT_OK && str_eq(kept, bytes);
}

/* What a dead writer left of its line goes beside, for people to look at, before it is cut off. A run that
 * died between the two has kept the same bytes already. */
static enum outcome cut_torn(const struct ledger *ledger, str torn, struct err *err) {
  struct arena *arena = arena_new();
  const char *path = NULL;
  enum outcome out = OUT_OK;
  for (unsigned n = 1; !path || (file_exists(path) && !holds_bytes(path, torn, arena)); n++)
    path = arena_printf(arena, "%s/ledger.torn-%u", ledger->folder, n).at;
  if (!file_exists(path)) out = file_put(path, 0600, torn, err);
  if (!out) out = file_cut(ledger->path, ledger->size, err);
  arena_free(arena);
  return out;
}

static enum outcome read_tail(struct ledger *ledger, str *bytes, struct err *err) {
  struct in *in;
  *bytes = STR_NONE;
  if (!file_exists(ledger->path) && !ledger->size) return OUT_OK;
  enum outcome out = in_open(ledger->path, in_default_limits, &in, err);
  if (out) return out;
  uint64_t size = in_size(in);
  if (!in_can_read_at(in)) out = err_set(err, OUT_DATA, "%s is no ledger", ledger->path);
  else if (size < ledger->size) out = err_set(err, OUT_DATA, "%s has become shorter", ledger->path);
  else if (size > ledger->size) {
    size_t room = (size_t)(size - ledger->size), got;
    char *block = arena_alloc(ledger->arena, room);
    out = in_read_at(in, ledger->size, block, room, &got, err);
    if (!out || out == OUT_END) *bytes = (str){ block, got }, out = OUT_OK;
  }
  in_close(in);
  return out;
}

/* What has been written since, by us or by others. Under the lock: an end without a line end has no writer.
 */
static enum outcome read_new(struct ledger *ledger, size_t *torn, struct err *err) {
  str bytes, line;
  enum outcome out = read_tail(ledger, &bytes, err);
  while (!out && str_find(bytes, '\n') >= 0 && str_split(&bytes, '\n', &line))
    out = take_line(ledger, line, err);
  if (out) return out;
  *torn = bytes.len;
  return bytes.len ? cut_torn(ledger, bytes, err) : OUT_OK;
}

/* Opened anew each time: a lock belongs to the open file, and a forked child would share its parent's. */
static enum outcome lock(const struct ledger *ledger, int *fd, struct err *err) {
  int got;
  *fd = open(ledger->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (*fd < 0) return err_errno(err, "cannot open %s", ledger->lock);
  do got = flock(*fd, LOCK_EX);
  while (got && errno == EINTR);
  if (!got) return OUT_OK;
  err_errno(err, "cannot lock %s", ledger->lock);
  close(*fd);
  return err->outcome;
}

enum outcome ledger_open(const char *var, struct ledger **ledger, size_t *torn, struct err *err) {
  struct ledger *new = mem_alloc(sizeof *new);
  int fd;
  *ledger = NULL;
  *torn = 0;
  new->arena = arena_new();
  new->folder = file_join(new->arena, var, STR("ledger"));
  new->path = file_join(new->arena, new->folder, STR("ledger.txt"));
  new->lock = file_join(new->arena, new->folder, STR("lock"));
  new->by_id = map_new(new->arena);
  new->by_key = map_new(new->arena);
  new->by_output = map_new(new->arena);
  enum outcome out = file_make_folders(new->folder, 0700, err);
  if (!out) out = lock(new, &fd, err);
  if (!out) {
    file_sweep(new->folder);
    out = read_new(new, torn, err);
    close(fd);
  }
  if (out) ledger_close(new);
  else *ledger = new;
  return out;
}

void ledger_close(struct ledger *ledger) {
  if (!ledger) return;
  arena_free(ledger->arena);
  mem_free(ledger);
}

/* Writing. */

static enum outcome format_line(str time, str event, str feed, const struct ledger_word *words, size_t count,
                                struct buf *line, struct err *err) {
  size_t written = 0;
  add_head(line, time);
  buf_char(line, ' ');
  add_head(line, event);
  buf_char(line, ' ');
  add_head(line, feed);
  for (size_t i = 0; i < count; i++) {
    if (!words[i].value.len) continue;
    if (!words[i].name.len) return err_set(err, OUT_BUG, "a ledger word has no name");
    if (++written > LEDGER_WORDS_MOST) return err_set(err, OUT_BUG, "too many words for one ledger entry");
    buf_char(line, ' ');
    add_encoded(line, words[i].name);
    buf_char(line, '=');
    add_encoded(line, words[i].value);
  }
  buf_char(line, ' ');
  return OUT_OK;
}

static enum outcome append_line(struct ledger *ledger, struct buf *line, struct err *err) {
  size_t torn;
  enum outcome out = read_new(ledger, &torn, err);
  if (out) return out;
  char sum[SUM_WORD + 1];
  sum_of(ledger->sum, buf_str(line), sum);
  buf_printf(line, "%s\n", sum);
  if (line->full) return err_set(err, OUT_BUG, "a ledger entry is too long");
  out = file_append(ledger->path, 0600, buf_str(line), err);
  if (out) return out;
  return take_line(ledger, arena_str(ledger->arena, str_sub(buf_str(line), 0, line->len - 1)), err);
}

enum outcome ledger_append(struct ledger *ledger, str time, str event, str feed,
                           const struct ledger_word *words, size_t count, struct err *err) {
  struct buf line = buf_new(LEDGER_LINE_MOST);
  int fd;
  enum outcome out = format_line(time, event, feed, words, count, &line, err);
  if (!out) out = lock(ledger, &fd, err);
  if (!out) {
    out = append_line(ledger, &line, err);
    close(fd);
  }
  buf_free(&line);
  return out;
}

enum outcome ledger_start_run(struct ledger *ledger, str time, str feed, const struct ledger_word *words,
                              size_t count, uint64_t *run, struct err *err) {
  struct ledger_word all[LEDGER_WORDS_MOST];
  struct buf line = buf_new(LEDGER_LINE_MOST);
  char number[24];
  size_t torn;
  int fd;
  if (count >= LEDGER_WORDS_MOST) return err_set(err, OUT_BUG, "too many words for one ledger entry");
  for (size_t i = 0; i < count; i++) all[i + 1] = words[i];
  enum outcome out = lock(ledger, &fd, err);
  if (out) return out;
  out = read_new(ledger, &torn, err);
  *run = ledger->run_most + 1;
  snprintf(number, sizeof number, "%llu", (unsigned long long)*run);
  all[0] = (struct ledger_word){ STR("run"), str_of(number) };
  if (!out) out = format_line(time, STR("run-start"), feed, all, count + 1, &line, err);
  if (!out) out = append_line(ledger, &line, err);
  close(fd);
  buf_free(&line);
  return out;
}

enum outcome ledger_refresh(struct ledger *ledger, struct err *err) {
  size_t torn;
  int fd;
  enum outcome out = lock(ledger, &fd, err);
  if (out) return out;
  out = read_new(ledger, &torn, err);
  close(fd);
  return out;
}

/* Asking. */

size_t ledger_count(const struct ledger *ledger) { return ledger->count; }
const struct ledger_entry *ledger_at(const struct ledger *ledger, size_t index) {
  return ledger->entries[index];
}

str ledger_word(const struct ledger_entry *entry, const char *name) {
  for (size_t i = 0; i < entry->word_count; i++)
    if (str_eq(entry->words[i].name, str_of(name))) return entry->words[i].value;
  return STR_NONE;
}

const struct ledger_entry *ledger_by_id(const struct ledger *ledger, str id) {
  return map_get(ledger->by_id, id);
}

const struct ledger_entry *ledger_by_key(const struct ledger *ledger, str feed, str key) {
  struct arena *arena = arena_new();
  const struct ledger_entry *entry = map_get(ledger->by_key, pair_key(arena, feed, key));
  arena_free(arena);
  return entry;
}

const struct ledger_entry *ledger_by_output(const struct ledger *ledger, str output) {
  return map_get(ledger->by_output, output);
}

uint64_t ledger_next_run(const struct ledger *ledger) { return ledger->run_most + 1; }
