/* bench/listings: a warehouse's stock, and the listings feed that must come of it, written by yajl's
 * generator.
 *
 *   listings snapshot COUNT            the CSV of schema sl.stock, to stdout
 *   listings yajl COUNT FOLDER         the same messages as the stock feed gives, 25,000 in a file, by
 * yajl_gen listings writer COUNT FOLDER SCHEMA    the same by load/writer: what the writer costs without a
 * transform
 *
 * What the two write is made in memory first; they print the microseconds that writing took, and the bytes.
 * Build: cc -O2 -Ietl -o listings listings.c libsluice.a -lyajl
 */
#include "load/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <yajl/yajl_gen.h>

enum { PART = 25000, NAME = 16 };

struct listing {
  char sku[NAME];
  int quantity;
};

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int quantity_of(unsigned item) { return (int)(((uint64_t)item * 7919 + 104729) % 400); }

static void sku_of(unsigned item, char *sku) { snprintf(sku, NAME, "CAT-%07u", item); }

/* --- what SL says --- */

static void snapshot(unsigned count) {
  puts("InvtID,SKU,StkUnit,SoldUnit,Factor,Tag,Backorder,SiteID,QtyOnHand,QtyNotAvail,QtyShipNotInv,"
       "QtyAllocBM,"
       "QtyAllocIN,QtyAllocPORet,QtyAllocSD,QtyAllocProjIN,QtyCustOrd,PrjINQtyShipNotInv,PrjINQtyAllocIN,"
       "PrjINQtyAllocPORet,PrjINQtyCustOrd");
  for (unsigned i = 0; i < count; i++) {
    char sku[NAME];
    sku_of(i, sku);
    printf("%s,%s,EA,EA,1,,N,MAIN,%d,0,0,0,0,0,0,0,%u,0,0,0,0\n", sku, sku, quantity_of(i) + (int)(i % 3),
           i % 3);
  }
}

/* --- what Amazon is told --- */

/* What ran out goes first. */
static struct listing *listings_of(unsigned count) {
  struct listing *all = malloc(count * sizeof *all);
  size_t at = 0;
  if (!all) die("listings");
  for (int some = 0; some < 2; some++)
    for (unsigned i = 0; i < count; i++) {
      if ((quantity_of(i) > 0) != some) continue;
      sku_of(i, all[at].sku);
      all[at++].quantity = quantity_of(i);
    }
  return all;
}

static void text(yajl_gen gen, const char *bytes) {
  yajl_gen_string(gen, (const unsigned char *)bytes, strlen(bytes));
}

static void pair(yajl_gen gen, const char *name, const char *bytes) {
  text(gen, name);
  text(gen, bytes);
}

static void message(yajl_gen gen, const struct listing *listing, int id) {
  yajl_gen_map_open(gen);
  text(gen, "messageId");
  yajl_gen_integer(gen, id);
  pair(gen, "sku", listing->sku);
  pair(gen, "operationType", "PATCH");
  pair(gen, "productType", "PRODUCT");
  text(gen, "patches");
  yajl_gen_array_open(gen);
  yajl_gen_map_open(gen);
  pair(gen, "op", "merge");
  pair(gen, "path", "/attributes/fulfillment_availability");
  text(gen, "value");
  yajl_gen_array_open(gen);
  yajl_gen_map_open(gen);
  pair(gen, "fulfillment_channel_code", "DEFAULT");
  text(gen, "quantity");
  yajl_gen_integer(gen, listing->quantity);
  yajl_gen_map_close(gen);
  yajl_gen_array_close(gen);
  yajl_gen_map_close(gen);
  yajl_gen_array_close(gen);
  yajl_gen_map_close(gen);
}

static void head(yajl_gen gen) {
  yajl_gen_map_open(gen);
  text(gen, "header");
  yajl_gen_map_open(gen);
  pair(gen, "sellerId", "A1SANDBOX");
  pair(gen, "version", "2.0");
  pair(gen, "issueLocale", "en_US");
  yajl_gen_map_close(gen);
  text(gen, "messages");
  yajl_gen_array_open(gen);
}

/* yajl's own buffer is emptied now and then, as a program that streams would. */
static uint64_t drain(yajl_gen gen, FILE *out, size_t most) {
  const unsigned char *bytes;
  size_t len;
  yajl_gen_get_buf(gen, &bytes, &len);
  if (len < most) return 0;
  if (fwrite(bytes, 1, len, out) != len) die("listings: write");
  yajl_gen_clear(gen);
  return len;
}

/* Numbers run on from part to part. */
static uint64_t part(const struct listing *listings, unsigned before, unsigned count, FILE *out) {
  yajl_gen gen = yajl_gen_alloc(NULL);
  uint64_t bytes = 0;
  head(gen);
  for (unsigned i = 0; i < count; i++) {
    message(gen, &listings[i], (int)(before + i) + 1);
    bytes += drain(gen, out, 256 * 1024);
  }
  yajl_gen_array_close(gen);
  yajl_gen_map_close(gen);
  bytes += drain(gen, out, 0);
  yajl_gen_free(gen);
  return bytes;
}

