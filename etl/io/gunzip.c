/* io/gunzip: gzip bytes in, plain bytes out. */
#include "io/gunzip.h"
#include "base/memory.h"

#include <stdio.h>
#include <string.h>

#include <isa-l.h>

/* A member (RFC 1952):
 *
 *   1f 8b 08 FLAGS time(4) xfl os | length(2) extra | name 00 | comment 00 | crc16(2) | deflate | crc32
 * length
 *
 * Its header is read here and not by ISA-L, whose isal_inflate forgets the flags of a header that is cut by
 * the end of a block. */
enum step { FIXED, EXTRA_LENGTH, EXTRA, NAME, COMMENT, HEADER_SUM, BODY };
static const uint8_t flag_of_step[BODY] = {
  [EXTRA_LENGTH] = 0x04, [EXTRA] = 0x04, [NAME] = 0x08, [COMMENT] = 0x10, [HEADER_SUM] = 0x02,
};
enum { FIXED_BYTES = 10, RESERVED_FLAGS = 0xe0, METHOD_DEFLATE = 8, CALL_MOST = 1 << 30 };

struct gunzip {
  struct inflate_state inflate;
  uint64_t bytes_most, used, made;
  uint32_t ratio_most;
  str packed; /* borrowed */
  bool ended;
  bool one_whole; /* at least one member is behind us */
  enum step step;
  uint32_t count; /* bytes of this step so far */
  uint32_t extra_left, header_sum;
  uint8_t flags;
  char wrong[96]; /* empty while all is well */
};

struct gunzip *gunzip_new(uint64_t bytes_most, uint32_t ratio_most) {
  struct gunzip *gunzip = mem_alloc(sizeof *gunzip);
  gunzip->bytes_most = bytes_most;
  gunzip->ratio_most = ratio_most;
  isal_inflate_init(&gunzip->inflate);
  return gunzip;
}

void gunzip_free(struct gunzip *gunzip) { mem_free(gunzip); }
uint64_t gunzip_used(const struct gunzip *gunzip) { return gunzip->used; }

void gunzip_feed(struct gunzip *gunzip, str packed) {
  gunzip->packed = packed;
  if (!packed.len) gunzip->ended = true;
}

static bool wrong(struct gunzip *gunzip, const char *text) {
  snprintf(gunzip->wrong, sizeof gunzip->wrong, "%s", text);
  return false;
}

static void start_member(struct gunzip *gunzip) {
  gunzip->step = FIXED;
  gunzip->count = gunzip->header_sum = gunzip->extra_left = 0;
  gunzip->flags = 0;
}

static void next_step(struct gunzip *gunzip) {
  gunzip->count = 0;
  do gunzip->step++;
  while (gunzip->step < BODY && !(gunzip->flags & flag_of_step[gunzip->step]));
  if (gunzip->step != BODY) return;
  isal_inflate_reset(&gunzip->inflate);
  gunzip->inflate.crc_flag = ISAL_GZIP_NO_HDR_VER;
}

static bool fixed_byte(struct gunzip *gunzip, uint8_t byte) {
  static const uint8_t known[] = { 0x1f, 0x8b, METHOD_DEFLATE };
  uint32_t at = gunzip->count++;
  if (at < sizeof known && byte != known[at])
    return wrong(gunzip, at < 2 && gunzip->one_whole ? "other bytes follow the gzip data"
                                                     : "the gzip header is damaged");
  if (at == sizeof known) {
    if (byte & RESERVED_FLAGS) return wrong(gunzip, "the gzip header is damaged");
    gunzip->flags = byte;
  }
  if (gunzip->count == FIXED_BYTES) next_step(gunzip);
  return true;
}

static void extra_length_byte(struct gunzip *gunzip, uint8_t byte) {
  gunzip->extra_left |= (uint32_t)byte << (8 * gunzip->count++);
  if (gunzip->count < 2) return;
  next_step(gunzip);
  if (!gunzip->extra_left) next_step(gunzip);
}

static bool sum_byte(struct gunzip *gunzip, uint8_t byte) {
  if (byte != (uint8_t)(gunzip->header_sum >> (8 * gunzip->count++)))
    return wrong(gunzip, "the gzip header is damaged: its checksum does not match");
  if (gunzip->count == 2) next_step(gunzip);
  return true;
}

