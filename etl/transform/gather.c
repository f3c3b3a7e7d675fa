/* transform/gather: groups whose records themselves are needed. */
#include "transform/gather.h"
#include "transform/rec_bytes.h"

#include <string.h>

enum { SORT_MEMORY = 32 * 1024 * 1024, GROUP_MOST = 16 * 1024 * 1024 };

struct gather {
  const struct block *block;
  const struct level *level;
  const struct shapes *shapes; /* NULL: rows */
  struct sorter *sorter;
  struct arena *arena; /* of the group at hand */
  struct buf key, record;
  str next_key, next_record; /* read ahead */
  struct buf ahead;
  bool has_next, begun;
};

struct gather *gather_new(const struct block *block, const struct level *level, const struct shapes *shapes) {
  struct gather *gather = mem_alloc(sizeof *gather);
  *gather = (struct gather){
    .block = block, .level = level, .shapes = shapes, .sorter = sorter_new(SORT_MEMORY), .arena = arena_new()
  };
  gather->key = buf_new(1 << 20);
  gather->record = buf_new(GROUP_MOST);
  gather->ahead = buf_new(2 * GROUP_MOST);
  return gather;
}

void gather_free(struct gather *gather) {
  if (!gather) return;
  sorter_free(gather->sorter);
  arena_free(gather->arena);
  buf_free(&gather->key);
  buf_free(&gather->record);
  buf_free(&gather->ahead);
  mem_free(gather);
}

const struct block *gather_block(const struct gather *gather) { return gather->block; }

static enum outcome too_large(const struct gather *gather, struct err *err) {
  return err_set(err, OUT_DATA, "a group of block %.*s takes more than 16 MiB",
                 STR_ARG(gather->block->record->name));
}

/* False: the caller sees ctx->failed. */
static bool set_key(struct gather *gather, struct ctx *ctx, struct err *err) {
  buf_clear(&gather->key);
  for (size_t i = 0; i < gather->block->group->key_count; i++) {
    value v = eval(gather->block->group->keys[i], ctx);
    if (ctx->failed) return false;
    if (!value_key(&v, &gather->key, err)) continue;
    ctx->failed = true; /* a record that has no place among the groups is told, not left out */
    ctx->err = *err;
    *err = (struct err){ 0 };
    return false;
  }
  return true;
}

enum outcome gather_add_rec(struct gather *gather, const struct rec *rec, struct ctx *ctx, struct err *err) {
  if (!set_key(gather, ctx, err)) return OUT_OK;
  buf_clear(&gather->record);
  if (rec_to_bytes(rec, gather->shapes, &gather->record, err)) return err->outcome;
  if (gather->record.full) return too_large(gather, err);
  return sorter_add(gather->sorter, buf_str(&gather->key), buf_str(&gather->record), err);
}

/* A row: its place, then each cell behind its length. */
enum outcome gather_add(struct gather *gather, const struct rows *rows, size_t row, struct ctx *ctx,
                        struct err *err) {
  uint64_t place = rows->place + row;
  if (!set_key(gather, ctx, err)) return OUT_OK;
  buf_clear(&gather->record);
  buf_bytes(&gather->record, &place, sizeof place);
  for (size_t i = 0; i < gather->level->column_count; i++) {
    str cell = rows_cell(rows, i, row);
    uint32_t len = (uint32_t)cell.len;
    buf_bytes(&gather->record, &len, sizeof len);
    buf_add(&gather->record, cell);
  }
  return sorter_add(gather->sorter, buf_str(&gather->key), buf_str(&gather->record), err);
}

static void read_ahead(struct gather *gather) {
  str key, record;
  gather->has_next = sorter_next(gather->sorter, &key, &record);
  if (!gather->has_next) return;
  buf_clear(&gather->ahead);
  buf_add(&gather->ahead, key);
  buf_add(&gather->ahead, record);
  gather->next_key = (str){ gather->ahead.at, key.len };
  gather->next_record = (str){ gather->ahead.at + key.len, record.len };
}

enum outcome gather_sort(struct gather *gather, struct err *err) {
  if (sorter_sort(gather->sorter, err)) return err->outcome;
  read_ahead(gather);
  return OUT_OK;
}

static struct rec *read_record(struct gather *gather, str record) {
  str kept = arena_str(gather->arena, record);
  if (gather->shapes) return rec_of_bytes(kept, gather->shapes, gather->arena);
  struct rec *rec = ARENA_NEW(gather->arena, struct rec);
  str *cells = ARENA_ARRAY(gather->arena, str, gather->level->column_count + 1);
  size_t at = sizeof rec->row;
  memcpy(&rec->row, kept.at, sizeof rec->row);
  for (size_t i = 0; i < gather->level->column_count; i++) {
    uint32_t len;
    memcpy(&len, kept.at + at, sizeof len);
    cells[i] = (str){ kept.at + at + sizeof len, len };
    at += sizeof len + len;
  }
  rec->level = gather->level;
  rec->cells = cells;
  return rec;
}

enum outcome gather_next(struct gather *gather, str *key, struct recs *members, bool *is_last,
                         struct err *err) {
  arena_reset(gather->arena);
  *members = (struct recs){ 0 };
  if (sorter_failed(gather->sorter))
    return err_set(err, OUT_SYSTEM, "a temporary file could not be read back");
  if (!gather->has_next) return OUT_END;
  *key = arena_str(gather->arena, gather->next_key);
  while (gather->has_next && str_eq(gather->next_key, *key)) {
    *ARENA_PUSH(gather->arena, members->items, members->count) = read_record(gather, gather->next_record);
    if (arena_size(gather->arena) > GROUP_MOST) return too_large(gather, err);
    read_ahead(gather);
  }
  *is_last = !gather->has_next;
  return OUT_OK;
}