static int64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* --- the same by load/writer --- */

struct feed {
  struct writer *writer;
  const struct record *feed, *message, *patch, *value;
};

static void must(enum outcome out, const struct err *err) {
  if (!out) return;
  fprintf(stderr, "listings: %s\n", err->text);
  exit(1);
}

static const struct schema *schema_at(const char *path, struct arena *arena) {
  struct complaints *wrong = complaints_new(arena);
  struct source *source = ARENA_NEW(arena, struct source);
  char text[1 << 16];
  FILE *in = fopen(path, "r");
  if (!in) die(path);
  size_t len = fread(text, 1, sizeof text, in);
  fclose(in);
  *source = (struct source){ path, arena_str(arena, (str){ text, len }) };
  const struct schema *schema = schema_parse(source, arena, wrong);
  if (complaints_count(wrong)) die(path);
  return schema;
}

static const struct record *only_kid(const struct record *record) { return record->kids[0]; }

static void write_message(const struct feed *feed, const struct listing *listing, int id, struct buf *out) {
  struct err err = { 0 };
  const value message[] = { value_integer(id), value_text(str_of(listing->sku)), value_text(STR("PATCH")),
                            value_text(STR("PRODUCT")) };
  const value patch[] = { value_text(STR("merge")), value_text(STR("/attributes/fulfillment_availability")) };
  value fields[32] = { value_text(STR("DEFAULT")), value_integer(listing->quantity) };
  must(writer_open(feed->writer, feed->message, message, out, &err), &err);
  must(writer_open(feed->writer, feed->patch, patch, out, &err), &err);
  must(writer_open(feed->writer, feed->value, fields, out, &err), &err);
  must(writer_close(feed->writer, feed->value, out, &err), &err);
  must(writer_close(feed->writer, feed->patch, out, &err), &err);
  must(writer_close(feed->writer, feed->message, out, &err), &err);
}

static uint64_t empty(struct buf *bytes, FILE *out, size_t most) {
  size_t len = bytes->len;
  if (len < most) return 0;
  if (fwrite(bytes->at, 1, len, out) != len) die("listings: write");
  buf_clear(bytes);
  return len;
}

static uint64_t part_by_writer(const struct feed *feed, const struct listing *listings, unsigned before,
                               unsigned count, FILE *out) {
  const value head[] = { value_text(STR("A1SANDBOX")), value_text(STR("2.0")), value_text(STR("en_US")) };
  struct buf bytes = buf_new(1 << 24);
  struct err err = { 0 };
  uint64_t written = 0;
  writer_start(feed->writer, &bytes);
  must(writer_open(feed->writer, feed->feed, head, &bytes, &err), &err);
  for (unsigned i = 0; i < count; i++) {
    write_message(feed, &listings[i], (int)(before + i) + 1, &bytes);
    written += empty(&bytes, out, 256 * 1024);
  }
  must(writer_close(feed->writer, feed->feed, &bytes, &err), &err);
  writer_end(feed->writer, &bytes);
  written += empty(&bytes, out, 0);
  buf_free(&bytes);
  return written;
}

/* --- both --- */

static void by_parts(unsigned count, const char *folder, const struct feed *feed) {
  struct listing *listings = listings_of(count);
  uint64_t bytes = 0;
  int64_t start = now_us();
  for (unsigned at = 0, number = 1; at < count; at += PART, number++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%03u.json", folder, number);
    FILE *out = fopen(path, "w");
    if (!out) die(path);
    unsigned some = count - at < PART ? count - at : PART;
    bytes += feed ? part_by_writer(feed, listings + at, at, some, out) : part(listings + at, at, some, out);
    if (fclose(out)) die(path);
  }
  printf("%" PRId64 " %" PRIu64 "\n", now_us() - start, bytes);
  free(listings);
}

static void by_writer(unsigned count, const char *folder, const char *schema_path) {
  struct arena *arena = arena_new();
  const struct schema *schema = schema_at(schema_path, arena);
  struct feed feed = { .writer = writer_new(schema, NULL), .feed = schema->records[0] };
  feed.message = only_kid(feed.feed), feed.patch = only_kid(feed.message), feed.value = only_kid(feed.patch);
  by_parts(count, folder, &feed);
  writer_free(feed.writer);
  arena_free(arena);
}

int main(int argc, char **argv) {
  if (argc == 3 && !strcmp(argv[1], "snapshot")) snapshot((unsigned)atol(argv[2]));
  else if (argc == 4 && !strcmp(argv[1], "yajl")) by_parts((unsigned)atol(argv[2]), argv[3], NULL);
  else if (argc == 5 && !strcmp(argv[1], "writer")) by_writer((unsigned)atol(argv[2]), argv[3], argv[4]);
  else {
    fputs(
        "usage: listings snapshot COUNT | listings yajl COUNT FOLDER | listings writer COUNT FOLDER SCHEMA\n",
        stderr);
    return 2;
  }
  return 0;
}