static bool header_byte(struct gunzip *gunzip) {
  uint8_t byte = (uint8_t)*gunzip->packed.at;
  gunzip->packed = str_sub(gunzip->packed, 1, gunzip->packed.len);
  gunzip->used++;
  if (gunzip->step == HEADER_SUM) return sum_byte(gunzip, byte);
  gunzip->header_sum = crc32_gzip_refl(gunzip->header_sum, &byte, 1);
  if (gunzip->step == FIXED) return fixed_byte(gunzip, byte);
  if (gunzip->step == EXTRA_LENGTH) extra_length_byte(gunzip, byte);
  else if (gunzip->step == EXTRA ? !--gunzip->extra_left : !byte) next_step(gunzip);
  return true;
}

static bool within_limits(struct gunzip *gunzip) {
  if (gunzip->made > gunzip->bytes_most)
    snprintf(gunzip->wrong, sizeof gunzip->wrong, "the gzip data expands to more than %llu bytes",
             (unsigned long long)gunzip->bytes_most);
  else if (gunzip->made >= GUNZIP_RATIO_FROM && gunzip->made / gunzip->used > gunzip->ratio_most)
    snprintf(gunzip->wrong, sizeof gunzip->wrong, "the gzip data expands to more than %lu times its size",
             (unsigned long)gunzip->ratio_most);
  return !gunzip->wrong[0];
}

/* One byte beyond the limit is enough to see that it was passed. */
static uint32_t room_within_limit(const struct gunzip *gunzip, size_t room) {
  uint64_t left = gunzip->bytes_most - gunzip->made;
  if (room > CALL_MOST) room = CALL_MOST;
  return (uint32_t)(room <= left ? room : left + 1);
}

/* *moved is false when nothing can be done before more is fed. Called even when nothing is packed, for
 * ISA-L may still hold plain bytes of its own. */
static bool body(struct gunzip *gunzip, char *to, size_t room, size_t *made, bool *moved) {
  struct inflate_state *inflate = &gunzip->inflate;
  uint32_t lent = (uint32_t)(gunzip->packed.len < CALL_MOST ? gunzip->packed.len : CALL_MOST);
  uint32_t free_room = room_within_limit(gunzip, room);
  inflate->next_in = (uint8_t *)(uintptr_t)gunzip->packed.at;
  inflate->avail_in = lent;
  inflate->next_out = (uint8_t *)to;
  inflate->avail_out = free_room;
  int result = isal_inflate(inflate);
  if (result == ISAL_INCORRECT_CHECKSUM)
    return wrong(gunzip, "the gzip data is damaged: its checksum does not match");
  /* On damage ISA-L counts more bytes than it was lent, so its counts are looked at only when all is well. */
  if (result != ISAL_DECOMP_OK || inflate->avail_in > lent || inflate->avail_out > free_room)
    return wrong(gunzip, "the gzip data is damaged: it does not unpack");
  size_t used = lent - inflate->avail_in;
  *made = free_room - inflate->avail_out;
  gunzip->packed = str_sub(gunzip->packed, used, gunzip->packed.len);
  gunzip->used += used;
  gunzip->made += *made;
  bool whole = inflate->block_state == ISAL_BLOCK_FINISH;
  if (whole) start_member(gunzip);
  gunzip->one_whole |= whole;
  *moved = whole || used || *made;
  if (!*moved && gunzip->packed.len) return wrong(gunzip, "the gzip data is damaged: it does not unpack");
  return within_limits(gunzip);
}

/* False when something is wrong, which gunzip->wrong then says. */
static bool fill(struct gunzip *gunzip, char *to, size_t room, size_t *got) {
  bool moved = true;
  while (!gunzip->wrong[0] && *got < room && moved) {
    size_t made = 0;
    moved = gunzip->packed.len > 0;
    if (gunzip->step == BODY) body(gunzip, to + *got, room - *got, &made, &moved);
    else if (moved) header_byte(gunzip);
    *got += made;
  }
  bool between = gunzip->one_whole && gunzip->step == FIXED && gunzip->count == 0;
  if (!moved && gunzip->ended && !between && !gunzip->wrong[0])
    wrong(gunzip, "gzip data ends in the middle: the file was not copied whole");
  return !gunzip->wrong[0];
}

enum outcome gunzip_take(struct gunzip *gunzip, char *to, size_t room, size_t *got, struct err *err) {
  *got = 0;
  if (!fill(gunzip, to, room, got)) {
    *got = 0;
    return err_set(err, OUT_DATA, "%s", gunzip->wrong);
  }
  return gunzip->ended && !*got && room ? OUT_END : OUT_OK;
}
